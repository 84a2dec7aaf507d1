/** Precision, recall, density and coverage: where two clouds of features overlap. */
import {UserError} from '../core/checks';
import {type Matrix, type MatrixLike, squaredDistance, toMatrixPair} from './matrix';

export interface Prdc {
  /** Share of generated rows inside the ball of some real row: is what is made realistic? In [0, 1]. */
  readonly precision: number;
  /** Share of real rows inside the ball of some generated row: is everything real made? In [0, 1]. */
  readonly recall: number;
  /** Mean number of real balls around a generated row, divided by k; about 1 for equal distributions, may exceed 1. */
  readonly density: number;
  /** Share of real rows whose ball holds a generated row; robust where recall is not. In [0, 1]. */
  readonly coverage: number;
}

/**
 * Precision, recall, density and coverage. A row's ball reaches to its k-th nearest neighbour in its own set, border excluded.
 *
 * Source: Kynkäänniemi et al. 2019 (arXiv:1904.06991), eqs. 1–2; Naeem et al. 2020 (arXiv:2002.09797), eqs. 3–6. The border as in the `prdc` package.
 * Memory grows with n, not n²: a row of distances at a time.
 *
 * @param real features [n, d]; @param generated features [m, d]; @param options.k neighbours, below n and m. Defaults to 5.
 */
export function precisionRecallDensityCoverage(
  real: MatrixLike,
  generated: MatrixLike,
  options: {readonly k?: number} = {},
): Prdc {
  const {k = 5} = options;
  const name = 'precisionRecallDensityCoverage';
  const [x, y] = toMatrixPair(name, ['real', 'generated'], [real, generated], 2);
  if (!Number.isInteger(k) || k < 1 || k >= Math.min(x.rows, y.rows)) {
    throw new UserError(
      `Expected k of ${name} to be an integer from 1 to ${Math.min(x.rows, y.rows) - 1}, got ${k} (${x.rows} real rows, ${y.rows} generated).`,
    );
  }
  const realRadii = squaredRadii(x, k);
  const generatedRadii = squaredRadii(y, k);
  const covered = new Uint8Array(x.rows);
  const recalled = new Uint8Array(x.rows);
  let precise = 0;
  let balls = 0;
  for (let j = 0; j < y.rows; j++) {
    let around = 0;
    for (let i = 0; i < x.rows; i++) {
      const distance = squaredDistance(x, i, y, j);
      if (distance < realRadii[i]!) {
        around++;
        covered[i] = 1;
      }
      if (distance < generatedRadii[j]!) recalled[i] = 1;
    }
    balls += around;
    if (around > 0) precise++;
  }
  const share = (flags: Uint8Array): number => flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
  return {
    precision: precise / y.rows,
    recall: share(recalled),
    density: balls / (k * y.rows),
    coverage: share(covered),
  };
}

/** Squared distance of every row to its k-th nearest other row. */
function squaredRadii(matrix: Matrix, k: number): Float64Array {
  const radii = new Float64Array(matrix.rows);
  const nearest = new Float64Array(k);
  for (let i = 0; i < matrix.rows; i++) {
    nearest.fill(Number.POSITIVE_INFINITY);
    for (let j = 0; j < matrix.rows; j++) {
      if (j !== i) insertIntoSorted(nearest, squaredDistance(matrix, i, matrix, j));
    }
    radii[i] = nearest[k - 1]!;
  }
  return radii;
}

/** Keeps the smallest values, ascending; the largest falls out. */
function insertIntoSorted(smallest: Float64Array, value: number): void {
  let at = smallest.length - 1;
  if (value >= smallest[at]!) return;
  for (; at > 0 && smallest[at - 1]! > value; at--) smallest[at] = smallest[at - 1]!;
  smallest[at] = value;
}
