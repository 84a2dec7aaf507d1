/** Memorisation: does the model make new things, or training examples again? */
import {assertPositiveInteger, UserError} from '../core/checks';
import {tf} from '../core/tensorflow';

export interface Memorization {
  /** Mean distance of generated rows to their nearest training row, over that of real held-out rows. About 1: as new as new data; 0: copies. Null when the held-out rows are training rows themselves. */
  readonly ratio: number | null;
  /** Share of generated rows as near to a training row as 1 in 100 real held-out rows is; about 0.01 when nothing is copied. */
  readonly copies: number;
}

/**
 * Nearest-training-neighbour test, Euclidean, on the values themselves (pixels, bands), so that a copy is at distance 0.
 *
 * @param train [n, …]; @param heldOut real rows that the model has not seen [m, …]; @param generated [k, …]; n, m, k ≥ 1, same shape per row.
 */
export function memorization(train: tf.Tensor, heldOut: tf.Tensor, generated: tf.Tensor): Memorization {
  const ofHeldOut = nearestDistances(heldOut, train).sort();
  const ofGenerated = nearestDistances(generated, train);
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const threshold = ofHeldOut[Math.floor(0.01 * ofHeldOut.length)]!;
  const real = mean(ofHeldOut);
  return {
    ratio: real > 0 ? mean(ofGenerated) / real : null,
    copies: ofGenerated.reduce((sum, distance) => sum + (distance <= threshold ? 1 : 0), 0) / ofGenerated.length,
  };
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
