/** RESULTS.md, from what results.json holds. */
import {join} from 'node:path';
import {writeFileWhole} from '../../../src/core/files';
import {curves} from '../../../src/plots/curves';
import {renderSvg} from '../../../src/plots/render';
import {adamSettings} from '../nets/game';
import {gradientTolerance, lossTolerance} from '../parity';
import type {Results} from '../results';
import {goalLines} from './goals';
import {
  compileTimeTable,
  completionTable,
  equalityTable,
  generationTable,
  goalTable,
  leftOutList,
  memoryTable,
  parityTable,
  startupTable,
  stepTable,
  timelineTables,
} from './tables';

export async function writePage(folder: string, results: Results): Promise<void> {
  const hasCurve = results.memory.length > 0;
  if (hasCurve) writeFileWhole(join(folder, 'memory.svg'), await memoryFigure(results));
  writeFileWhole(join(folder, 'RESULTS.md'), `${sections(results, hasCurve).join('\n\n')}\n`);
}

function sections(results: Results, hasCurve: boolean): string[] {
  const threads = [...new Set(results.rows.map(row => row.threads))].sort((a, b) => b - a);
  const out = [
    '# Benchmarks',
    `Written by \`npm run bench\` (with peers: \`npm run bench -- --peers\`); the numbers are in \`results.json\`, in rows of net, batch, engine, threads, medianMs, spreadMs, ratioTo.`,
    conditions(results),
    '## Numbers to reach',
    'Batch 64. Ratios are medians over rounds of one run, in which the engines take turns.',
    goalTable(goalLines(results)),
    '## Whole training steps',
    stepsNote,
  ];
  for (const count of threads) {
    out.push(`### ${count} thread${count > 1 ? 's' : ''}`, stepTable(results, count));
  }
  out.push(leftOutList(results), '## Parity', parityNote, parityTable(results));
  if (results.equality.length > 0) out.push('## Compiled against plain', equalityNote, equalityTable(results));
  if (results.compileTime.length > 0) out.push('## Time to compile', compileNote, compileTimeTable(results));
  if (results.timeline.length > 0) out.push('## Where the time goes', timelineNote, ...timelineTables(results));
  if (hasCurve)
    out.push('## Memory', memoryNote, memoryTable(results), '![Resident memory over training steps](memory.svg)');
  if (results.completion.length > 0)
    out.push('## Use of a model', useNote, completionTable(results), generationTable(results));
  if (results.startup.length > 0) out.push('## Start', startNote, startupTable(results));
  return out.filter(Boolean);
}

function conditions({machine, versions, rows}: Results): string {
  const dates = [...new Set(rows.map(({date}) => date))].sort();
  const loads = rows.map(({load}) => load);
  const lines = Object.entries(versions).map(([engine, version]) => `${engine}: ${version}`);
  const load =
    loads.length > 0
      ? `, load before each piece ${Math.min(...loads).toFixed(1)}–${Math.max(...loads).toFixed(1)}`
      : '';
  return [`${machine}. Measured ${dates.join(', ')}${load}.`, ...lines.map(line => `- ${line}`)].join('\n');
}

const {learningRate, beta1, beta2, epsilon} = adamSettings;
const stepsNote = `A step is D's move and then G's (of the critic, its one move): forward, backward, Adam (α ${learningRate}, β ${beta1} and ${beta2}, ε ${epsilon}), and both losses read on the host. Batches are ready in the engine's memory, and alternate.
Each engine is one process that lives through all rounds; one is active at a time. In a round each runs about 150 ms of steps after one that is not counted (or one step, where that takes longer); rounds in which other programs took more than a twentieth of a core are played again, at most twice as often; the first engine changes from round to round. What an engine compiles, it compiles before.
*Median ± interquartile range* in milliseconds over all steps; *×* is the median over rounds of an engine's time divided by compiled's in the same round; *cores* is processor time over wall time.
Threads: TF_NUM_INTRAOP_THREADS, TF_NUM_INTEROP_THREADS (our native engine and TensorFlow), torch.set_num_threads, torch.set_num_interop_threads, OMP_NUM_THREADS and MKL_NUM_THREADS are all that number, except where the list of engines below says otherwise. WebAssembly always has one; its rows of batch 64 are of a run of their own beside compiled and plain steps with one thread, in an hour in which the machine was 1.6 times slower: of rows of different runs × can be compared, milliseconds cannot.

- **flagship**: the model of \`npm start\` on the embedded digits, D, G and the moving average, R1 in every eighth step; a mean over eight steps. It has no peers: nobody else has this model.
- **dcgan-28**: 0.82 M parameters, dense and two transposed convolutions 4×4 against two convolutions 5×5, 28×28×1. **dcgan-32**: 0.54 M, three and three, 4×4, 32×32×3. Neither has normalisation.
- **perceptron**: 100-256-512-784 against 784-512-256-1, 1.09 M parameters.
- **lstm-text**: both players long short-term memories of 128 units over 16 tokens of 64 words, softmax outputs. PyTorch runs its own LSTM; TensorFlow computes the inputs' share of the gates for all tokens at once; ours is the layer of \`src/networks/layers/lstm.ts\`.
- **wgan-gp-critic**: dcgan-28's critic, with gradient penalty (second order); the places between real and fake are an input.`;
const parityNote = `No speed without parity. Weights and batches are drawn here and handed over as files. *Loss* and *gradient*: largest relative difference, at the start, of any loss and of any weight's gradient (relative to the largest value of its tensor), over the better two of four batches: where a unit's input is 0 to the last digit, leakyRelu's slope is .2 for one engine and 1 for another, and a batch with such a unit differs, which the next column shows (looked into for dcgan-28: in the one batch that differs 2 of 4.2 million units change sign between native and wasm, at 1e-7; in the others none does); *later*: of any loss in five steps. Against our eager native engine. Tolerances ${lossTolerance.start}, ${gradientTolerance} and ${lossTolerance.later}: float32 sums in another order.
PyTorch pads a convolution evenly, TensorFlow's "same" pads one more behind where a kernel of 5 meets a stride of 2: dcgan-28 in PyTorch is the mirror image of ours, weights and pictures alike, which costs neither a padding.`;
const equalityNote =
  'Compiled steps and plain ones from the same weights on the same data, batch 64: losses, weights and moments compared bit for bit.';
const compileNote =
  'Batch 64; the last column says how several tries were summed up. *Recording*: what the two recorded calls take beyond plain ones. *Loading*: what the first replay takes beyond a later one, while TensorFlow loads the graph.';
const timelineNote =
  "The compiled step's own graph, run by Python's TensorFlow of the same version with tracing (batch 64); kernels as TensorFlow names them. Time a step, and share of all kernels' time; of the flagship, one step with R1 and one without together.";
const memoryNote = 'Resident memory of a process, batch 64. *Growth*: after all steps over after a tenth of them.';
const useNote =
  "One completion: batch 1, from one given modality, results read on the host, by the flagship's model loaded from a folder.";
const startNote = 'A whole process, from start to end, with files in the cache.';

async function memoryFigure({memory}: Results): Promise<string> {
  const lines = memory.map(({net, engine, curve}) => ({
    name: `${net}, ${engine}`,
    x: curve.map(({step}) => step),
    y: curve.map(({rssMb}) => rssMb),
    dash: engine === 'eager' ? ('dot' as const) : ('solid' as const),
  }));
  return renderSvg(
    curves(lines, {title: 'Resident memory', xTitle: 'step', yTitle: 'MB', widthPx: 900, heightPx: 420}),
  );
}
