/** How many threads the native engine has, and how it shares them among ops. */
import {availableParallelism} from 'node:os';
import {expected} from '../core/checks';

export interface NativeThreads {
  /** Threads inside one op. */
  readonly inOp: number;
  /** Ops of a compiled step that run beside each other. */
  readonly ops: number;
  /** Both together. */
  readonly total: number;
}

/**
 * Two ops at a time, each on half the cores: two threads inside an op wait for each other, two ops rarely do.
 * TF_NUM_INTRAOP_THREADS alone asks for that many threads in one op at a time, with TF_NUM_INTEROP_THREADS for that many
 * times as many.
 *
 * "On two cores: one thread in an op, two ops."
 *
 * @throws UserError for a number of threads that is none.
 */
export function nativeThreads(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  cores = availableParallelism(),
): NativeThreads {
  const asked = threadsAsked(environment, 'TF_NUM_INTRAOP_THREADS');
  const ops = threadsAsked(environment, 'TF_NUM_INTEROP_THREADS') ?? (asked === null && cores > 1 ? 2 : 1);
  const inOp = asked ?? Math.max(1, Math.floor(cores / ops));
  return {inOp, ops, total: inOp * ops};
}

/**
 * Into how many pieces a compiled step cuts heavy ops: as many as may run beside each other, where cores are left
 * for them.
 */
export function piecesOfHeavyOps({inOp, ops}: NativeThreads = nativeThreads(), cores = availableParallelism()): number {
  return Math.max(1, Math.min(ops, Math.floor(cores / inOp), mostPieces));
}

/** Of a batch of 64 smaller pieces would be too little work. */
const mostPieces = 4;

/** TensorFlow takes 0 as its own choice. */
function threadsAsked(environment: Readonly<Record<string, string | undefined>>, name: string): number | null {
  const asked = environment[name];
  if (asked === undefined || asked === '' || asked === '0') return null;
  const threads = Number(asked);
  if (!Number.isInteger(threads) || threads < 1) throw expected(name, 'a positive integer', asked);
  return threads;
}
