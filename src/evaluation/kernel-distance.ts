/** The kernel distance: squared maximum mean discrepancy with a cubic kernel. */
import {assertInRange, assertPositiveInteger, UserError} from '../core/checks';
import {RandomStream} from '../core/random';
import {type Matrix, type MatrixLike, selectRows, toMatrixPair} from './matrix';
import {cubicKernelSums} from './numeric/kernel-sums';

export interface KernelDistanceOptions {
  /** Random subsets to average over. Defaults to 100. */
  readonly subsets?: number;
  /** Rows drawn from each set for one subset, without repeats. Defaults to 1000, or the smaller set if that is less. */
  readonly subsetSize?: number;
  /** Seed of the draws. Defaults to 0. */
  readonly seed?: number;
  /** Rows of each subset, of equal numbers from both sets, in the place of random ones: to repeat what another program drew. */
  readonly draws?: readonly {readonly real: ArrayLike<number>; readonly generated: ArrayLike<number>}[];
}

export interface KernelDistance {
  /** Mean over subsets; may be slightly negative, because the estimate is unbiased. */
  readonly value: number;
  /** Over subsets (divisor: subsets); 0 for one subset. */
  readonly standardDeviation: number;
}

/**
 * Kernel distance: unbiased MMD² with k(x, y) = (x·y / d + 1)³, averaged over random subsets.
 *
 *   MMD² = Σ_{i≠j} k(x_i, x_j) / m(m-1) + Σ_{i≠j} k(y_i, y_j) / m(m-1) - 2 Σ_{ij} k(x_i, y_j) / m²
 *
 * Unlike the Fréchet distance it has no bias in n. Called KID only with Inception features.
 *
 * Source: Bińkowski et al. 2018 (arXiv:1801.01401), section 4; Gretton et al. 2012 (JMLR 13), eq. 3.
 *
 * @param real features [n, d]; @param generated features [m, d].
 * @throws UserError when subsetSize is below 2 or above either set.
 */
export function kernelDistance(
  real: MatrixLike,
  generated: MatrixLike,
  options: KernelDistanceOptions = {},
): KernelDistance {
  const [x, y] = toMatrixPair('kernelDistance', ['real', 'generated'], [real, generated], 2);
  const values = options.draws ? givenDraws(x, y, options.draws) : randomDraws(x, y, options);
  const value = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - value) ** 2, 0) / values.length;
  return {value, standardDeviation: Math.sqrt(variance)};
}

function randomDraws(x: Matrix, y: Matrix, options: KernelDistanceOptions): number[] {
  const most = Math.min(x.rows, y.rows);
  const {subsets = 100, subsetSize = Math.min(1000, most), seed = 0} = options;
  assertPositiveInteger('subsets', subsets);
  if (!Number.isInteger(subsetSize) || subsetSize < 2 || subsetSize > most) {
    throw new UserError(`Expected subsetSize of kernelDistance to be an integer from 2 to ${most}, got ${subsetSize}.`);
  }
  const stream = new RandomStream(seed, 'evaluation/kernel-distance');
  return Array.from({length: subsets}, () =>
    unbiasedMmd(drawRows(x, subsetSize, stream), drawRows(y, subsetSize, stream)),
  );
}

function givenDraws(x: Matrix, y: Matrix, draws: NonNullable<KernelDistanceOptions['draws']>): number[] {
  if (draws.length === 0) throw new UserError('Expected draws of kernelDistance to hold at least 1 subset, got 0.');
  return draws.map(({real, generated}, i) => {
    if (real.length !== generated.length || real.length < 2) {
      throw new UserError(
        `Expected draw ${i} of kernelDistance to hold 2 or more rows, as many of each set, got ${real.length} and ${generated.length}.`,
      );
    }
    const pick = (matrix: Matrix, rows: ArrayLike<number>): Matrix => {
      for (const row of Array.from(rows)) assertInRange(`draw ${i} of kernelDistance`, row, 0, matrix.rows - 1);
      return selectRows(matrix, rows);
    };
    return unbiasedMmd(pick(x, real), pick(y, generated));
  });
}

function unbiasedMmd(x: Matrix, y: Matrix): number {
  const m = x.rows;
  const [ofX, ofY, across] = cubicKernelSums(x, y);
  return (2 * (ofX + ofY)) / (m * (m - 1)) - (2 * across) / (m * m);
}

/** `count` different rows: the first steps of a Fisher–Yates shuffle. */
function drawRows(matrix: Matrix, count: number, stream: RandomStream): Matrix {
  if (count === matrix.rows) return matrix;
  const order = Int32Array.from({length: matrix.rows}, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + stream.integer(matrix.rows - i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return selectRows(matrix, order.subarray(0, count));
}
