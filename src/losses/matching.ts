/** Agreement between the modalities of one example, learnt from examples that were put together wrongly. */
import {tf} from '../core/tensorflow';
import {maskedMean} from './masked-mean';

/**
 * Mismatch loss of the discriminator: a real part shown with another example's content counts as fake.
 *
 *   L = E[softplus(D(x, c'))]
 *
 * Source: the matching-aware discriminator, Reed et al. 2016, section 4.2, algorithm 1 (arXiv:1605.05396).
 *
 * @param mismatchedLogits unbounded scores of real parts with foreign content, shape [N].
 * @param realPresent 1 where the part was observed, the scores' shape.
 * @returns Scalar, non-negative; log 2 ≈ 0.6931 when every score is 0.
 */
export function mismatchDiscriminatorLoss(mismatchedLogits: tf.Tensor, realPresent?: tf.Tensor): tf.Scalar {
  return tf.tidy(() => maskedMean(tf.softplus(mismatchedLogits), realPresent));
}
