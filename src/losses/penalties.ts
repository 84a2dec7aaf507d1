/**
 * Penalties that keep the discriminator flat where the data lie. They need second-order gradients, so D must be made of
 * operations that have them, and `selectBackend` must have repaired the engine's.
 */
import {expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {maskedMean} from './masked-mean';
import {type InputMasks, masksOf, type ScoreFunction, squaredSlopes} from './slopes';

/**
 * R1: the squared slope of the scores at real data.
 *
 *   R = γ/2 · E‖∇ₓ D(x)‖²,  summed over the given inputs
 *
 * Source: Mescheder et al. 2018, section 4.1, equation 9 (arXiv:1801.04406).
 *
 * @param score maps the inputs, each [N, …], to scores [N] or [N, 1].
 * @param inputs real examples, one tensor a modality; @param gamma γ ≥ 0.
 * @param present one mask for all inputs, or one for each; an input's mean is over its observed rows.
 * @returns Scalar, non-negative; γ/2 · ‖w‖² for the linear score w·x.
 * @throws UserError where inputs or masks do not fit each other.
 */
export function r1Penalty(
  score: ScoreFunction,
  inputs: readonly tf.Tensor[],
  gamma: number | tf.Scalar,
  present?: InputMasks,
): tf.Scalar {
  if (typeof gamma === 'number' && !(gamma >= 0)) throw expected('gamma', 'at least 0', gamma);
  return tf.tidy(() => {
    const masks = masksOf(inputs, present);
    const means = squaredSlopes(score, inputs, present).map((squared, i) => maskedMean(squared, masks[i]));
    return tf.addN(means).mul(tf.div(gamma, 2)) as tf.Scalar;
  });
}

/**
 * R2: the same at generated data.
 *
 *   R = γ/2 · E‖∇ D(G(z))‖²
 *
 * Source: Mescheder et al. 2018, section 4.1, equation 10 (arXiv:1801.04406).
 *
 * @param inputs generated examples; no gradient reaches what made them unless they are computed inside the loss.
 */
export function r2Penalty(
  score: ScoreFunction,
  inputs: readonly tf.Tensor[],
  gamma: number | tf.Scalar,
  present?: InputMasks,
): tf.Scalar {
  return r1Penalty(score, inputs, gamma, present);
}
