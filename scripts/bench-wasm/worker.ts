/** Keeps one configuration ready; asked by ../bench-wasm.ts through the channel of child processes. */
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {measureCompletion} from '../bench/measures/completion';
import type {GameName, NetName} from '../bench/nets/nets';
import {median} from '../bench/statistics';
import {buildSubject} from '../bench/subject';
import {breakdown} from './breakdown';
import {type Kind, kinds, type Point, type ProductTime, type Request, type Response} from './kinds';
import {stockSubject, useStock} from './stock';

const kind = process.argv[2] as Kind;

interface Running {
  readonly stepsPerCall: number;
  run(): number[];
  dispose(): void;
}

async function main(): Promise<void> {
  const line = kind === 'stock' ? await useStock() : (await selectBackend({prefer: kinds[kind].backend})).line;
  let subject: Running | null = null;
  const answer = async ({command, net, batch, count}: Request): Promise<Response> => {
    if (command === 'load') {
      subject?.dispose();
      subject =
        kind === 'stock'
          ? stockSubject(net as GameName, batch!)
          : await buildSubject(net as NetName, batch!, {compile: kind === 'compiled'});
      return {};
    }
    if (command === 'completion') return {completion: (await measureCompletion(count!)).completion};
    if (command === 'losses') return {losses: Array.from({length: count!}, () => subject!.run())};
    if (command === 'products') return {products: shapes.map(timeProduct)};
    if (command === 'breakdown') return {parts: breakdown(() => subject!.run(), count!)};
    if (command === 'memory') return {curve: memoryCurve(subject!, count!)};
    const milliseconds = Array.from({length: count!}, () => {
      const started = performance.now();
      subject!.run();
      return (performance.now() - started) / subject!.stepsPerCall;
    });
    return {milliseconds};
  };
  process.on('message', (request: Request) => {
    answer(request).then(
      response => process.send!(response),
      (error: Error) => process.send!({error: error.message}),
    );
  });
  process.send!({line});
}

/** Of the perceptron's layers: forward, backward to the weights, backward to the input; a large one; many small ones. */
const shapes: readonly (readonly [count: number, m: number, k: number, n: number, a: boolean, b: boolean])[] = [
  [1, 64, 784, 512, false, false],
  [1, 784, 64, 512, true, false],
  [1, 64, 512, 784, false, true],
  [1, 512, 512, 512, false, false],
  [1, 512, 512, 512, true, true],
  [256, 16, 32, 16, false, false],
];

/** The median of many calls, each on operands written anew as in training. */
function timeProduct([count, m, k, n, a, b]: (typeof shapes)[number]): ProductTime {
  const outer = count > 1 ? [count] : [];
  const [left, right] = [tf.ones([...outer, ...(a ? [k, m] : [m, k])]), tf.ones([...outer, ...(b ? [n, k] : [k, n])])];
  const milliseconds: number[] = [];
  for (let i = 0; i < 40; i++) {
    const fresh = tf.add(right, 1);
    const started = performance.now();
    const product = tf.matMul(left, fresh, a, b);
    if (i >= 10) milliseconds.push(performance.now() - started);
    tf.dispose([fresh, product]);
  }
  tf.dispose([left, right]);
  const what = `${count > 1 ? `${count} × ` : ''}${m}×${k} by ${k}×${n}, ${a ? 't' : 'n'}${b ? 't' : 'n'}`;
  return {what, gigaflops: (2 * count * m * k * n) / median(milliseconds) / 1e6};
}

function memoryCurve(subject: Running, steps: number): Point[] {
  const curve: Point[] = [];
  const every = steps / 20;
  for (let step = 1; step <= steps; step++) {
    subject.run();
    if (step % every !== 0) continue;
    // What JavaScript could free is no growth of the heap.
    (globalThis as {gc?: () => void}).gc?.();
    const heap = (tf.backend() as unknown as {wasm?: {HEAPU8: Uint8Array}}).wasm?.HEAPU8.length ?? 0;
    const rssMb = process.memoryUsage.rss() / 2 ** 20;
    curve.push({step, rssMb, heapMb: heap / 2 ** 20, tensors: tf.memory().numTensors});
  }
  return curve;
}

void main();
