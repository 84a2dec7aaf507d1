/** Agreement between the modalities of one example, learnt from examples that were put together wrongly. */
import {expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {maskedMean} from './masked-mean';
import {assertScorePair, type ScoreOptions} from './scores';

/**
 * Mismatch loss of the discriminator: a real part shown with another example's content counts as fake.
 *
 *   L = E[softplus(D(x, c'))]
 *
 * Source: the matching-aware discriminator, Reed et al. 2016, section 4.2, algorithm 1 (arXiv:1605.05396).
 *
 * @param mismatchedLogits unbounded scores of real parts with foreign content, shape [N] or [N, 1].
 * @param realPresent 1 where the part was observed, shape [N].
 * @returns Scalar, non-negative; log 2 ≈ 0.6931 when every score is 0.
 */
export function mismatchDiscriminatorLoss(mismatchedLogits: tf.Tensor, realPresent?: tf.Tensor): tf.Scalar {
  return tf.tidy(() => maskedMean(tf.softplus(mismatchedLogits), realPresent));
}

/**
 * Matching-aware loss of the discriminator: two ways of being fake, generated and mismatched, share the weight of one.
 *
 *   L_D = E[softplus(-D(x, c))] + ½·(E[softplus(D(x, c'))] + E[softplus(D(G(z, c), c))])
 *
 * Source: Reed et al. 2016, section 4.2, algorithm 1, line 9 (arXiv:1605.05396).
 *
 * @param realLogits D(x, c), @param mismatchedLogits D(x, c'), @param fakeLogits D(G(z, c), c): shape [N] or [N, 1].
 * @param options masks of shape [N]; `realPresent` holds for the mismatched too.
 * @returns Scalar, non-negative; 2 log 2 ≈ 1.3863 when every score is 0.
 * @throws UserError where shapes do not fit.
 */
export function matchingAwareDiscriminatorLoss(
  realLogits: tf.Tensor,
  mismatchedLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  options: ScoreOptions = {},
): tf.Scalar {
  assertScorePair(realLogits, fakeLogits, options);
  assertScorePair(realLogits, mismatchedLogits, options);
  return tf.tidy(() => {
    const real = maskedMean(tf.softplus(realLogits.neg()), options.realPresent);
    const mismatched = mismatchDiscriminatorLoss(mismatchedLogits, options.realPresent);
    const fake = maskedMean(tf.softplus(fakeLogits), options.fakePresent);
    return real.add(mismatched.add(fake).mul(0.5)) as tf.Scalar;
  });
}

/**
 * Gives every row the content of the row after it, so that no row keeps its own: the mismatched tuples of a batch.
 *
 * @param x shape [N, …], N ≥ 2. @returns the same shape; rows (1, 2, 3) become (2, 3, 1).
 */
export function mismatchRows<T extends tf.Tensor>(x: T): T {
  const count = x.shape[0] ?? 0;
  if (count < 2) throw expected('the batch', 'at least 2 examples, to mismatch them', count);
  return tf.tidy(() => tf.concat([x.slice(1), x.slice(0, 1)], 0) as T);
}
