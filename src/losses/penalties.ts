/** Penalties on the discriminator's slope. They need second-order gradients, so D must be made of ops that have them. */
import {tf} from '../core/tensorflow';

/**
 * R1: the squared slope of the scores at real data.
 *
 *   R = γ/2 · E‖∇ₓ D(x)‖²,  summed over the given inputs
 *
 * Source: Mescheder et al. 2018, section 4.1, equation 9 (arXiv:1801.04406).
 *
 * @param score maps the inputs, each [N, …], to scores [N] or [N, 1].
 * @returns Scalar, non-negative; γ/2 · ‖w‖² for the linear score w·x.
 */
export function r1Penalty(
  score: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  gamma: number,
): tf.Scalar {
  return tf.tidy(() => {
    // The gradient of the summed score holds each example's own slope (and, through minibatch statistics, a little of its neighbours').
    const slopes = tf.grads((...xs: tf.Tensor[]) => score(...xs).sum())(inputs as tf.Tensor[]);
    const squared = slopes.map((slope, i) => slope.square().sum().div(inputs[i]!.shape[0]!));
    return tf.addN(squared).mul(gamma / 2) as tf.Scalar;
  });
}
