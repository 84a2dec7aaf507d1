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
  /** Largest relative differences. */
  readonly loss: number;
  readonly gradient: number;
  /** The weights whose gradient differs most. */
  readonly worstGradient: string;
  readonly laterLoss: number;
  readonly agrees: boolean;
  /** Why the engine is left out of this network; then nothing was compared. */
  readonly error?: string;
}

interface Answer {
  readonly losses: readonly number[];
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
      const none = {loss: Number.NaN, gradient: Number.NaN, worstGradient: '', laterLoss: Number.NaN, agrees: false};
      rows.push({...common, ...none, error: (error as Error).message});
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
  const gradients = Object.entries(wanted.gradients).map(
    ([path, {data}]) => [path, relativeDifference(got.gradients[path]!.data, data)] as const,
  );
  const [worstGradient, gradient] = gradients.reduce((a, b) => (b[1] > a[1] ? b : a));
  const loss = Math.max(...wanted.losses.map((value, i) => Math.abs(got.losses[i]! / value - 1)));
  const later = wanted.laterLosses.flatMap((losses, step) =>
    losses.map((value, i) => Math.abs(got.laterLosses[step]![i]! / value - 1)),
  );
  const laterLoss = Math.max(...later);
  const agrees = loss <= lossTolerance.start && gradient <= gradientTolerance && laterLoss <= lossTolerance.later;
  return {loss, gradient, worstGradient, laterLoss, agrees};
}

/** The largest difference, relative to the largest value. NaN where the lengths or a value are wrong. */
function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.NaN;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < b.length; i++) {
    largest = Math.max(largest, Math.abs(b[i]!));
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
  }
  return difference === 0 ? 0 : difference / largest;
}
