/**
 * Times training on WebAssembly against the native engine and against TensorFlow.js as it comes, and writes docs/wasm.md.
 *
 * Called as:  npm run bench:wasm                                  everything, about ten minutes
 *             npm run bench:wasm -- --only timing --nets perceptron,dcgan-28 --rounds 12
 *             npm run bench:wasm -- --only timing --nets dcgan-28 --threads 2
 * Parts: timing, products, breakdown, losses, memory, completion. What is not measured again stays as it was (benchmarks/wasm.json).
 */
import {type ChildProcess, fork} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {whyNotWide} from '../src/backend/wasm/companion/wide';
import {unknownChoice} from '../src/core/checks';
import {interquartileRange, median} from './bench/statistics';
import {type Kind, kinds, type Request, type Response} from './bench-wasm/kinds';
import {type LossRow, noResults, page, type Results, type TimingRow} from './bench-wasm/results';

const parts = ['timing', 'products', 'breakdown', 'losses', 'memory', 'completion'] as const;
/** Those that are timed, and that this version of Node has. */
const all = (Object.keys(kinds) as Kind[]).filter(kind => kind !== 'cpu' && (kind !== 'wide' || whyNotWide() === null));
/** Whom a net is measured on: stock wasm has no gradient of the flagship's in reasonable time. */
const runners: Readonly<Record<string, readonly Kind[]>> = {
  perceptron: all,
  'dcgan-28': all,
  flagship: all.filter(kind => kind !== 'stock'),
};
/** With more than one thread: those that can use them. */
const threaded: readonly Kind[] = all.filter(kind => kind !== 'composed' && kind !== 'stock');
const batch = 64;

const {values: options} = parseArgs({
  options: {
    only: {type: 'string', default: parts.join()},
    nets: {type: 'string', default: Object.keys(runners).join()},
    rounds: {type: 'string', default: '9'},
    threads: {type: 'string', default: '1'},
    json: {type: 'string', default: resolve(__dirname, '..', 'benchmarks', 'wasm.json')},
    out: {type: 'string', default: resolve(__dirname, '..', 'docs', 'wasm.md')},
  },
});

const threads = Number(options.threads);

async function main(): Promise<void> {
  const wanted = options.only.split(',');
  const nets = options.nets.split(',');
  for (const part of wanted) if (!parts.some(known => known === part)) throw unknownChoice('part', part, parts);
  for (const net of nets) if (!runners[net]) throw unknownChoice('net', net, Object.keys(runners));
  let results: Results = existsSync(options.json)
    ? (JSON.parse(readFileSync(options.json, 'utf8')) as Results)
    : noResults;
  const keep = (more: Partial<Results>) => {
    const nodes = Object.fromEntries(Object.keys(more).map(part => [part, process.versions.node]));
    results = {
      ...results,
      ...more,
      nodes: {...results.nodes, ...nodes},
      measured: new Date().toISOString().slice(0, 10),
    };
    writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
    writeFileSync(options.out, page(results));
  };
  for (const net of nets) {
    const others = <Row extends {net: string}>(rows: readonly Row[]) => rows.filter(row => row.net !== net);
    if (wanted.includes('timing')) {
      const {rows, lines} = await timing(net);
      const kept = results.timing.filter(row => row.net !== net || row.threads !== threads);
      const more = threads === 1 ? {lines: {...results.lines, ...lines}} : {};
      keep({timing: [...kept, ...rows], ...more});
    }
    if (wanted.includes('losses')) keep({losses: [...others(results.losses), ...(await losses(net))]});
    if (wanted.includes('memory') && net !== 'flagship') {
      const size = net === 'perceptron' ? 64 : 8;
      const curve = await withChild('companion', async ask => {
        await ask({command: 'load', net, batch: size});
        return (await ask({command: 'memory', count: 2000})).curve!;
      });
      keep({memory: [...others(results.memory), {net, batch: size, curve}]});
    }
  }
  if (wanted.includes('products')) {
    const rows = [];
    for (const kind of all.filter(kind => kinds[kind].backend === 'wasm')) {
      const {products} = await withChild(kind, ask => ask({command: 'products'}));
      rows.push(...products!.map(row => ({kind, ...row})));
    }
    keep({products: rows});
  }
  if (wanted.includes('breakdown')) {
    const parts = await withChild('companion', async ask => {
      await ask({command: 'load', net: 'perceptron', batch});
      return (await ask({command: 'breakdown', count: 200})).parts!;
    });
    keep({breakdown: parts});
  }
  if (wanted.includes('completion')) {
    const rows = [];
    for (const kind of ['native', 'companion'] as const) {
      const {completion} = await withChild(kind, ask => ask({command: 'completion', count: 100}));
      rows.push(...completion!.map(({given, medianMs, p95Ms}) => ({kind, given, medianMs, p95Ms})));
    }
    keep({completion: rows});
  }
  console.log(page(results));
}

