/** What a case is, and what several cases share. */
import type {RandomStream} from '../../../src/core/random';
import type {tf} from '../../../src/core/tensorflow';
import type {AnyLoss, CheckLossOptions, LossArgument} from '../../../src/losses/loss-contract';
import {crossEntropy, mean, type Numbers, rowsOf} from '../float64';

export interface LossCase {
  readonly name: string;
  readonly source: string;
  readonly loss: AnyLoss;
  /** What `checkLoss` is told; always with a formula. */
  readonly check: CheckLossOptions & {readonly formula: (...inputs: Numbers[]) => number};
  /** Values for each argument, row after row; labels as Int32Array. */
  readonly example: readonly (Numbers | Int32Array)[];
  readonly worked: number;
  /** How `worked` comes about. */
  readonly how: string;
}

export const real = [2, 0.5, -1];
export const fake = [-3, 0, 1.5];
export const realAndFake: LossArgument[] = [
  {name: 'realLogits', rowsOf: 'real'},
  {name: 'fakeLogits', rowsOf: 'fake'},
];

/** Values of `width` a row; all arguments of a loss share their rows unless told. */
export const rows = (name: string, width: number, more: Partial<LossArgument> = {}): LossArgument => ({
  name,
  rowShape: [width],
  rowsOf: 'examples',
  ...more,
});
export const labels = (name: string, classes: number, rowsOf = 'examples'): LossArgument => ({
  name,
  rowsOf,
  constant: true,
  draw: (stream: RandomStream, count: number) => Int32Array.from({length: count}, () => stream.integer(classes)),
});
export const uniforms = (stream: RandomStream, count: number) =>
  Float32Array.from({length: count}, () => stream.uniform());
/** The mask of a loss that has one, for its last parameter. */
export const lastMask =
  (loss: AnyLoss): CheckLossOptions['masked'] =>
  (inputs, masks) =>
    (loss as (...all: unknown[]) => tf.Scalar)(...inputs, masks['examples']);
export const scoreMasks = (masks: Readonly<Record<string, tf.Tensor1D>>) => ({
  realPresent: masks['real'],
  fakePresent: masks['fake'],
});

export const classLogits = [1, 2, 0, 0, -1, 3];
export const otherLogits = [0, 0, 1, 2, 0, 0];
export const classes = (logits: Numbers, wanted: Numbers) =>
  mean(rowsOf(logits, 3).map((row, i) => crossEntropy(row, wanted[i]!)));
