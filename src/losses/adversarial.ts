/**
 * Adversarial losses in pairs, one for each player. All take logits: unbounded scores, shape [N] or [N, 1], higher = more
 * real. All are means over the batch, stable for any finite score, and to be minimised by the player that they are named after.
 *
 * A discriminator's loss takes a mask as third argument, of the scores' shape: 1 where the real example was observed, 0 where
 * it is filler; filler counts for nothing and gets no gradient.
 */
import {tf} from '../core/tensorflow';
import {maskedMean} from './masked-mean';

export type DiscriminatorLoss = (realLogits: tf.Tensor, fakeLogits: tf.Tensor, realPresent?: tf.Tensor) => tf.Scalar;
export type GeneratorLoss = (fakeLogits: tf.Tensor) => tf.Scalar;

/**
 * Minimax loss of the discriminator, the cross-entropy of telling real from fake.
 *
 *   L_D = -E[log σ(D(x))] - E[log(1 - σ(D(G(z))))] = E[softplus(-D(x))] + E[softplus(D(G(z)))]
 *
 * Source: Goodfellow et al. 2014, section 3, equation 1 (arXiv:1406.2661), negated: D maximises there, minimises here.
 *
 * @returns Scalar, non-negative; 2 log 2 ≈ 1.3863 when every score is 0.
 */
export function minimaxDiscriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  realPresent?: tf.Tensor,
): tf.Scalar {
  return tf.tidy(
    () => maskedMean(tf.softplus(realLogits.neg()), realPresent).add(maskedMean(tf.softplus(fakeLogits))) as tf.Scalar,
  );
}

/**
 * Minimax loss of the generator. Its gradient vanishes where D is sure (D(G(z)) → -∞): prefer the non-saturating one.
 *
 *   L_G = E[log(1 - σ(D(G(z))))] = -E[softplus(D(G(z)))]
 *
 * Source: Goodfellow et al. 2014, section 3, equation 1 (arXiv:1406.2661).
 *
 * @returns Scalar, at most 0; -log 2 ≈ -0.6931 when every score is 0.
 */
export function minimaxGeneratorLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => maskedMean(tf.softplus(fakeLogits)).neg() as tf.Scalar);
}

/** The discriminator's loss is that of the minimax game; only the generator's differs. 2 log 2 when every score is 0. */
export function nonSaturatingDiscriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  realPresent?: tf.Tensor,
): tf.Scalar {
  return minimaxDiscriminatorLoss(realLogits, fakeLogits, realPresent);
}

/**
 * Non-saturating loss of the generator: raise the odds that D calls a fake real.
 *
 *   L_G = -E[log σ(D(G(z)))] = E[softplus(-D(G(z)))]
 *
 * Source: Goodfellow et al. 2014, section 3, last paragraph (arXiv:1406.2661).
 *
 * @returns Scalar, non-negative; log 2 ≈ 0.6931 when every score is 0.
 */
export function nonSaturatingGeneratorLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => maskedMean(tf.softplus(fakeLogits.neg())));
}

/**
 * Least-squares loss of the discriminator, targets 1 (real) and 0 (fake).
 *
 *   L_D = ½ E[(D(x) - 1)²] + ½ E[D(G(z))²]
 *
 * Source: Mao et al. 2017, section 3.2, equation 9 (arXiv:1611.04076).
 *
 * @returns Scalar, non-negative; 0.5 when every score is 0.
 */
export function leastSquaresDiscriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  realPresent?: tf.Tensor,
): tf.Scalar {
  return tf.tidy(
    () =>
      maskedMean(realLogits.sub(1).square(), realPresent).add(maskedMean(fakeLogits.square())).mul(0.5) as tf.Scalar,
  );
}

/** L_G = ½ E[(D(G(z)) - 1)²]. Mao et al. 2017, equation 9 (arXiv:1611.04076). 0.5 when every score is 0. */
export function leastSquaresGeneratorLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => maskedMean(fakeLogits.sub(1).square()).mul(0.5) as tf.Scalar);
}

/**
 * Wasserstein loss of the critic; needs a Lipschitz penalty or weight clipping beside it.
 *
 *   L_D = E[D(G(z))] - E[D(x)]
 *
 * Source: Arjovsky et al. 2017, section 3, algorithm 1 (arXiv:1701.07875).
 *
 * @returns Scalar, any sign; -3 when real scores 2 and fake -1.
 */
export function wassersteinDiscriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  realPresent?: tf.Tensor,
): tf.Scalar {
  return tf.tidy(() => maskedMean(fakeLogits).sub(maskedMean(realLogits, realPresent)) as tf.Scalar);
}

/** L_G = -E[D(G(z))]. Arjovsky et al. 2017, algorithm 1 (arXiv:1701.07875). 1 when every fake scores -1. */
export function wassersteinGeneratorLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => maskedMean(fakeLogits).neg() as tf.Scalar);
}

/**
 * Hinge loss of the discriminator: scores beyond the margin of 1 cost nothing.
 *
 *   L_D = E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))]
 *
 * Source: Lim & Ye 2017 (arXiv:1705.02894); Miyato et al. 2018, section 4 (arXiv:1802.05957).
 *
 * @returns Scalar, non-negative; 2 when every score is 0.
 */
export function hingeDiscriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  realPresent?: tf.Tensor,
): tf.Scalar {
  return tf.tidy(
    () =>
      maskedMean(tf.relu(tf.sub(1, realLogits)), realPresent).add(maskedMean(tf.relu(fakeLogits.add(1)))) as tf.Scalar,
  );
}

/** L_G = -E[D(G(z))]. Lim & Ye 2017 (arXiv:1705.02894). 1 when every fake scores -1. */
export function hingeGeneratorLoss(fakeLogits: tf.Tensor): tf.Scalar {
  return wassersteinGeneratorLoss(fakeLogits);
}
