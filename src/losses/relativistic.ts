/** The relativistic average pair: a score counts by how far it lies above the mean score of the other side. */
import {tf} from '../core/tensorflow';
import {anyObserved, maskedMean} from './masked-mean';
import {assertScorePair, type ScoreOptions} from './scores';

/**
 * Relativistic average loss of the discriminator: real examples shall look more real than fakes do on average, and fakes less
 * than real examples do.
 *
 *   L_D = E[softplus(-(D(x) - E[D(G(z))]))] + E[softplus(D(G(z)) - E[D(x)])]
 *
 * Source: Jolicoeur-Martineau 2018, section 4, the relativistic average of the standard GAN (arXiv:1807.00734).
 *
 * @param realLogits D(x), unbounded scores, shape [N], [N, 1] or [N, …]; @param fakeLogits D(G(z)), the same shape up to N.
 * @param options masks of shape [N]; filler is in neither mean.
 * @returns Scalar, non-negative; 2 log 2 ≈ 1.3863 when all scores are equal. 0 where a mask leaves one side empty.
 * @throws UserError where shapes do not fit.
 */
export function relativisticDiscriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  options: ScoreOptions = {},
): tf.Scalar {
  assertScorePair(realLogits, fakeLogits, options);
  return relativisticLoss(realLogits, fakeLogits, options, 1);
}

/**
 * Relativistic average loss of the generator: the discriminator's with the sides exchanged. It looks at real scores as well.
 *
 *   L_G = E[softplus(D(x) - E[D(G(z))])] + E[softplus(-(D(G(z)) - E[D(x)]))]
 *
 * Source: Jolicoeur-Martineau 2018, section 4 (arXiv:1807.00734).
 *
 * @returns Scalar, non-negative; 2 log 2 ≈ 1.3863 when all scores are equal.
 */
export function relativisticGeneratorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  options: ScoreOptions = {},
): tf.Scalar {
  assertScorePair(realLogits, fakeLogits, options);
  return relativisticLoss(realLogits, fakeLogits, options, -1);
}

/** @param sign 1: real shall be the higher; -1: fake shall. */
function relativisticLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  {realPresent, fakePresent}: ScoreOptions,
  sign: 1 | -1,
): tf.Scalar {
  return tf.tidy(() => {
    const realLead = realLogits.sub(maskedMean(fakeLogits, fakePresent)).mul(sign);
    const fakeLead = fakeLogits.sub(maskedMean(realLogits, realPresent)).mul(sign);
    const losses = maskedMean(tf.softplus(realLead.neg()), realPresent).add(
      maskedMean(tf.softplus(fakeLead), fakePresent),
    );
    if (!realPresent && !fakePresent) return losses as tf.Scalar;
    return losses.mul(anyObserved(realPresent)).mul(anyObserved(fakePresent)) as tf.Scalar;
  });
}
