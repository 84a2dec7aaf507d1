/** tr (A B)^½ for two covariances. */
import {Matrix as DenseMatrix, SingularValueDecomposition} from 'ml-matrix';
import {type Factor, pivotedCholesky} from './pivoted-cholesky';
import {eigenvaluesNeed, symmetricEigenvalues} from './symmetric-eigenvalues';
import {productScratch, withWorkspace} from './workspace';

/** Smallest number on a factor's diagonal, squared, over the largest, below which squares lose too many digits. */
const nearlySingular = 1e-8;
/** Largest size for which singular values are computed without squares; beyond it that takes seconds. */
const exactSize = 256;

/**
 * With A = K Kᵀ and B = L Lᵀ it is the sum of the singular values of Kᵀ L, which are the roots of the eigenvalues of Kᵀ B K.
 *
 * The eigenvalues are quick, but right only to 1e-16 of the largest: a root of 0 would come out as 1e-8. So of two singular
 * matrices the one of lower rank is taken apart, and small matrices that are nearly singular go by singular values.
 *
 * @param a [d, d]; @param factorOfA its factor; @param b [d, d].
 */
export function traceOfRootOfProduct(a: Float64Array, factorOfA: Factor, b: Float64Array): number {
  const factorOfB = pivotedCholesky(b, factorOfA.size);
  if (Math.min(factorOfA.rank, factorOfB.rank) === 0) return 0;
  if (factorOfA.size <= exactSize && Math.min(spread(factorOfA), spread(factorOfB)) < nearlySingular) {
    return sumOfSingularValues(factorOfA, factorOfB);
  }
  return factorOfB.rank < factorOfA.rank ? sumOfRoots(factorOfB, a) : sumOfRoots(factorOfA, b);
}

/** 0 for a singular matrix. */
function spread({size, rank, lower}: Factor): number {
  return rank < size ? 0 : (lower[size * size - 1]! / lower[0]!) ** 2;
}

function sumOfSingularValues(a: Factor, b: Factor): number {
  const [k, l] = [rowsInOrder(a), rowsInOrder(b)];
  const options = {computeLeftSingularVectors: false, computeRightSingularVectors: false, autoTranspose: true};
  return new SingularValueDecomposition(k.transpose().mmul(l), options).diagonal.reduce((sum, value) => sum + value, 0);
}

/** L with its rows where the matrix has them. */
function rowsInOrder({size, rank, lower, order}: Factor): DenseMatrix {
  const matrix = new DenseMatrix(size, rank);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < rank; j++) matrix.set(order[i]!, j, lower[i * size + j]!);
  }
  return matrix;
}

function sumOfRoots({size, rank, lower, order}: Factor, other: Float64Array): number {
  const eigenvalues = eigenvaluesNeed(rank);
  const need = {
    floats: 2 * size * size + size * rank + rank * rank + eigenvalues.floats,
    scratch: 2 * productScratch,
    multiplications: size * size * rank,
  };
  return withWorkspace(need, workspace => {
    const l = workspace.floats(size * size);
    const permuted = workspace.floats(size * size);
    const half = workspace.floats(size * rank);
    const whole = workspace.floats(rank * rank);
    const scratch = workspace.scratch(productScratch);
    l.view.set(lower);
    for (let i = 0, at = 0; i < size; i++) {
      const row = order[i]! * size;
      for (let j = 0; j < size; j++) permuted.view[at++] = other[row + order[j]!]!;
    }
    workspace.product(
      {rows: size, columns: rank, depth: size, mode: 'set', triangle: 'right'},
      {address: permuted.address, rowStride: size, columnStride: 1},
      {address: l.address, rowStride: size, columnStride: 1},
      {address: half.address, rowStride: rank},
      scratch,
    );
    workspace.product(
      {rows: rank, columns: rank, depth: size, mode: 'set', lower: true, triangle: 'left'},
      {address: l.address, rowStride: 1, columnStride: size},
      {address: half.address, rowStride: rank, columnStride: 1},
      {address: whole.address, rowStride: rank},
      scratch,
    );
    // Rounding can leave an eigenvalue of 0 a little below.
    return symmetricEigenvalues(workspace, whole, rank).reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  });
}
