/** A thread that reads parts from files; `part-pool.ts` starts it. What it is told and what it answers is described there. */
import {parentPort, workerData} from 'node:worker_threads';
import {UserError} from '../../core/checks';
import {partSize} from './part-layout';
import type {PartAnswer, PartOrder, ThreadData} from './part-pool';
import {readPart, Scratch} from './read-part';

const {modalities, encoder, maxBytes, stop} = workerData as ThreadData;
const isStopped = () => Atomics.load(new Int32Array(stop), 0) !== 0;
/** Any module with a `buildCodec(spec)`: that of the features, which stand to the right of this room. */
const buildCodec =
  encoder === null
    ? null
    : (require(encoder) as {buildCodec(spec: unknown): {encode(part: unknown): Float32Array}}).buildCodec;
const codecs = Object.fromEntries(Object.entries(modalities).map(([name, spec]) => [name, buildCodec?.(spec)]));

const scratch = new Scratch();
/** One order after another: they share the scratch memory, and reading a picture through sharp lets others have their turn. */
let last: Promise<void> = Promise.resolve();

parentPort!.on('message', (order: PartOrder | null) => {
  last = last.then(() => {
    if (isStopped()) parentPort!.close();
    else if (order) return answer(order);
  });
});

async function answer({id, parts, wanted, room}: PartOrder): Promise<void> {
  const encoded = wanted === 'encoded';
  const sizes = parts.map(({name}) => (wanted === 'nothing' ? 0 : partSize(modalities[name]!, encoded)));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const buffer = room && room.byteLength >= total ? room : new ArrayBuffer(total);
  const problems: PartAnswer['problems'][number][] = [];
  for (let i = 0, at = 0; i < parts.length; at += sizes[i]!, i++) {
    if (isStopped()) return;
    const {name, file, title} = parts[i]!;
    try {
      const part = await readPart(file, modalities[name]!, title, maxBytes, scratch);
      if (wanted === 'nothing') continue;
      if (encoded) new Float32Array(buffer, at, sizes[i]! / 4).set(codecs[name]!.encode(part));
      else if ('pixels' in part) new Uint8Array(buffer, at, sizes[i]!).set(part.pixels);
      else new Float32Array(buffer, at, sizes[i]! / 4).set(part.samples);
    } catch (error) {
      problems.push({index: i, problem: (error as Error).message, isUserError: error instanceof UserError});
    }
  }
  parentPort!.postMessage({id, buffer, problems} satisfies PartAnswer, [buffer]);
}
