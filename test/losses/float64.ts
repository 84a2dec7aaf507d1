/** Plain-number forms of what losses are made of, in float64, written apart from the tensor code. */
import type {ScoreFunction} from '../../src/losses/slopes';

export type Numbers = readonly number[];

export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const sum = (xs: Numbers) => xs.reduce((a, b) => a + b, 0);
export const mean = (xs: Numbers) => sum(xs) / xs.length;
export const logSumExp = (xs: Numbers) => {
  const most = Math.max(...xs);
  return most + Math.log(sum(xs.map(x => Math.exp(x - most))));
};
export const dot = (a: Numbers, b: Numbers) => sum(a.map((x, i) => x * b[i]!));

/** Rows of a flat array. */
export function rowsOf(values: Numbers, width: number): number[][] {
  return Array.from({length: values.length / width}, (_, row) => values.slice(row * width, (row + 1) * width));
}

/** -log softmax(row)[label]. */
export const crossEntropy = (row: Numbers, label: number) => logSumExp(row) - row[label]!;

/** Column means of rows. */
export const columnMeans = (rows: Numbers[]) => rows[0]!.map((_, column) => mean(rows.map(row => row[column]!)));

/** ½(w·x)², of which the slope in x is (w·x)·w: steep enough to have a second-order gradient that one can work by hand. */
export const halfSquare =
  (...weights: import('@tensorflow/tfjs').Tensor[]): ScoreFunction =>
  (...inputs) =>
    inputs
      .map((input, i) => input.mul(weights[i]!).sum(1))
      .reduce((a, b) => a.add(b))
      .square()
      .mul(0.5);
