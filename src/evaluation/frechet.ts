/** The Fréchet distance between two clouds of features. */
import {UserError} from '../core/checks';
import {type ExtrapolationOptions, extrapolated} from './extrapolation';
import {type MatrixLike, selectRows, toMatrixPair} from './matrix';
import {type Moments, momentsOf} from './moments';
import {type Factor, pivotedCholesky} from './numeric/pivoted-cholesky';
import {traceOfRootOfProduct} from './numeric/trace-of-root';

export interface FrechetOptions extends ExtrapolationOptions {
  /** The value that infinitely many rows would have, FID∞ (see `extrapolated`), instead of that of these rows. Defaults to false. */
  readonly extrapolate?: boolean;
}

/**
 * Fréchet distance between Gaussians fitted to two sets of features.
 *
 *   d = |μ₁ - μ₂|² + tr Σ₁ + tr Σ₂ - 2 tr (Σ₁ Σ₂)^½
 *
 * It is called FID only when the features come from Inception-v3; ours come from a digit classifier and the two scales differ.
 * It shrinks as n grows: compare only distances of equal n, or extrapolated ones.
 *
 * Source: Dowson & Landau 1982; Heusel et al. 2017 (arXiv:1706.08500), eq. 6.
 *
 * @param real features [n, d], n ≥ 2.
 * @param generated features [m, d], m ≥ 2.
 * @returns ≥ 0 (an extrapolated one may fall below 0 by chance); 0 for identical sets; 25 when one set is the other moved by (3, 4).
 */
export function frechetDistance(real: MatrixLike, generated: MatrixLike, options: FrechetOptions = {}): number {
  const [a, b] = toMatrixPair('frechetDistance', ['real', 'generated'], [real, generated], 2);
  if (!options.extrapolate) return frechetDistanceOfMoments(momentsOf(a), momentsOf(b));
  const ofReal = frechetDistanceTo(momentsOf(a));
  return extrapolated('frechetDistance', b.rows, rows => ofReal(momentsOf(selectRows(b, rows))), options).value;
}

/** The same from means and covariances, for example those of StreamingMoments. */
export function frechetDistanceOfMoments(a: Moments, b: Moments): number {
  return frechetDistanceTo(a)(b);
}

/**
 * Distance to one fixed set, whose covariance is decomposed only once: for many distances to the same real data.
 *
 * Σ₁ Σ₂ is not symmetric: a general matrix square root of it breaks down or turns complex when a covariance is singular, as it is
 * for n ≤ d and for constant features. Lᵀ Σ₂ L with Σ₁ = L Lᵀ is symmetric and has the same eigenvalues, all real and ≥ 0; the
 * trace of the root is the sum of their roots.
 */
export function frechetDistanceTo(fixed: Moments): (other: Moments) => number {
  const size = fixed.mean.length;
  let factor: Factor | undefined;
  return other => {
    if (other.mean.length !== size) {
      throw new UserError(`Expected moments of equal width, got ${size} and ${other.mean.length} features.`);
    }
    factor ??= pivotedCholesky(fixed.covariance, size);
    let meanTerm = 0;
    let traces = 0;
    for (let i = 0; i < size; i++) {
      meanTerm += (fixed.mean[i]! - other.mean[i]!) ** 2;
      traces += fixed.covariance[i * size + i]! + other.covariance[i * size + i]!;
    }
    const traceOfRoot = traceOfRootOfProduct(fixed.covariance, factor, other.covariance);
    // Rounding can leave the difference of traces a little below 0 when the sets are equal.
    return meanTerm + Math.max(0, traces - 2 * traceOfRoot);
  };
}
