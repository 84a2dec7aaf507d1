/** Codes of many dimensions as points of the plane. */
import {Matrix as DenseMatrix, EigenvalueDecomposition} from 'ml-matrix';
import {UMAP} from 'umap-js';
import {UserError} from '../core/checks';
import {RandomStream} from '../core/random';
import {type MatrixLike, toMatrix} from './matrix';

export type PlanePoint = readonly [x: number, y: number];

export interface PlaneProjection {
  readonly points: readonly PlanePoint[];
  /** Share of the variance that each axis holds. */
  readonly explained: readonly [number, number];
}

/**
 * The two first principal components of rows [n, d]: x = (row - mean) · v₁, y = (row - mean) · v₂ with the eigenvectors of the
 * covariance. The component of an eigenvector that is farthest from 0 is positive, so that the picture is the same everywhere.
 *
 * @throws UserError with fewer than 2 rows or columns. Points on a line have explained [1, 0].
 */
export function principalComponents(rows: MatrixLike): PlaneProjection {
  const {data, rows: n, columns: d} = toMatrix('principalComponents', 'rows', rows, 2);
  if (d < 2) throw new UserError(`Expected rows of principalComponents to have at least 2 columns, got ${d}.`);
  const centred = new DenseMatrix(n, d);
  for (let c = 0; c < d; c++) {
    let mean = 0;
    for (let r = 0; r < n; r++) mean += data[r * d + c]! / n;
    for (let r = 0; r < n; r++) centred.set(r, c, data[r * d + c]! - mean);
  }
  const covariance = centred
    .transpose()
    .mmul(centred)
    .div(n - 1);
  const {realEigenvalues, eigenvectorMatrix} = new EigenvalueDecomposition(covariance, {assumeSymmetric: true});
  const order = realEigenvalues.map((_, i) => i).sort((i, j) => realEigenvalues[j]! - realEigenvalues[i]!);
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  const axes = order.slice(0, 2).map(index => {
    const axis = eigenvectorMatrix.getColumn(index);
    const largest = axis.reduce((far, value) => (Math.abs(value) > Math.abs(far) ? value : far), 0);
    return largest < 0 ? axis.map(value => -value) : axis;
  });
  const along = (row: number, axis: readonly number[]): number =>
    axis.reduce((sum, value, c) => sum + value * centred.get(row, c), 0);
  const share = (place: number): number => (total > 0 ? Math.max(0, realEigenvalues[order[place]!]!) / total : 0);
  return {
    points: Array.from({length: n}, (_, row): PlanePoint => [along(row, axes[0]!), along(row, axes[1]!)]),
    explained: [share(0), share(1)],
  };
}

/** Neighbours that UMAP keeps together: more than a class has rows in one modality, so that modalities may meet. */
export const mapNeighbours = 40;

/**
 * UMAP: a map on which near rows stay near; distances between far groups mean little. Same rows and seed, same map.
 *
 * Source: McInnes, Healy & Melville 2018 (arXiv:1802.03426), by umap-js.
 *
 * @param rows [n, d], n > 40.
 */
export function neighbourMap(rows: MatrixLike, seed: number): PlanePoint[] {
  const matrix = toMatrix('neighbourMap', 'rows', rows, mapNeighbours + 1);
  const stream = new RandomStream(seed, 'evaluation/neighbour-map');
  const umap = new UMAP({nComponents: 2, nNeighbors: mapNeighbours, minDist: 0.4, random: () => stream.uniform()});
  const list = Array.from({length: matrix.rows}, (_, r) =>
    Array.from(matrix.data.subarray(r * matrix.columns, (r + 1) * matrix.columns)),
  );
  return umap.fit(list).map(([x, y]): PlanePoint => [x!, y!]);
}
