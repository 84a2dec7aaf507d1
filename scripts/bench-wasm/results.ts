/** What is kept of the measurements, and the page made of it. */
import {availableParallelism, cpus} from 'node:os';
import {type Kind, kinds, type Part, type Point, type ProductTime} from './kinds';

export interface TimingRow {
  readonly net: string;
  readonly batch: number;
  readonly threads: number;
  readonly kind: Kind;
  readonly medianMs: number;
  readonly spreadMs: number;
  readonly steps: number;
  /** Median over the rounds of this one's time over another's in the same round. */
  readonly over: Partial<Record<Kind, number>>;
}

export interface LossRow {
  readonly net: string;
  readonly kind: Kind;
  readonly losses: readonly (readonly number[])[];
}

export interface MemoryRow {
  readonly net: string;
  readonly batch: number;
  readonly curve: readonly Point[];
}

export interface CompletionRow {
  readonly kind: Kind;
  readonly given: string;
  readonly medianMs: number;
  readonly p95Ms: number;
}

export interface Results {
  readonly measured: string;
  /** The version of Node that each part was measured in. */
  readonly nodes?: Readonly<Record<string, string>>;
  readonly lines: Partial<Record<Kind, string>>;
  readonly timing: readonly TimingRow[];
  readonly products?: readonly (ProductTime & {readonly kind: Kind})[];
  /** Of the perceptron's step with the companion module. */
  readonly breakdown?: readonly Part[];
  readonly losses: readonly LossRow[];
  readonly memory: readonly MemoryRow[];
  readonly completion: readonly CompletionRow[];
}

export const noResults: Results = {measured: '', lines: {}, timing: [], losses: [], memory: [], completion: []};

/** 24.21.0 (memory: 20.20.2) */
function nodesInWords({nodes = {}}: Results): string {
  const usual = nodes['timing'] ?? process.versions.node;
  const others = Object.entries(nodes).filter(([, version]) => version !== usual);
  return others.length > 0 ? `${usual} (${others.map(pair => pair.join(': ')).join(', ')})` : usual;
}

interface Goal {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly reached: boolean;
}

export function page(results: Results): string {
  return [
    '# WebAssembly',
    '',
    'Written by `npm run bench:wasm`; the numbers are in `benchmarks/wasm.json`.',
    '',
    "What a reader gets who has only Node. The kernels are compiled from `scripts/kernels/tensor` (AssemblyScript, SIMD) into a module that computes in the memory of TensorFlow.js's own wasm module; `node scripts/kernels/build.mjs --check` says whether the built one is that of the source.",
    "Where it cannot be instantiated, the same ops are composed of TensorFlow.js's own fast kernels.",
    '',
    `${availableParallelism()} cores of an ${cpus()[0]!.model}, Node ${nodesInWords(results)}, one thread unless said otherwise, measured ${results.measured}.`,
    ...Object.entries(results.lines).map(
      ([kind, line]) => `- **${kind}**: ${kinds[kind as Kind].about} (${line!.replace(/^backend: /, '')})`,
    ),
    '',
    '## Numbers to reach',
    '',
    '| | to reach | measured | reached |',
    '|---|---|---|---|',
    ...goals(results).map(
      ({what, limit, measured, reached}) => `| ${what} | ${limit} | ${measured} | ${reached ? 'yes' : '**no**'} |`,
    ),
    '',
    floorOfPerceptron(results),
    '',
    'Threads are for the companion module only, on request: `MULTIMODAL_GAN_WASM_THREADS=2`. Each result is summed by one thread, its terms in the same order whatever the number of threads, so the bits are those of one thread (tested).',
    '',
    '## Training steps',
    '',
    'Whole steps as in [benchmarks](../benchmarks/RESULTS.md): D moves, then G, each with Adam, losses read. Each configuration is a process that lives through all rounds; they take turns, one at a time. Median ± interquartile range over steps; × is the median over rounds of its time over that of another in the same round.',
    '',
    '| net | threads | configuration | ms | × native | × stock wasm | steps |',
    '|---|---|---|---|---|---|---|',
    ...[...results.timing].sort((a, b) => a.threads - b.threads).map(timingLine),
    '',
    '## Products',
    '',
    'GFLOP/s, median; the right operand is written anew before each call, as weights are in training. nn: neither transposed, tn: the left one.',
    'A WebAssembly instruction works on four numbers, one of AVX-512 on sixteen: that is most of what native is ahead. V8 has a pass that makes one instruction on eight numbers of two on four; it is an experiment of V8 and off, and works for these kernels in Node 24. `MULTIMODAL_GAN_WASM_WIDE=1` compiles the products and convolutions with it, holds a few of both against the usual ones at start, bit for bit, and says in the line of the backend what it does. Relaxed SIMD (fused multiply-add) is left out: Node 20 has it only behind a flag, two machines would then differ in their last bits, and a processor with pipes of their own for sums, as this one, gains nothing from it.',
    '',
    ...productLines(results),
    '',
    ...breakdownLines(results),
    '## The same twenty steps',
    '',
    "From the same weights on the same batches. Largest difference of any loss from native's, relative to its size; and how it grows, because a training is sensitive to its last digits. cpu is plain JavaScript, where a step of the other nets takes half a minute.",
    '',
    '| net | configuration | step 1 | first 5 | all 20 |',
    '|---|---|---|---|---|',
    ...lossLines(results.losses),
    '',
    '## Memory',
    '',
    "With the companion module. Resident memory of the process, the wasm heap, and tensors alive. In Node 24 JavaScript's own heap grows once in the first hundreds of steps, by some 30 MB (presumably the part for new objects), and stays so: perceptron 250 MB after 200 steps, 282 after 600, 284 after 2,000.",
    '',
    ...results.memory.flatMap(memoryLines),
    '## One completion',
    '',
    'Batch 1: the other modalities from the one given, results read.',
    '',
    '| configuration | given | median, ms | 95 of 100 below, ms |',
    '|---|---|---|---|',
    ...results.completion.map(
      ({kind, given, medianMs, p95Ms}) => `| ${kind} | ${given} | ${medianMs.toFixed(2)} | ${p95Ms.toFixed(2)} |`,
    ),
    '',
  ].join('\n');
}

