/**
 * Packing: D judges m examples of one side at once, so that it sees when they are too much alike.
 *
 * Source: PacGAN, Lin et al. 2018, section 2 (arXiv:1712.04086).
 */
import {assertPositiveInteger, expected} from '../core/checks';
import {tf} from '../core/tensorflow';

/**
 * Rows i·m … i·m + m - 1 become one, their last axes side by side: pictures [N, H, W, C] → [N/m, H, W, m·C], vectors
 * [N, D] → [N/m, m·D], sentences [N, T, V] → [N/m, T, m·V].
 *
 * @param x N a multiple of m; @param size m ≥ 1. @returns x itself, copied, for m = 1.
 * @throws UserError where N is not a multiple of m.
 */
export function packRows(x: tf.Tensor, size: number): tf.Tensor {
  const packs = numPacks(x, size);
  if (x.rank < 2) throw expected('x', 'of shape [N, …, C]', x.shape);
  return tf.tidy(() => {
    // [N, A…, C] → [N/m, m, A…, C] → [N/m, A…, m, C] → [N/m, A…, m·C]
    const [middle, last] = [x.shape.slice(1, -1), x.shape[x.rank - 1]!];
    const split = x.reshape([packs, size, ...middle, last]);
    const axes = [0, ...middle.map((_, i) => i + 2), 1, x.rank];
    return split.transpose(axes).reshape([packs, ...middle, size * last]);
  });
}

/** The mask of packed rows: 1 where every row of a pack was observed. [N] → [N/m]; (1, 1, 1, 0) becomes (1, 0) for m = 2. */
export function packPresent(present: tf.Tensor1D, size: number): tf.Tensor1D {
  const packs = numPacks(present, size);
  return tf.tidy(() => present.reshape([packs, size]).min(1) as tf.Tensor1D);
}

function numPacks(x: tf.Tensor, size: number): number {
  assertPositiveInteger('the size of a pack', size);
  const count = x.shape[0] ?? 0;
  if (count === 0 || count % size !== 0)
    throw expected('the batch', `a multiple of ${size} examples, to pack them`, count);
  return count / size;
}
