import {assertShape} from '../core/checks';
import {tf} from '../core/tensorflow';
import {maskedMean} from './masked-mean';

/**
 * Mean squared error, a mean over the batch and over the values of a row.
 *
 *   L = E[(x - t)²]
 *
 * Source: Goodfellow, Bengio & Courville 2016, Deep Learning, section 5.1.4.
 *
 * @param predictions x, shape [N, …]; @param targets t, the same shape; @param present 1 observed, 0 filler, shape [N].
 * @returns Scalar, non-negative; 2.5 for differences 1 and -2.
 * @throws UserError where shapes do not fit.
 */
export function meanSquaredErrorLoss(predictions: tf.Tensor, targets: tf.Tensor, present?: tf.Tensor): tf.Scalar {
  assertShape('targets', targets.shape, predictions.shape);
  return tf.tidy(() => maskedMean(predictions.sub(targets).square(), present));
}
