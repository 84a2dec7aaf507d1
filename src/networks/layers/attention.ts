/** Scaled dot-product attention: each of A places takes what it looks for from B others. */
import {tf} from '../../core/tensorflow';

/**
 *   softmax(Q Kᵀ / √D + log present) V
 *
 * Source: Vaswani et al. 2017, section 3.2.1 (arXiv:1706.03762).
 *
 * @param query shape [N, A, D]; @param key shape [N, B, D]; @param value shape [N, B, E].
 * @param present 1 for a place that may be looked at, 0 for filler, which must be finite, [N, B]. Where none may, the result is 0.
 * @returns shape [N, A, E]; the mean of the values when all scores are equal.
 */
export function attend(query: tf.Tensor3D, key: tf.Tensor3D, value: tf.Tensor3D, present?: tf.Tensor2D): tf.Tensor3D {
  const scores = tf.matMul(query, key, false, true).div(Math.sqrt(query.shape[2]));
  if (!present) return tf.matMul(tf.softmax(scores, -1), value) as tf.Tensor3D;
  const masked = scores.add(present.sub(1).mul(1e9).expandDims(1));
  const weights = tf.softmax(masked, -1).mul(present.expandDims(1));
  return tf.matMul(weights, value) as tf.Tensor3D;
}