type Ask = (request: Request) => Promise<Response>;

async function timing(net: string): Promise<{rows: TimingRow[]; lines: Results['lines']}> {
  const children: {kind: Kind; ask: Ask; line: string; steps: number; stop(): void}[] = [];
  const times = new Map<Kind, number[][]>();
  try {
    for (const kind of runners[net]!.filter(one => threads === 1 || threaded.includes(one))) {
      const child = await start(kind);
      children.push({...child, kind, steps: 1});
      await child.ask({command: 'load', net, batch});
      // What an engine compiles, it compiles in these.
      const warm = await child.ask({command: 'time', count: kind === 'compiled' ? 6 : kind === 'stock' ? 2 : 4});
      children.at(-1)!.steps = Math.max(1, Math.min(20, Math.round(300 / warm.milliseconds!.at(-1)!)));
      times.set(kind, []);
    }
    for (let round = 0; round < Number(options.rounds); round++) {
      for (let i = 0; i < children.length; i++) {
        const {kind, ask, steps} = children[(i + round) % children.length]!;
        // Slow ones tell as much in fewer rounds.
        if (kind === 'stock' && round % 2 !== 0) continue;
        times.get(kind)![round] = [...(await ask({command: 'time', count: steps})).milliseconds!];
      }
    }
  } finally {
    for (const {stop} of children) stop();
  }
  const rows = children.map(({kind}): TimingRow => {
    const rounds = times.get(kind)!;
    const each = rounds.flat();
    const over = Object.fromEntries(
      children
        .filter(other => other.kind !== kind)
        .map(other => {
          const theirs = times.get(other.kind)!;
          const ratios = rounds.flatMap((mine, i) => (theirs[i] ? [median(mine) / median(theirs[i])] : []));
          return [other.kind, median(ratios)];
        }),
    );
    return {
      net,
      batch,
      threads,
      kind,
      medianMs: median(each),
      spreadMs: interquartileRange(each),
      steps: each.length,
      over,
    };
  });
  return {rows, lines: Object.fromEntries(children.map(({kind, line}) => [kind, line]))};
}

async function losses(net: string): Promise<LossRow[]> {
  const rows: LossRow[] = [];
  // A step of a convolutional net takes half a minute in plain JavaScript.
  for (const kind of net === 'perceptron' ? ([...runners[net]!, 'cpu'] as const) : runners[net]!) {
    const found = await withChild(kind, async ask => {
      await ask({command: 'load', net, batch});
      // A call of the flagship is eight steps.
      return (await ask({command: 'losses', count: net === 'flagship' ? 3 : 20})).losses!;
    });
    rows.push({net, kind, losses: net === 'flagship' ? inSteps(found) : found});
  }
  return rows;
}

/** Eight steps a call, two losses a step: the first twenty steps. */
function inSteps(calls: readonly (readonly number[])[]): number[][] {
  const flat = calls.flat();
  const perStep = flat.length / (8 * calls.length);
  return Array.from({length: 20}, (_, i) => flat.slice(i * perStep, (i + 1) * perStep));
}

async function withChild<T>(kind: Kind, use: (ask: Ask) => Promise<T>): Promise<T> {
  const child = await start(kind);
  try {
    return await use(child.ask);
  } finally {
    child.stop();
  }
}

async function start(kind: Kind): Promise<{ask: Ask; line: string; stop(): void}> {
  const child = fork(join(__dirname, 'bench-wasm', 'worker.ts'), [kind], {
    execArgv: ['--import', 'tsx', '--expose-gc'],
    env: {
      ...process.env,
      TF_NUM_INTRAOP_THREADS: options.threads,
      TF_NUM_INTEROP_THREADS: options.threads,
      MULTIMODAL_GAN_WASM_THREADS: kind === 'companion' || kind === 'wide' ? options.threads : '',
      MULTIMODAL_GAN_WASM_WIDE: kind === 'wide' ? '1' : '',
      TF_CPP_MIN_LOG_LEVEL: '3',
      MULTIMODAL_GAN_BACKEND: '',
      MULTIMODAL_GAN_WASM_KERNELS: kind === 'composed' ? 'composed' : '',
    },
  });
  const {line} = await answerOf(child, kind);
  const ask: Ask = async request => {
    child.send(request);
    return answerOf(child, kind);
  };
  return {ask, line: line!, stop: () => child.kill('SIGKILL')};
}

function answerOf(child: ChildProcess, kind: Kind): Promise<Response> {
  return new Promise((resolveAnswer, reject) => {
    const ended = () => reject(new Error(`${kind} ended`));
    child.once('exit', ended);
    child.once('message', message => {
      child.off('exit', ended);
      const response = message as Response;
      if (response.error) reject(new Error(`${kind}: ${response.error}`));
      else resolveAnswer(response);
    });
  });
}

void main();
