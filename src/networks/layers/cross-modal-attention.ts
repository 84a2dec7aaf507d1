/** What one modality sees is told by what the others show. */
import {assertShape, expected} from '../../core/checks';
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import {attend} from './attention';
import {dense} from './dense';

export interface CrossModalAttentionOptions {
  /** D, of the tokens that look. */
  readonly dim: number;
  /** Of the tokens that are looked at; D unless told. */
  readonly contextDim?: number;
  /** Looks at once, each with D / heads values; divides D. 1 unless told. */
  readonly heads?: number;
}

/**
 *   y = x + Wₒ · [attention(W_q x, W_k s, W_v s) of every head]
 *
 * Source: cross-modal attention of Tsai et al. 2019, section 3.1 (arXiv:1906.00295); heads as in Vaswani et al. 2017, section 3.2.2
 * (arXiv:1706.03762). No normalisation inside, so that an absent context leaves x exactly as it is.
 *
 * @returns a function of x [N, A, D], the context s [N, B, contextDim] and who of it is present [N, B] (1 observed, 0 filler) with
 *   the shape of x; x itself where no context is present.
 * @throws UserError when heads do not divide D.
 */
export function crossModalAttention(parameters: Parameters, path: string, options: CrossModalAttentionOptions) {
  const {dim, contextDim = dim, heads = 1} = options;
  if (dim % heads !== 0) throw expected(`the heads of ${path}`, `a divisor of its ${dim} values`, heads);
  const query = dense(parameters, `${path}/query`, dim, dim, {bias: false});
  const key = dense(parameters, `${path}/key`, contextDim, dim, {bias: false});
  const value = dense(parameters, `${path}/value`, contextDim, dim, {bias: false});
  const output = dense(parameters, `${path}/output`, dim, dim, {bias: false, std: 0.5 / Math.sqrt(dim)});
  return watched(path, (x: tf.Tensor3D, context: tf.Tensor3D, present?: tf.Tensor2D): tf.Tensor3D => {
    const [n, count] = x.shape;
    const others = context.shape[1];
    assertShape(`the input of ${path}`, x.shape, [null, null, dim]);
    assertShape(`the context of ${path}`, context.shape, [n, null, contextDim]);
    // Filler may be anything, NaN included: 0 before the first product.
    const shown = present ? hide(context, present) : context;
    const heard = asHeads(key(shown.reshape([n * others, contextDim])), n, others, heads);
    const said = asHeads(value(shown.reshape([n * others, contextDim])), n, others, heads);
    const mask = present && repeatHeads(present, heads);
    const seen = attend(asHeads(query(x.reshape([n * count, dim])), n, count, heads), heard, said, mask);
    const joined = seen
      .reshape([n, heads, count, dim / heads])
      .transpose([0, 2, 1, 3])
      .reshape([n * count, dim]);
    return x.add(output(joined).reshape(x.shape)) as tf.Tensor3D;
  });
}

/** [N·A, D] → [N·heads, A, D / heads]. */
function asHeads(x: tf.Tensor, n: number, count: number, heads: number): tf.Tensor3D {
  const width = x.shape[1]! / heads;
  if (heads === 1) return x.reshape([n, count, width]) as tf.Tensor3D;
  return x
    .reshape([n, count, heads, width])
    .transpose([0, 2, 1, 3])
    .reshape([n * heads, count, width]) as tf.Tensor3D;
}

function repeatHeads(present: tf.Tensor2D, heads: number): tf.Tensor2D {
  const [n, count] = present.shape;
  if (heads === 1) return present;
  return present
    .expandDims(1)
    .mul(tf.ones([1, heads, 1]))
    .reshape([n * heads, count]) as tf.Tensor2D;
}

function hide(x: tf.Tensor3D, present: tf.Tensor2D): tf.Tensor3D {
  const shown = present.greater(0).expandDims(2).broadcastTo(x.shape) as tf.Tensor3D;
  return tf.where(shown, x, tf.zerosLike(x));
}
