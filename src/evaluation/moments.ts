/** Mean and covariance of features, whole or in a stream of batches. */
import {UserError} from '../core/checks';
import {type Matrix, type MatrixLike, toMatrix} from './matrix';

/** Mean [d] and unbiased covariance [d, d] (row by row) of n rows. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Mean and covariance (divisor n - 1) of at least two rows; two passes, so a large common offset costs no digits. */
export function momentsOf(matrix: Matrix): Moments {
  const {data, rows, columns} = matrix;
  const mean = new Float64Array(columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) mean[c]! += data[r * columns + c]! / rows;
  const scatter = new Float64Array(columns * columns);
  const centred = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) centred[c] = data[r * columns + c]! - mean[c]!;
    addOuterProduct(scatter, centred, 1);
  }
  return {count: rows, mean, covariance: covarianceFrom(scatter, columns, rows)};
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
    const batchMean = new Float64Array(columns);
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) batchMean[c]! += data[r * columns + c]! / rows;
    const centred = new Float64Array(columns);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) centred[c] = data[r * columns + c]! - batchMean[c]!;
      addOuterProduct(this.scatter, centred, 1);
    }
    const shift = batchMean.map((value, c) => value - this.mean[c]!);
    addOuterProduct(this.scatter, shift, (this.count * rows) / total);
    for (let c = 0; c < columns; c++) this.mean[c]! += (shift[c]! * rows) / total;
    this.count = total;
  }

  /** @throws UserError before two rows have been seen. */
  moments(): Moments {
    if (this.count < 2) throw new UserError(`Expected moments of at least 2 rows, got ${this.count}.`);
    return {
      count: this.count,
      mean: this.mean.slice(),
      covariance: covarianceFrom(this.scatter, this.mean.length, this.count),
    };
  }
}

/** Adds weight · v vᵀ to the upper triangle of a d×d sum. */
function addOuterProduct(sum: Float64Array, v: Float64Array, weight: number): void {
  const size = v.length;
  for (let i = 0; i < size; i++) {
    const scaled = v[i]! * weight;
    if (scaled === 0) continue;
    for (let j = i, at = i * size + i; j < size; j++, at++) sum[at]! += scaled * v[j]!;
  }
}

/** The whole symmetric matrix from its upper triangle, divided by n - 1. */
function covarianceFrom(upper: Float64Array, size: number, count: number): Float64Array {
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      const value = upper[i * size + j]! / (count - 1);
      covariance[i * size + j] = value;
      covariance[j * size + i] = value;
    }
  }
  return covariance;
}
