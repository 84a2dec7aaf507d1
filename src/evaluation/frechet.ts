/** The Fréchet distance between two clouds of features. */
import {Matrix as DenseMatrix, EigenvalueDecomposition} from 'ml-matrix';
import {UserError} from '../core/checks';
import {type MatrixLike, toMatrixPair} from './matrix';
import {type Moments, momentsOf} from './moments';

/**
 * Fréchet distance between Gaussians fitted to two sets of features.
 *
 *   d = |μ₁ - μ₂|² + tr Σ₁ + tr Σ₂ - 2 tr (Σ₁ Σ₂)^½
 *
 * It is called FID only when the features come from Inception-v3; ours come from a digit classifier and the two scales differ.
 * It shrinks as n grows: compare only distances of equal n.
 *
 * Source: Dowson & Landau 1982; Heusel et al. 2017 (arXiv:1706.08500), eq. 6.
 *
 * @param real features [n, d], n ≥ 2.
 * @param generated features [m, d], m ≥ 2.
 * @returns ≥ 0; 0 for identical sets; 25 when one set is the other moved by (3, 4).
 */
export function frechetDistance(real: MatrixLike, generated: MatrixLike): number {
  const [a, b] = toMatrixPair('frechetDistance', ['real', 'generated'], [real, generated], 2);
  return frechetDistanceOfMoments(momentsOf(a), momentsOf(b));
}

/** The same from means and covariances, for example those of StreamingMoments. */
export function frechetDistanceOfMoments(a: Moments, b: Moments): number {
  return frechetDistanceTo(a)(b);
}

/**
 * Distance to one fixed set, whose covariance is decomposed only once: for many distances to the same real data.
 *
 * tr (Σ₁ Σ₂)^½ is computed as Σ √λ of the symmetric matrix Rᵀ Σ₂ R with Σ₁ = R Rᵀ. Σ₁ Σ₂ itself is not symmetric: a general
 * matrix square root of it breaks down or turns complex when a covariance is singular, as it is for n ≤ d and for constant
 * features. The symmetric form has the same eigenvalues, all real and ≥ 0.
 */
export function frechetDistanceTo(fixed: Moments): (other: Moments) => number {
  const size = fixed.mean.length;
  const {vectors, values} = symmetricEigen(toDense(fixed.covariance, size));
  const root = vectors.mulRowVector(values.map(value => Math.sqrt(Math.max(0, value))));
  const rootTransposed = root.transpose();
  return other => {
    if (other.mean.length !== size) {
      throw new UserError(`Expected moments of equal width, got ${size} and ${other.mean.length} features.`);
    }
    let meanTerm = 0;
    let traces = 0;
    for (let i = 0; i < size; i++) {
      meanTerm += (fixed.mean[i]! - other.mean[i]!) ** 2;
      traces += fixed.covariance[i * size + i]! + other.covariance[i * size + i]!;
    }
    const product = rootTransposed.mmul(toDense(other.covariance, size)).mmul(root);
    // Exactly symmetric, so that the symmetric algorithm is the right one.
    const eigenvalues = symmetricEigen(product.add(product.transpose()).mul(0.5)).values;
    const traceOfRoot = eigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
    // Rounding can leave the difference of traces a little below 0 when the sets are equal.
    return meanTerm + Math.max(0, traces - 2 * traceOfRoot);
  };
}

function symmetricEigen(matrix: DenseMatrix): {vectors: DenseMatrix; values: number[]} {
  const decomposition = new EigenvalueDecomposition(matrix, {assumeSymmetric: true});
  return {vectors: decomposition.eigenvectorMatrix, values: decomposition.realEigenvalues};
}

function toDense(values: Float64Array, size: number): DenseMatrix {
  return DenseMatrix.from1DArray(size, size, values);
}
