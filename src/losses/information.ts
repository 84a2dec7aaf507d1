/** Keeps G from ignoring a part of its input: what it makes must tell what it was made from. For both players. */
import {assertShape} from '../core/checks';
import {tf} from '../core/tensorflow';
import {crossEntropyLoss} from './cross-entropy';
import {maskedMean} from './masked-mean';
import {meanSquaredErrorLoss} from './mean-squared-error';

/**
 * Information loss of a categorical code: Q tells which class c went into G. Up to the entropy of c it is the negative of a
 * lower bound of the mutual information I(c; G(z, c)).
 *
 *   L_I = E[-log softmax(Q(G(z, c)))_c]
 *
 * Source: Chen et al. 2016, section 5, equation 5 (arXiv:1606.03657).
 *
 * @param codeLogits Q, shape [N, K]; @param codes c, class indices [N] or one-hot rows [N, K].
 * @param present 1 where the part was made, shape [N].
 * @returns Scalar, non-negative; log K when all logits are equal.
 */
export function infoGanCategoricalLoss(codeLogits: tf.Tensor2D, codes: tf.Tensor, present?: tf.Tensor): tf.Scalar {
  return crossEntropyLoss(codeLogits, codes, {present});
}

/**
 * Information loss of a continuous code: Q is a Gaussian around its guess.
 *
 *   L_I = E[Σ_d ½·((c_d - μ_d) / σ_d)² + log σ_d + ½·log 2π]
 *
 * Source: Chen et al. 2016, section 5, equation 5, with the factored Gaussian of section 6 (arXiv:1606.03657).
 *
 * @param codes c, shape [N, D]; @param means μ, the same shape; @param logStddevs log σ, the same shape; σ = 1 without.
 * @param present 1 where the part was made, shape [N].
 * @returns Scalar; D/2·log 2π ≈ 0.9189·D for exact guesses with σ = 1.
 * @throws UserError where shapes do not fit.
 */
export function infoGanContinuousLoss(
  codes: tf.Tensor2D,
  means: tf.Tensor2D,
  logStddevs?: tf.Tensor2D,
  present?: tf.Tensor,
): tf.Scalar {
  assertShape('means', means.shape, codes.shape);
  if (logStddevs) assertShape('logStddevs', logStddevs.shape, codes.shape);
  return tf.tidy(() => {
    const distance = codes.sub(means);
    const scaled = logStddevs ? distance.mul(tf.exp(logStddevs.neg())) : distance;
    const squared = scaled
      .square()
      .mul(0.5)
      .add(0.5 * Math.log(2 * Math.PI));
    const losses = (logStddevs ? squared.add(logStddevs) : squared).sum(1);
    return maskedMean(losses, present);
  });
}

/**
 * Style information loss: D guesses the style behind a generated part, G makes it guessable. The continuous code's loss with
 * σ = 1, doubled, without its constant, and a mean over style dimensions instead of a sum.
 *
 *   L_I = E[(s - Q(G(c, s)))²],  mean over N and style dimensions
 *
 * Source: Chen et al. 2016, section 5, equation 5 (arXiv:1606.03657), for continuous codes.
 *
 * @param style s ~ N(0, 1), shape [N, styleDim]; @param guess Q, the same shape.
 * @returns Scalar, non-negative; about 1 when the guess is always 0.
 */
export function styleInformationLoss(style: tf.Tensor2D, guess: tf.Tensor2D, present?: tf.Tensor): tf.Scalar {
  assertShape('guess', guess.shape, style.shape);
  return meanSquaredErrorLoss(guess, style, present);
}
