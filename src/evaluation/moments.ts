/** Mean and covariance of features, whole or in a stream of batches. */
import {UserError} from '../core/checks';
import {type Matrix, type MatrixLike, toMatrix} from './matrix';
import {scatterAround} from './numeric/scatter';

/** Mean [d] and unbiased covariance [d, d] (row by row) of n rows. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Mean and covariance (divisor n - 1) of at least two rows; two passes, so a large common offset costs no digits. */
export function momentsOf({data, rows, columns}: Matrix): Moments {
  const mean = meanOfRows(data, columns);
  const covariance = scatterAround(data, columns, mean);
  for (let i = 0; i < covariance.length; i++) covariance[i]! /= rows - 1;
  return {count: rows, mean, covariance};
}

/**
 * Moments of data that arrive in batches: nothing but a d×d sum is kept.
 *
 * Source: the pairwise update of Chan, Golub & LeVeque 1979 (Stanford STAN-CS-79-773), eq. 2.1.
 */
export class StreamingMoments {
  private count = 0;
  private mean = new Float64Array(0);
  private scatter = new Float64Array(0);

  add(batch: MatrixLike): void {
    const matrix = toMatrix('StreamingMoments', 'batch', batch);
    const {rows, columns, data} = matrix;
    if (this.count === 0) {
      this.mean = new Float64Array(columns);
      this.scatter = new Float64Array(columns * columns);
    } else if (columns !== this.mean.length) {
      throw new UserError(`Expected batches of ${this.mean.length} columns, got ${columns}.`);
    }
    const total = this.count + rows;
    const batchMean = meanOfRows(data, columns);
    const batchScatter = scatterAround(data, columns, batchMean);
    const shift = batchMean.map((value, c) => value - this.mean[c]!);
    const weight = (this.count * rows) / total;
    for (let i = 0, at = 0; i < columns; i++) {
      const scaled = shift[i]! * weight;
      for (let j = 0; j < columns; j++, at++) this.scatter[at]! += batchScatter[at]! + scaled * shift[j]!;
    }
    for (let c = 0; c < columns; c++) this.mean[c]! += (shift[c]! * rows) / total;
    this.count = total;
  }

  /** @throws UserError before two rows have been seen. */
  moments(): Moments {
    if (this.count < 2) throw new UserError(`Expected moments of at least 2 rows, got ${this.count}.`);
    return {
      count: this.count,
      mean: this.mean.slice(),
      covariance: this.scatter.map(value => value / (this.count - 1)),
    };
  }
}

/** The first sum is corrected by what it left over, so that an offset of 1e6 costs no digits. */
function meanOfRows(data: Float64Array, columns: number): Float64Array {
  const rows = data.length / columns;
  const mean = new Float64Array(columns);
  const add = (centre: Float64Array, sums: Float64Array): void => {
    for (let at = 0; at < data.length; ) for (let c = 0; c < columns; c++) sums[c]! += data[at++]! - centre[c]!;
  };
  add(new Float64Array(columns), mean);
  for (let c = 0; c < columns; c++) mean[c]! /= rows;
  const left = new Float64Array(columns);
  add(mean, left);
  for (let c = 0; c < columns; c++) mean[c]! += left[c]! / rows;
  return mean;
}
