/** The sliced Wasserstein distance: how far sorted shadows of two clouds lie apart. */
import {assertPositiveInteger, UserError} from '../core/checks';
import {RandomStream} from '../core/random';
import {type Matrix, type MatrixLike, toMatrix, toMatrixPair} from './matrix';

export interface SlicedWassersteinOptions {
  /** Random directions. Defaults to 128. */
  readonly projections?: number;
  /** 1 for the mean distance, 2 for the root of the mean squared one. Defaults to 1. */
  readonly order?: 1 | 2;
  /** Seed of the directions. Defaults to 0. */
  readonly seed?: number;
  /** Directions [projections, d] in the place of random ones; each is scaled to length 1. */
  readonly directions?: MatrixLike;
}

/**
 * Sliced Wasserstein distance.
 *
 *   SW_p = ( mean_θ W_p(θ·x, θ·y)^p )^{1/p},   W_p^p = ∫₀¹ |F⁻¹(u) - G⁻¹(u)|^p du
 *
 * Source: Bonneel et al. 2015 (doi:10.1007/s10851-014-0506-3), section 3. It needs no inverse and no bandwidth, and no n² memory.
 *
 * @param real [n, d]; @param generated [m, d]; n and m may differ.
 * @returns ≥ 0; 0 for identical sets; in one dimension, order 1, the distance that one set was moved.
 */
export function slicedWasserstein(
  real: MatrixLike,
  generated: MatrixLike,
  options: SlicedWassersteinOptions = {},
): number {
  const {projections = 128, order = 1, seed = 0} = options;
  const [x, y] = toMatrixPair('slicedWasserstein', ['real', 'generated'], [real, generated]);
  assertPositiveInteger('projections', projections);
  if (order !== 1 && order !== 2)
    throw new UserError(`Expected order of slicedWasserstein to be 1 or 2, got ${order}.`);
  const directions = options.directions
    ? toMatrix('slicedWasserstein', 'directions', options.directions)
    : randomDirections(projections, x.columns, seed);
  if (directions.columns !== x.columns) {
    throw new UserError(
      `Expected directions of slicedWasserstein to have ${x.columns} columns, got ${directions.columns}.`,
    );
  }
  let sum = 0;
  for (let p = 0; p < directions.rows; p++) {
    const direction = unit(directions.data.subarray(p * x.columns, (p + 1) * x.columns), p);
    sum += transportCost(shadow(x, direction).sort(), shadow(y, direction).sort(), order);
  }
  const mean = sum / directions.rows;
  return order === 1 ? mean : Math.sqrt(mean);
}

/** ∫ |F⁻¹ - G⁻¹|^p over the steps of both quantile functions. */
function transportCost(a: Float64Array, b: Float64Array, order: 1 | 2): number {
  let sum = 0;
  let [i, j] = [0, 0];
  // Shares of the way in units of 1 / (n m), whole numbers, so that equal steps meet exactly.
  let done = 0;
  while (i < a.length && j < b.length) {
    const [endA, endB] = [(i + 1) * b.length, (j + 1) * a.length];
    const end = Math.min(endA, endB);
    sum += (end - done) * Math.abs(a[i]! - b[j]!) ** order;
    done = end;
    if (endA === end) i++;
    if (endB === end) j++;
  }
  return sum / (a.length * b.length);
}

function shadow({data, rows, columns}: Matrix, direction: Float64Array): Float64Array {
  const values = new Float64Array(rows);
  for (let r = 0, at = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++, at++) sum += data[at]! * direction[c]!;
    values[r] = sum;
  }
  return values;
}

function unit(direction: Float64Array, index: number): Float64Array {
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
  if (length === 0)
    throw new UserError(`Expected directions of slicedWasserstein to have a length, got 0 in row ${index}.`);
  return direction.map(value => value / length);
}

/** Normal numbers point everywhere alike. */
function randomDirections(rows: number, columns: number, seed: number): Matrix {
  const stream = new RandomStream(seed, 'evaluation/sliced-wasserstein');
  return {data: Float64Array.from(stream.normals(rows * columns)), rows, columns};
}
