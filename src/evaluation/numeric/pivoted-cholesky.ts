/** A covariance as L Lᵀ, singular ones too. */
import {productScratch, withWorkspace} from './workspace';

/** P S Pᵀ = L Lᵀ. */
export interface Factor {
  readonly size: number;
  /** Columns of L that are not 0. */
  readonly rank: number;
  /** L [size, size] row by row, 0 above the diagonal and beyond the rank. */
  readonly lower: Float64Array;
  /** Row i of L belongs to row order[i] of S. */
  readonly order: Int32Array;
}

const panelColumns = 64;

/**
 * Cholesky factor of a symmetric matrix without negative eigenvalues. The largest number left on the diagonal comes first, and when
 * it is as small as rounding errors are, the rest is 0: so a singular matrix is no special case, and its rank comes out.
 *
 * Source: Higham 1990, Analysis of the Cholesky decomposition of a semi-definite matrix, section 1; Lucas 2004 (LAPACK working note 161).
 *
 * @param matrix [size, size]; it is kept as it is.
 */
export function pivotedCholesky(matrix: Float64Array, size: number): Factor {
  const need = {floats: size * size, scratch: productScratch, multiplications: size ** 3 / 6};
  return withWorkspace(need, workspace => {
    const {kernels} = workspace;
    const block = workspace.floats(size * size);
    const a = block.view;
    a.set(matrix);
    const scratch = workspace.scratch(productScratch);
    const order = Int32Array.from({length: size}, (_, i) => i);
    let largest = 0;
    for (let i = 0; i < size; i++) largest = Math.max(largest, a[i * size + i]!);
    const negligible = size * Number.EPSILON * largest;
    const taken = new Float64Array(size);
    let rank = size;
    for (let from = 0; from < rank; from += panelColumns) {
      const to = Math.min(from + panelColumns, size);
      taken.fill(0);
      for (let j = from; j < to; j++) {
        const pivot = largestLeft(a, taken, size, j, from);
        const left = a[pivot * size + pivot]! - taken[pivot]!;
        if (!(left > negligible)) {
          rank = j;
          break;
        }
        if (pivot !== j) {
          exchange(a, size, j, pivot);
          [order[j], order[pivot]] = [order[pivot]!, order[j]!];
          [taken[j], taken[pivot]] = [taken[pivot]!, taken[j]!];
        }
        const root = Math.sqrt(left);
        a[j * size + j] = root;
        kernels.choleskyColumn(block.address, size, j, from, root);
      }
      if (rank < size || to === size) break;
      const below = {address: block.address + (to * size + from) * 8};
      workspace.product(
        {rows: size - to, columns: size - to, depth: to - from, mode: 'subtract', lower: true},
        {...below, rowStride: size, columnStride: 1},
        {...below, rowStride: 1, columnStride: size},
        {address: block.address + (to * size + to) * 8, rowStride: size},
        scratch,
      );
    }
    for (let i = 0; i < size; i++) a.fill(0, i * size + Math.min(i + 1, rank), (i + 1) * size);
    return {size, rank, lower: a.slice(), order};
  });
}

/** The row from j on with the largest diagonal number left; brings `taken`, the squares of the panel's columns so far, up to date. */
function largestLeft(a: Float64Array, taken: Float64Array, size: number, j: number, from: number): number {
  let best = j;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = j; i < size; i++) {
    if (j > from) taken[i]! += a[i * size + j - 1]! ** 2;
    const left = a[i * size + i]! - taken[i]!;
    if (left > most) {
      most = left;
      best = i;
    }
  }
  return best;
}

/** Rows and columns j < p of a symmetric matrix of which the lower half is stored. */
function exchange(a: Float64Array, size: number, j: number, p: number): void {
  const swap = (x: number, y: number): void => {
    const kept = a[x]!;
    a[x] = a[y]!;
    a[y] = kept;
  };
  for (let c = 0; c < j; c++) swap(j * size + c, p * size + c);
  for (let i = j + 1; i < p; i++) swap(i * size + j, p * size + i);
  for (let i = p + 1; i < size; i++) swap(i * size + j, i * size + p);
  swap(j * size + j, p * size + p);
}
