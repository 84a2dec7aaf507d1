/** Eigenvalues of a symmetric matrix, without its vectors. */
import {tridiagonalEigenvalues} from './tridiagonal-eigenvalues';
import {type Block, productScratch, type Workspace} from './workspace';

/** Rows that are reduced before the rest of the matrix is brought up to date in one product. */
const panelRows = 32;
/** Up to this size what is left is one panel. */
const lastPanel = 64;
/** Parts of a matrix-vector product; a fixed number, so that the order of the sums does not depend on the threads. */
const shares = 4;

/** What a workspace must have left for a matrix of this size; the matrix itself is not counted. */
export function eigenvaluesNeed(size: number): {floats: number; scratch: number; multiplications: number} {
  return {
    floats: (lastPanel + 4 * panelRows + shares) * size,
    scratch: productScratch,
    multiplications: (2 * size ** 3) / 3,
  };
}

/**
 * Eigenvalues in ascending order, each right to about 1e-15 of the largest.
 *
 * Householder reflections bring the matrix to three diagonals, panel by panel, so that half of the work is matrix products; QL
 * iterations do the rest. Source: Dongarra, Hammarling & Sorensen 1989 (doi:10.1016/0377-0427(89)90367-1), from the last row on.
 *
 * @param matrix [size, size], of which the lower half is read; it is overwritten.
 */
export function symmetricEigenvalues(workspace: Workspace, matrix: Block<Float64Array>, size: number): Float64Array {
  const reduction = new Reduction(workspace, matrix, size);
  for (let end = size; end > 0; ) {
    const first = end > lastPanel ? end - panelRows : 0;
    for (let i = end - 1; i >= first; i--) reduction.reduceRow(i, first, end);
    if (first > 0) reduction.bringUpToDate(first, end);
    end = first;
  }
  return tridiagonalEigenvalues(reduction.diagonal, reduction.beside);
}

class Reduction {
  readonly diagonal: Float64Array;
  /** Number i stands beside diagonal numbers i and i + 1. */
  readonly beside: Float64Array;
  /** Row i - first is the w that belongs to the reflector v in row i: the matrix becomes A - v wᵀ - w vᵀ. */
  private readonly companions: Block<Float64Array>;
  private readonly left: Block<Float64Array>;
  private readonly right: Block<Float64Array>;
  private readonly partial: Block<Float64Array>;
  private readonly scratch: readonly [number, number];

  constructor(
    private readonly workspace: Workspace,
    private readonly matrix: Block<Float64Array>,
    private readonly size: number,
  ) {
    this.diagonal = new Float64Array(size);
    this.beside = new Float64Array(Math.max(0, size - 1));
    this.companions = workspace.floats(lastPanel * size);
    this.left = workspace.floats(2 * panelRows * size);
    this.right = workspace.floats(2 * panelRows * size);
    this.partial = workspace.floats(shares * size);
    this.scratch = workspace.scratch(productScratch);
  }

  /** Row i is brought up to date and reduced; it then holds its reflector v of i numbers, the last of which is 1. */
  reduceRow(i: number, first: number, end: number): void {
    const {kernels} = this.workspace;
    const a = this.matrix.view;
    const row = this.rowAddress(i);
    for (let p = i + 1; p < end; p++) {
      kernels.addScaled(i + 1, -this.companions.view[(p - first) * this.size + i]!, this.rowAddress(p), row);
      kernels.addScaled(i + 1, -a[p * this.size + i]!, this.companionAddress(p, first), row);
    }
    this.diagonal[i] = a[i * this.size + i]!;
    if (i === 0) return;
    const last = i * this.size + i - 1;
    const alpha = a[last]!;
    const rest = Math.sqrt(kernels.dot(i - 1, row, row));
    const beta = rest === 0 ? alpha : -Math.sign(alpha || 1) * Math.hypot(alpha, rest);
    const tau = rest === 0 ? 0 : (beta - alpha) / beta;
    this.beside[i - 1] = beta;
    if (rest > 0) {
      const scale = 1 / (alpha - beta);
      for (let j = i * this.size; j < last; j++) a[j]! *= scale;
    }
    a[last] = 1;
    this.makeCompanion(i, first, end, tau);
  }

  /** The rows before `first`: A -= v wᵀ + w vᵀ for every reflector of the panel, as one product. */
  bringUpToDate(first: number, end: number): void {
    const rows = end - first;
    for (let p = 0; p < rows; p++) {
      const v = this.matrix.view.subarray((first + p) * this.size, (first + p) * this.size + first);
      const w = this.companions.view.subarray(p * this.size, p * this.size + first);
      this.left.view.set(v, p * first);
      this.left.view.set(w, (rows + p) * first);
      this.right.view.set(w, p * first);
      this.right.view.set(v, (rows + p) * first);
    }
    this.workspace.product(
      {rows: first, columns: first, depth: 2 * rows, mode: 'subtract', lower: true},
      {address: this.left.address, rowStride: 1, columnStride: first},
      {address: this.right.address, rowStride: first, columnStride: 1},
      {address: this.matrix.address, rowStride: this.size},
      this.scratch,
    );
  }

  private makeCompanion(i: number, first: number, end: number, tau: number): void {
    const {kernels} = this.workspace;
    const v = this.rowAddress(i);
    const w = this.companionAddress(i, first);
    const values = this.companions.view.subarray((i - first) * this.size, (i - first) * this.size + i);
    values.fill(0);
    if (tau === 0) return;
    this.workspace.run('symmetricTimesVectorTask', shares, [
      i,
      this.matrix.address,
      this.size,
      v,
      this.partial.address,
      shares,
    ]);
    for (let share = 0; share < shares; share++) kernels.addScaled(i, 1, this.partial.address + share * i * 8, w);
    for (let p = i + 1; p < end; p++) {
      const [vp, wp] = [this.rowAddress(p), this.companionAddress(p, first)];
      const [alongW, alongV] = [kernels.dot(i, wp, v), kernels.dot(i, vp, v)];
      kernels.addScaled(i, -alongW, vp, w);
      kernels.addScaled(i, -alongV, wp, w);
    }
    for (let j = 0; j < i; j++) values[j]! *= tau;
    kernels.addScaled(i, -0.5 * tau * kernels.dot(i, w, v), v, w);
  }

  private rowAddress(row: number): number {
    return this.matrix.address + row * this.size * 8;
  }

  private companionAddress(row: number, first: number): number {
    return this.companions.address + (row - first) * this.size * 8;
  }
}
