/** What is said between the benchmark and its workers: one line of JSON each way. The workers in peers/ keep the same words. */
import type {NetName} from './nets/nets';

export type Request =
  /** Makes the network with the weights and batches of the folder; our own workers draw them from the same seeds. */
  | {readonly command: 'load'; readonly net: NetName; readonly batch: number; readonly folder: string}
  /** Losses and gradients of every batch at the start, then the losses of so many steps. */
  | {readonly command: 'parity'; readonly gradientsFile: string; readonly steps: number}
  | {readonly command: 'time'; readonly steps: number};

export interface Response {
  /** Why the request could not be fulfilled. */
  readonly error?: string;
  /** Said once, when the worker is ready. */
  readonly version?: string;
  /** For each batch, one for each move; the gradients are in the file, as `BATCH/PATH`. */
  readonly losses?: readonly (readonly number[])[];
  /** For each step, one for each move. */
  readonly laterLosses?: readonly (readonly number[])[];
  /** One for each step, losses read included. */
  readonly milliseconds?: readonly number[];
  /** Processor time over wall time of these steps: how many cores really computed. */
  readonly cores?: number;
  /** Of the worker, in these steps. */
  readonly processorSeconds?: number;
  readonly rssBytes?: number;
}