function goals({timing, memory, completion}: Results): Goal[] {
  const over = (net: string, kind: Kind, other: Kind, threads = 1) =>
    timing.find(row => row.net === net && row.kind === kind && row.threads === threads)?.over[other] ?? Number.NaN;
  const atMost = (what: string, limit: number, value: number, unit = '×'): Goal => ({
    what,
    limit: `≤ ${limit} ${unit}`,
    measured: `${value.toFixed(2)} ${unit}`,
    reached: value <= limit,
  });
  const faster = (what: string, limit: number, value: number): Goal => ({
    what,
    limit: `≥ ${limit} ×`,
    measured: `${value.toFixed(1)} ×`,
    reached: value >= limit,
  });
  const growth = memory.map(({curve}) => curve.at(-1)!.rssMb / curve[1]!.rssMb);
  const slowest = Math.max(...completion.filter(({kind}) => kind === 'companion').map(({medianMs}) => medianMs));
  return [
    atMost('conv GAN (dcgan-28), companion / native eager', 3.3, over('dcgan-28', 'companion', 'native')),
    atMost('the same with two threads each', 2.8, over('dcgan-28', 'companion', 'native', 2)),
    atMost('perceptron GAN, companion / native eager', 1.5, over('perceptron', 'companion', 'native')),
    ...(timing.some(({kind}) => kind === 'wide')
      ? [atMost('the same, eight numbers at a time', 1.5, over('perceptron', 'wide', 'native'))]
      : []),
    ...['dcgan-28', 'perceptron'].flatMap(net => [
      faster(`${net}, companion against stock wasm`, 9, 1 / over(net, 'companion', 'stock')),
      faster(`${net}, without the companion against stock wasm`, 4, 1 / over(net, 'composed', 'stock')),
    ]),
    atMost('flagship, companion / native compiled', 5, over('flagship', 'companion', 'compiled')),
    ...memory.map(({net}, i) => atMost(`memory of ${net} after 2,000 steps, × after 200`, 1.02, growth[i]!)),
    atMost('one completion, slowest modality, median', 10, slowest, 'ms'),
  ];
}

/** GFLOP of the perceptron's step at batch 64: 362.7 million multiply-adds in its layers' products, forward and backward. */
const perceptronGigaflop = 0.725;

