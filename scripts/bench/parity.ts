/** Whether every engine computes the same step: speeds of different computations mean nothing. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {readSafetensors, type Weights} from '../../src/model/weights';
import {type EngineName, Worker} from './engines';
import type {GameName} from './nets/nets';

/** Of a gradient, relative to the largest value of its tensor: float32 sums of some thousand terms in another order. */
export const gradientTolerance = 1e-4;
/** Of a loss, relative; at the start, and after five steps. */
export const lossTolerance = {start: 1e-5, later: 1e-4} as const;
const laterSteps = 5;

export interface ParityRow {
  readonly net: GameName;
  readonly batch: number;
  readonly engine: EngineName;
  /** The engine that it is compared with. */
  readonly against: EngineName;
  /** Largest relative differences: of any loss, and of any weight's gradient in the better half of the batches. */
  readonly loss: number;
  readonly gradient: number;
  /** The same in the worst batch. */
  readonly worstBatch: number;
  /** The weights whose gradient differs most. */
  readonly worstGradient: string;
  readonly laterLoss: number;
  readonly agrees: boolean;
  /** Why the engine is left out of this network; then nothing was compared. */
  readonly error?: string;
}

interface Answer {
  readonly losses: readonly (readonly number[])[];
  readonly laterLosses: readonly (readonly number[])[];
  readonly gradients: Weights['tensors'];
}

/** @param engines the first is what the others are compared with. */
export async function checkParity(
  net: GameName,
  batch: number,
  engines: readonly EngineName[],
  threads: number,
  folder: string,
): Promise<ParityRow[]> {
  const [reference, ...others] = engines as [EngineName, ...EngineName[]];
  const wanted = await answerOf(reference, net, batch, threads, folder);
  const rows: ParityRow[] = [];
  for (const engine of others) {
    const common = {net, batch, engine, against: reference};
    try {
      rows.push({...common, ...compare(await answerOf(engine, net, batch, threads, folder), wanted)});
    } catch (error) {
      const none = {loss: Number.NaN, gradient: Number.NaN, worstBatch: Number.NaN, laterLoss: Number.NaN};
      rows.push({...common, ...none, worstGradient: '', agrees: false, error: (error as Error).message});
    }
  }
  return rows;
}

async function answerOf(
  engine: EngineName,
  net: GameName,
  batch: number,
  threads: number,
  folder: string,
): Promise<Answer> {
  const worker = await Worker.start(engine, threads);
  const gradientsFile = join(folder, `gradients-${engine.replace(/ /g, '-')}.safetensors`);
  try {
    await worker.ask({command: 'load', net, batch, folder});
    const {losses, laterLosses} = await worker.ask({command: 'parity', gradientsFile, steps: laterSteps});
    return {losses: losses!, laterLosses: laterLosses!, gradients: readSafetensors(gradientsFile).tensors};
  } finally {
    worker.stop();
    rmSync(gradientsFile, {force: true});
  }
}

function compare(got: Answer, wanted: Answer) {
  const [missing] = Object.keys(wanted.gradients).filter(path => !got.gradients[path]);
  if (missing) throw new Error(`no gradient of ${missing}`);
  const worst = wanted.losses.map((_, batch) => {
    const paths = Object.keys(wanted.gradients).filter(path => path.startsWith(`${batch}/`));
    const differences = paths.map(
      path => [path, relativeDifference(got.gradients[path]!.data, wanted.gradients[path]!.data)] as const,
    );
    return differences.reduce((a, b) => (b[1] > a[1] ? b : a));
  });
  worst.sort((a, b) => a[1] - b[1]);
  // Where a unit's input is 0 to the last digit, leakyRelu has one slope here and the other there, and that batch differs.
  const [worstGradient, gradient] = worst[Math.ceil(worst.length / 2) - 1]!;
  const loss = largestDifference(got.losses, wanted.losses);
  const laterLoss = largestDifference(got.laterLosses, wanted.laterLosses);
  const agrees = loss <= lossTolerance.start && gradient <= gradientTolerance && laterLoss <= lossTolerance.later;
  return {
    loss,
    gradient,
    worstBatch: worst.at(-1)![1],
    worstGradient: worstGradient.replace(/^\d+\//, ''),
    laterLoss,
    agrees,
  };
}

function largestDifference(got: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  return Math.max(...wanted.flatMap((values, i) => values.map((value, k) => Math.abs(got[i]![k]! / value - 1))));
}

/** The largest difference, relative to the largest value. Infinite where the lengths or a value are wrong. */
function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < b.length; i++) {
    largest = Math.max(largest, Math.abs(b[i]!));
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
  }
  if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
  return difference === 0 ? 0 : difference / largest;
}
