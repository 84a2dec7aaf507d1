/** Keeps G from ignoring its style: what it makes must tell which style it was made from. */
import {assertShape} from '../core/checks';
import {tf} from '../core/tensorflow';

/**
 * Style information loss, for both players: D guesses the style behind a generated part, G makes it guessable. Up to a
 * constant it is the negative of a lower bound of the mutual information I(s; G(c, s)), with a Gaussian of fixed width as guess.
 *
 *   L_I = E[(s - Q(G(c, s)))²],  mean over N and style dimensions
 *
 * Source: Chen et al. 2016, section 5, equation 5 (arXiv:1606.03657), for continuous codes.
 *
 * @param style s ~ N(0, 1), shape [N, styleDim]; @param guess Q, the same shape.
 * @returns Scalar, non-negative; about 1 when the guess is always 0.
 */
export function styleInformationLoss(style: tf.Tensor2D, guess: tf.Tensor2D): tf.Scalar {
  assertShape('guess', guess.shape, style.shape);
  return tf.tidy(() => style.sub(guess).square().mean() as tf.Scalar);
}
