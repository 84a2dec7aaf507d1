import {tf} from '../core/tensorflow';

/**
 * Mean over the batch, or over its observed rows.
 *
 * @param losses one for each example; @param present 1 observed, 0 filler, the same shape.
 * @returns Scalar; 0 when none was observed.
 */
export function maskedMean(losses: tf.Tensor, present?: tf.Tensor): tf.Scalar {
  if (!present) return tf.mean(losses) as tf.Scalar;
  return losses.mul(present).sum().div(tf.maximum(present.sum(), 1)) as tf.Scalar;
}
