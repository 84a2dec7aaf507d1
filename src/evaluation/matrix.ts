/** What the metrics compute on: n rows of d numbers, double precision, row by row. */
import {UserError} from '../core/checks';

/** n examples of d features each: an array of rows, or flat values with their shape. */
export type MatrixLike =
  | readonly (readonly number[])[]
  | {readonly data: Float32Array | Float64Array; readonly shape: readonly [number, number]};

/** Row r, column c is data[r * columns + c]. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Checks a matrix argument and brings it into double precision.
 *
 * @param metric named in errors, for example 'frechetDistance'.
 * @param name of the argument, for example 'real'.
 * @param minRows fewest rows that the metric is defined for.
 * @throws UserError when rows are too few or of unequal width, or a value is NaN or infinite.
 */
export function toMatrix(metric: string, name: string, values: MatrixLike, minRows = 1): Matrix {
  const matrix = 'shape' in values ? fromFlat(metric, name, values.data, values.shape) : fromRows(metric, name, values);
  if (matrix.rows < minRows) {
    throw new UserError(`Expected ${name} of ${metric} to have at least ${minRows} rows, got ${matrix.rows}.`);
  }
  if (matrix.columns < 1) throw new UserError(`Expected ${name} of ${metric} to have at least 1 column, got 0.`);
  const bad = firstNotFinite(matrix.data);
  if (bad >= 0) {
    const [row, column] = [Math.floor(bad / matrix.columns), bad % matrix.columns];
    throw new UserError(
      `Expected ${name} of ${metric} to be finite, got ${matrix.data[bad]} at row ${row}, column ${column}.`,
    );
  }
  return matrix;
}

/** Two matrices of the same width. */
export function toMatrixPair(
  metric: string,
  names: readonly [string, string],
  pair: readonly [MatrixLike, MatrixLike],
  minRows = 1,
): [Matrix, Matrix] {
  const a = toMatrix(metric, names[0], pair[0], minRows);
  const b = toMatrix(metric, names[1], pair[1], minRows);
  if (a.columns !== b.columns) {
    throw new UserError(
      `Expected ${names[0]} and ${names[1]} of ${metric} to be equally wide, got ${a.columns} and ${b.columns} columns.`,
    );
  }
  return [a, b];
}

/** The rows at these indices, in that order; repeats are allowed. */
export function selectRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const {columns} = matrix;
  const data = new Float64Array(indices.length * columns);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i]!;
    data.set(matrix.data.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return {data, rows: indices.length, columns};
}

/** A Matrix as an argument of the metrics. */
export function asMatrixLike(matrix: Matrix): MatrixLike {
  return {data: matrix.data, shape: [matrix.rows, matrix.columns]};
}

/** |a_i - b_j|², by differences rather than by |a|² + |b|² - 2ab, so that equal rows are at distance exactly 0. */
export function squaredDistance(a: Matrix, i: number, b: Matrix, j: number): number {
  const {columns, data: left} = a;
  const right = b.data;
  let [p, q] = [i * columns, j * columns];
  const end = p + columns;
  // Two sums side by side: half the waiting for the addition before.
  let even = 0;
  let odd = 0;
  for (; p + 1 < end; p += 2, q += 2) {
    const first = left[p]! - right[q]!;
    const second = left[p + 1]! - right[q + 1]!;
    even += first * first;
    odd += second * second;
  }
  if (p < end) even += (left[p]! - right[q]!) ** 2;
  return even + odd;
}

function fromFlat(
  metric: string,
  name: string,
  data: Float32Array | Float64Array,
  shape: readonly [number, number],
): Matrix {
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows * columns !== data.length) {
    throw new UserError(
      `Expected ${name} of ${metric} to hold the values of shape [${shape.join(', ')}], got ${data.length} values.`,
    );
  }
  // Doubles are not copied: no metric writes into its arguments.
  return {data: data instanceof Float64Array ? data : new Float64Array(data), rows, columns};
}

/** -1 when all are finite. */
function firstNotFinite(data: Float64Array): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i]!)) return i;
  return -1;
}

function fromRows(metric: string, name: string, values: readonly (readonly number[])[]): Matrix {
  const columns = values[0]?.length ?? 0;
  const data = new Float64Array(values.length * columns);
  values.forEach((row, r) => {
    if (row.length !== columns) {
      throw new UserError(
        `Expected row ${r} of ${name} of ${metric} to have ${columns} columns as row 0 has, got ${row.length}.`,
      );
    }
    data.set(row, r * columns);
  });
  if (values.length === 0) throw new UserError(`Expected ${name} of ${metric} to have at least 1 row, got 0.`);
  return {data, rows: values.length, columns};
}