/** What the products alone would take. */
function floorOfPerceptron({timing, products = []}: Results): string {
  const best = Math.max(...products.filter(({kind}) => kind === 'companion').map(({gigaflops}) => gigaflops));
  const native = timing.find(row => row.net === 'perceptron' && row.kind === 'native' && row.threads === 1);
  if (!native || !Number.isFinite(best)) return '';
  const floor = (1000 * perceptronGigaflop) / best;
  return `The perceptron's step is ${perceptronGigaflop} GFLOP of products. At the best rate of the table of products these alone take ${floor.toFixed(1)} ms, ${(floor / native.medianMs).toFixed(2)} × native's whole step: with four numbers at a time little can be gained. How near the goal is depends on the hour too: in one in which the same machine was 1.6 times as fast, native gained more from it than four numbers at a time, and the ratio was 1.82 × (Node 20). Where the rest goes is [below](#where-the-perceptrons-step-goes).`;
}

function timingLine({net, threads, kind, medianMs, spreadMs, over, steps}: TimingRow): string {
  const ratio = (other: Kind) => (over[other] === undefined ? '' : over[other]!.toFixed(over[other]! < 0.1 ? 3 : 2));
  return `| ${net} | ${threads} | ${kind} | ${medianMs.toPrecision(4)} ± ${spreadMs.toPrecision(2)} | ${ratio('native')} | ${ratio('stock')} | ${steps} |`;
}

function productLines({products = []}: Results): string[] {
  const columns = (['companion', 'wide', 'composed', 'stock'] as const).filter(column =>
    products.some(({kind}) => kind === column),
  );
  const names = [...new Set(products.map(({what}) => what))];
  const rate = (what: string, kind: Kind) =>
    products.find(row => row.what === what && row.kind === kind)?.gigaflops.toFixed(1) ?? '';
  return [
    `| product | ${columns.join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    ...names.map(what => `| ${what} | ${columns.map(kind => rate(what, kind)).join(' | ')} |`),
  ];
}

function breakdownLines({breakdown, timing}: Results): string[] {
  if (!breakdown) return [];
  const total = breakdown.reduce((sum, {ms}) => sum + ms, 0);
  const products = breakdown.find(({what}) => what.startsWith('products'))!;
  const rate = perceptronGigaflop / products.ms;
  const step = timing.find(row => row.net === 'perceptron' && row.kind === 'companion' && row.threads === 1);
  return [
    "## Where the perceptron's step goes",
    '',
    `With the companion module, one thread, means of 200 steps in a run of its own with every kernel timed${step ? ` (the step above has a median of ${step.medianMs.toFixed(1)} ms)` : ''}. The products run at ${(1000 * rate).toFixed(1)} GFLOP/s: weights, gradients and moments pass through caches that hold few of them, and the copy of a weight into the order of a tile waits for memory. What lies between kernels takes about 0.6 ms where kernels compute nothing; after each product its code and data are out of the nearest caches.`,
    '',
    '| part | ms | of the step | kernel calls |',
    '|---|---|---|---|',
    ...breakdown.map(
      ({what, ms, calls}) =>
        `| ${what} | ${ms.toFixed(2)} | ${((100 * ms) / total).toFixed(0)} % | ${calls ? calls.toFixed(0) : ''} |`,
    ),
    `| step | ${total.toFixed(2)} | | |`,
    '',
  ];
}

function lossLines(rows: readonly LossRow[]): string[] {
  return rows
    .filter(({kind}) => kind !== 'native')
    .map(({net, kind, losses}) => {
      const wanted = rows.find(row => row.net === net && row.kind === 'native')!.losses;
      const worst = (count: number) => {
        let most = 0;
        losses.slice(0, count).forEach((step, i) => {
          step.forEach((loss, k) => {
            most = Math.max(most, Math.abs(loss - wanted[i]![k]!) / Math.abs(wanted[i]![k]!));
          });
        });
        return most.toExponential(1);
      };
      return `| ${net} | ${kind} | ${worst(1)} | ${worst(5)} | ${worst(20)} |`;
    });
}

function memoryLines({net, batch, curve}: MemoryRow): string[] {
  const shown = curve.filter((_, i) => i % 4 === 1 || i === curve.length - 1);
  return [
    `| ${net}, batch ${batch}, after steps | ${shown.map(({step}) => step).join(' | ')} |`,
    `|---|${shown.map(() => '---|').join('')}`,
    `| resident, MB | ${shown.map(({rssMb}) => rssMb.toFixed(0)).join(' | ')} |`,
    `| wasm heap, MB | ${shown.map(({heapMb}) => heapMb.toFixed(0)).join(' | ')} |`,
    `| tensors | ${shown.map(({tensors}) => tensors).join(' | ')} |`,
    '',
  ];
}
