/** Which of known modes samples reach: the ring of 8 and the grid of 25 on which collapse can be counted. */
import {assertPositiveInteger, UserError} from '../core/checks';
import {type MatrixLike, toMatrixPair} from './matrix';
import {nearestRows} from './numeric/neighbours';

export interface ModeCoverageOptions {
  /** Standard deviation of a mode. */
  readonly deviation: number;
  /** A sample is of high quality within so many deviations of its mode. Defaults to 3. */
  readonly reach?: number;
  /** Samples of high quality that a mode needs to count. Defaults to 1. */
  readonly fewest?: number;
}

export interface ModeCoverage {
  /** Modes with enough samples of high quality; of `of`. */
  readonly modes: number;
  readonly of: number;
  /** Share of samples of high quality. In [0, 1]; 0.989 for perfect samples of two dimensions. */
  readonly highQuality: number;
  /** Kullback–Leibler divergence, in nats, of the samples' modes from an even choice: 0 when even, ln modes for one. All samples count, each for its nearest mode. */
  readonly divergence: number;
  /** Samples of high quality of each mode. */
  readonly counts: readonly number[];
}

/**
 * Mode coverage.
 *
 * Source: Srivastava et al. 2017 (arXiv:1705.07761), section 4.1 (three deviations); Lin et al. 2018 (arXiv:1712.04086), section 4.1 (divergence).
 *
 * @param samples [n, d]; @param centres of the modes [m, d].
 */
export function modeCoverage(samples: MatrixLike, centres: MatrixLike, options: ModeCoverageOptions): ModeCoverage {
  const {deviation, reach = 3, fewest = 1} = options;
  const [x, modes] = toMatrixPair('modeCoverage', ['samples', 'centres'], [samples, centres]);
  if (!(deviation > 0) || !(reach > 0)) {
    throw new UserError(`Expected deviation and reach of modeCoverage to be positive, got ${deviation} and ${reach}.`);
  }
  assertPositiveInteger('fewest', fewest);
  const {rows, squared} = nearestRows(x, modes, 1);
  const counts = new Array<number>(modes.rows).fill(0);
  const nearest = new Array<number>(modes.rows).fill(0);
  rows.forEach((mode, i) => {
    nearest[mode]! += 1;
    if (Math.sqrt(squared[i]!) <= reach * deviation) counts[mode]! += 1;
  });
  const shares = nearest.map(count => count / x.rows);
  return {
    modes: counts.filter(count => count >= fewest).length,
    of: modes.rows,
    highQuality: counts.reduce((sum, count) => sum + count, 0) / x.rows,
    divergence: shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share * modes.rows) : 0), 0),
    counts,
  };
}

/** Centres on a circle: ringCentres(8, 2) are the ring of 8, the first at (2, 0). */
export function ringCentres(count: number, radius: number): number[][] {
  assertPositiveInteger('count', count);
  return Array.from({length: count}, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Centres on a square grid around 0: gridCentres(5, 2) are the grid of 25 with corners (±4, ±4). */
export function gridCentres(side: number, spacing: number): number[][] {
  assertPositiveInteger('side', side);
  const place = (i: number): number => (i - (side - 1) / 2) * spacing;
  return Array.from({length: side * side}, (_, i) => [place(Math.floor(i / side)), place(i % side)]);
}
