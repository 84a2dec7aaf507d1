/** Precision, recall, density and coverage: where two clouds of features overlap. */
import {UserError} from '../core/checks';
import {meanOf} from './classes';
import {type MatrixLike, toMatrixPair} from './matrix';
import {overlapOfBalls} from './numeric/neighbours';

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
 * Memory grows with n, not n²: a tile of distances at a time. Distances within rounding of a border are computed again by differences.
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
  const {covered, recalled, around} = overlapOfBalls(x, y, k);
  return {
    precision: meanOf(around.map(count => (count > 0 ? 1 : 0))),
    recall: meanOf(recalled),
    density: meanOf(around) / k,
    coverage: meanOf(covered),
  };
}
