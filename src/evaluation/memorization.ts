/** Memorisation: does the model make new things, or training examples again? */
import {assertPositiveInteger, UserError} from '../core/checks';
import {tf} from '../core/tensorflow';
import {type MatrixLike, toMatrixPair} from './matrix';
import {normalTail} from './normal';
import {nearestRows} from './numeric/neighbours';

export interface Memorization {
  /** Mean distance of generated rows to their nearest training row, over that of real held-out rows. About 1: as new as new data; 0: copies. Null when the held-out rows are training rows themselves. */
  readonly ratio: number | null;
  /** Share of generated rows as near to a training row as 1 in 100 real held-out rows is; about 0.01 when nothing is copied. */
  readonly copies: number;
}

/** Rows of values, or a tensor [n, …] whose rows are read as they lie. */
export type RowsLike = MatrixLike | tf.Tensor;

/**
 * Nearest-training-neighbour test, Euclidean, on the values themselves (pixels, bands), so that a copy is at distance 0.
 *
 * @param train [n, …]; @param heldOut real rows that the model has not seen [m, …]; @param generated [k, …]; n, m, k ≥ 1, same shape
 * per row. Matrices are compared in double precision, tensors by the engine.
 */
export function memorization(train: RowsLike, heldOut: RowsLike, generated: RowsLike): Memorization {
  const ofHeldOut = distancesTo(train, heldOut, 'heldOut').sort();
  const ofGenerated = distancesTo(train, generated, 'generated');
  const mean = (values: Float32Array | Float64Array): number => {
    let sum = 0;
    for (const value of values) sum += value;
    return sum / values.length;
  };
  const threshold = ofHeldOut[Math.floor(0.01 * ofHeldOut.length)]!;
  const real = mean(ofHeldOut);
  return {
    ratio: real > 0 ? mean(ofGenerated) / real : null,
    copies: mean(ofGenerated.map(distance => (distance <= threshold ? 1 : 0)) as Float32Array | Float64Array),
  };
}

export interface DataCopying {
  /** Standardised: below -2 generated rows lie nearer to training rows than new real rows do, above 2 farther. */
  readonly z: number;
  /** One-sided, of the hypothesis that generated rows lie no nearer: small means copying. */
  readonly pValue: number;
}

/**
 * Data-copying test: are generated rows nearer to the training rows than held-out real rows are? Mann and Whitney's U of both lists
 * of nearest distances, in its normal form with ties.
 *
 * Source: Meehan, Chaudhuri & Dasgupta 2020 (arXiv:2004.05675), section 3, on one cell.
 *
 * @param train [n, …]; @param heldOut [m, …]; @param generated [k, …].
 */
export function dataCopying(train: RowsLike, heldOut: RowsLike, generated: RowsLike): DataCopying {
  const [a, b] = [distancesTo(train, generated, 'generated'), distancesTo(train, heldOut, 'heldOut')];
  const all = [...Array.from(a, value => ({value, own: 1})), ...Array.from(b, value => ({value, own: 0}))];
  all.sort((p, q) => p.value - q.value);
  let [rankSum, ties] = [0, 0];
  for (let from = 0, to = 0; from < all.length; from = to) {
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    const size = to - from;
    ties += size ** 3 - size;
    for (let i = from; i < to; i++) rankSum += all[i]!.own * ((from + to + 1) / 2);
  }
  const n = all.length;
  const u = rankSum - (a.length * (a.length + 1)) / 2;
  const variance = ((a.length * b.length) / 12) * (n + 1 - ties / (n * (n - 1)));
  const z = variance > 0 ? (u - (a.length * b.length) / 2) / Math.sqrt(variance) : 0;
  return {z, pValue: normalTail(-z)};
}

function distancesTo(train: RowsLike, rows: RowsLike, name: string): Float32Array | Float64Array {
  if (train instanceof tf.Tensor && rows instanceof tf.Tensor) return nearestDistances(rows, train);
  if (train instanceof tf.Tensor || rows instanceof tf.Tensor) {
    throw new UserError(
      `Expected train and ${name} of memorization to be both tensors or both matrices, got one of each.`,
    );
  }
  const [x, y] = toMatrixPair('memorization', ['train', name], [train, rows]);
  return nearestRows(y, x, 1).squared.map(Math.sqrt);
}

/** Of a squared distance relative to the squared length: what cancels in |q|² + |r|² - 2 q·r leaves an error of this order. */
const rounding = 4e-6;

/** Distance of each query to its nearest reference, in chunks so that memory stays small; 0 below 0.2 % of its length, where float32 cannot tell. */
export function nearestDistances(queries: tf.Tensor, references: tf.Tensor, chunkSize = 512): Float32Array {
  assertPositiveInteger('chunkSize', chunkSize);
  const [numQueries, numReferences] = [queries.shape[0] ?? 0, references.shape[0] ?? 0];
  const width = queries.size / numQueries;
  if (numQueries === 0 || numReferences === 0 || references.size / numReferences !== width) {
    throw new UserError(
      `Expected queries and references of equal shape per row, got [${queries.shape.join(', ')}] and [${references.shape.join(', ')}].`,
    );
  }
  const nearest = new Float32Array(numQueries).fill(Number.POSITIVE_INFINITY);
  for (let from = 0; from < numReferences; from += chunkSize) {
    tf.tidy(() => {
      const count = Math.min(chunkSize, numReferences - from);
      const columns = tf.slice(references, from, count).reshape([count, width]).transpose();
      const squares = columns.square().sum(0, true);
      for (let at = 0; at < numQueries; at += chunkSize) {
        const rows = Math.min(chunkSize, numQueries - at);
        tf.tidy(() => {
          const query = tf.slice(queries, at, rows).reshape([rows, width]);
          const own = query.square().sum(1, true);
          // |q - r|² = |q|² + |r|² - 2 q·r, so that the work is one matrix product.
          const squared = own.add(squares).sub(query.matMul(columns).mul(2)).min(1).dataSync();
          const lengths = own.dataSync();
          squared.forEach((value, i) => {
            const distance = value > rounding * lengths[i]! ? Math.sqrt(value) : 0;
            nearest[at + i] = Math.min(nearest[at + i]!, distance);
          });
        });
      }
    });
  }
  return nearest;
}
