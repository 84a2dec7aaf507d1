/**
 * Adversarial losses in pairs, one for each player. All take logits: unbounded scores, shape [N], [N, 1] or [N, …] (one for each
 * patch), higher = more real. All are means over the batch, stable for any finite score, and to be minimised by the player
 * that they are named after.
 *
 * The last argument may hold masks of shape [N], 1 where an example was observed, 0 where it is filler; filler counts for nothing
 * and gets no gradient, and a side of which nothing was observed adds 0. All throw a UserError where shapes do not fit.
 */
import {assertInRange} from '../core/checks';
import {tf} from '../core/tensorflow';
import {binaryCrossEntropy} from './cross-entropy';
import {maskedMean} from './masked-mean';
import {assertFakeScores, assertScorePair, type ScoreOptions} from './scores';

/** Options of the discriminator's losses that have a target for real scores. */
export interface SmoothedScoreOptions extends ScoreOptions {
  /**
   * What real examples shall be taken for, in (0, 1]; 1 unless told. Less than 1, such as 0.9, is one-sided label smoothing: D is
   * not to be surer than that. The fakes' target stays 0: raised, it would pull D towards the fakes that G makes already.
   * Source: Salimans et al. 2016, section 3.4 (arXiv:1606.03498). A tensor where it changes from step to step.
   */
  readonly realTarget?: number | tf.Scalar;
}

/**
 * Minimax loss of the discriminator, the cross-entropy of telling real from fake.
 *
 *   L_D = -E[log σ(D(x))] - E[log(1 - σ(D(G(z))))] = E[softplus(-D(x))] + E[softplus(D(G(z)))]
 *
 * With a target t for real scores the first term is E[t·softplus(-D(x)) + (1 - t)·softplus(D(x))].
 *
 * Source: Goodfellow et al. 2014, section 3, equation 1 (arXiv:1406.2661), negated: D maximises there, minimises here.
 *
 * @returns Scalar, non-negative; 2 log 2 ≈ 1.3863 when every score is 0.
 */
export function minimaxDiscriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  options: SmoothedScoreOptions = {},
): tf.Scalar {
  assertScorePair(realLogits, fakeLogits, options);
  const target = realTarget(options);
  return tf.tidy(() => {
    const real = target === 1 ? tf.softplus(realLogits.neg()) : binaryCrossEntropy(realLogits, target);
    return maskedMean(real, options.realPresent).add(
      maskedMean(tf.softplus(fakeLogits), options.fakePresent),
    ) as tf.Scalar;
  });
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
export function minimaxGeneratorLoss(fakeLogits: tf.Tensor, options: ScoreOptions = {}): tf.Scalar {
  assertFakeScores(fakeLogits, options);
  return tf.tidy(() => maskedMean(tf.softplus(fakeLogits), options.fakePresent).neg() as tf.Scalar);
}

/** The discriminator's loss is that of the minimax game; only the generator's differs. 2 log 2 when every score is 0. */
export function nonSaturatingDiscriminatorLoss(
  realLogits: tf.Tensor,
  fakeLogits: tf.Tensor,
  options: SmoothedScoreOptions = {},
): tf.Scalar {
  return minimaxDiscriminatorLoss(realLogits, fakeLogits, options);
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
export function nonSaturatingGeneratorLoss(fakeLogits: tf.Tensor, options: ScoreOptions = {}): tf.Scalar {
  assertFakeScores(fakeLogits, options);
  return tf.tidy(() => maskedMean(tf.softplus(fakeLogits.neg()), options.fakePresent));
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
  options: SmoothedScoreOptions = {},
): tf.Scalar {
  assertScorePair(realLogits, fakeLogits, options);
  const target = realTarget(options);
  return tf.tidy(() => {
    const real = maskedMean(realLogits.sub(target).square(), options.realPresent);
    return real.add(maskedMean(fakeLogits.square(), options.fakePresent)).mul(0.5) as tf.Scalar;
  });
}

/** L_G = ½ E[(D(G(z)) - 1)²]. Mao et al. 2017, equation 9 (arXiv:1611.04076). 0.5 when every score is 0. */
export function leastSquaresGeneratorLoss(fakeLogits: tf.Tensor, options: ScoreOptions = {}): tf.Scalar {
  assertFakeScores(fakeLogits, options);
  return tf.tidy(() => maskedMean(fakeLogits.sub(1).square(), options.fakePresent).mul(0.5) as tf.Scalar);
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
  options: ScoreOptions = {},
): tf.Scalar {
  assertScorePair(realLogits, fakeLogits, options);
  return tf.tidy(
    () => maskedMean(fakeLogits, options.fakePresent).sub(maskedMean(realLogits, options.realPresent)) as tf.Scalar,
  );
}

/** L_G = -E[D(G(z))]. Arjovsky et al. 2017, algorithm 1 (arXiv:1701.07875). 1 when every fake scores -1. */
export function wassersteinGeneratorLoss(fakeLogits: tf.Tensor, options: ScoreOptions = {}): tf.Scalar {
  assertFakeScores(fakeLogits, options);
  return tf.tidy(() => maskedMean(fakeLogits, options.fakePresent).neg() as tf.Scalar);
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
  options: ScoreOptions = {},
): tf.Scalar {
  assertScorePair(realLogits, fakeLogits, options);
  return tf.tidy(() => {
    const real = maskedMean(tf.relu(tf.sub(1, realLogits)), options.realPresent);
    return real.add(maskedMean(tf.relu(fakeLogits.add(1)), options.fakePresent)) as tf.Scalar;
  });
}

/** L_G = -E[D(G(z))]. Lim & Ye 2017 (arXiv:1705.02894). 1 when every fake scores -1. */
export function hingeGeneratorLoss(fakeLogits: tf.Tensor, options: ScoreOptions = {}): tf.Scalar {
  return wassersteinGeneratorLoss(fakeLogits, options);
}

function realTarget({realTarget = 1}: SmoothedScoreOptions): number | tf.Scalar {
  if (typeof realTarget === 'number') assertInRange('realTarget', realTarget, Number.MIN_VALUE, 1);
  return realTarget;
}
