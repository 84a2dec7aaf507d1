/** Penalties that pull the slope of the scores to 1: between real and generated data (WGAN-GP), around real data (DRAGAN). */
import {assertShape, expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {maskedMean} from './masked-mean';
import {assertInputs, type InputMasks, masksOf, type ScoreFunction, squaredSlopes} from './slopes';

/** Inside the root: the slope of √ at 0 is infinite, and 0 · ∞ is NaN. */
const epsilon = 1e-12;

/**
 * WGAN-GP: the critic's slope shall be 1 on the lines between real and generated examples.
 *
 *   R = λ · E[(‖∇ D(x̂)‖ - 1)²],  x̂ = a·x + (1 - a)·G(z),  a ~ U(0, 1) for each example
 *
 * With several inputs the slope is that in all of them together, at one place a on the line for all parts of an example.
 *
 * Source: Gulrajani et al. 2017, section 4, equation 3 (arXiv:1704.00028).
 *
 * @param score the critic: maps the inputs to scores [N] or [N, 1].
 * @param real one tensor [N, …] a modality; @param fake the same shapes.
 * @param amounts a, shape [N], in [0, 1]; a tensor, so that the step can be recorded.
 * @param weight λ ≥ 0; 10 in the paper.
 * @param present one mask for all inputs, or one for each: filler has no slope, and a row without any observed part does not count.
 * @returns Scalar, non-negative; λ·(‖w‖ - 1)² for the linear score w·x.
 * @throws UserError where shapes do not fit.
 */
export function wganGpPenalty(
  score: ScoreFunction,
  real: readonly tf.Tensor[],
  fake: readonly tf.Tensor[],
  amounts: tf.Tensor,
  weight: number | tf.Scalar = 10,
  present?: InputMasks,
): tf.Scalar {
  assertInputs('real', real);
  assertInputs('fake', fake, real);
  assertShape('amounts', amounts.shape, [real[0]!.shape[0]!]);
  return tf.tidy(() => {
    const between = real.map((x, i) => {
      const share = amounts.reshape([x.shape[0]!, ...x.shape.slice(1).map(() => 1)]);
      return fake[i]!.add(x.sub(fake[i]!).mul(share));
    });
    return unitSlopePenalty(score, between, weight, present);
  });
}

/**
 * DRAGAN: D's slope shall be 1 in a neighbourhood of the real data.
 *
 *   R = λ · E[(‖∇ D(x + δ)‖ - 1)²]
 *
 * Source: Kodali et al. 2017, section 2 (arXiv:1705.07215), with k = 1.
 *
 * @param score maps the inputs to scores [N] or [N, 1].
 * @param real one tensor [N, …] a modality; @param noise δ, the same shapes; `draganNoise` makes it.
 * @param weight λ ≥ 0; 10 in the paper. @param present as in `wganGpPenalty`.
 * @returns Scalar, non-negative; λ·(‖w‖ - 1)² for the linear score w·x.
 * @throws UserError where shapes do not fit.
 */
export function draganPenalty(
  score: ScoreFunction,
  real: readonly tf.Tensor[],
  noise: readonly tf.Tensor[],
  weight: number | tf.Scalar = 10,
  present?: InputMasks,
): tf.Scalar {
  assertInputs('real', real);
  assertInputs('noise', noise, real);
  return tf.tidy(() => {
    const around = real.map((x, i) => x.add(noise[i]!));
    return unitSlopePenalty(score, around, weight, present);
  });
}

/**
 * The neighbourhood of the authors' code: δ = ½·std(x)·u, with the standard deviation of all values of the batch.
 *
 * @param real shape [N, …]; @param uniform u, values in [0, 1), the same shape. @returns the same shape; 0 for a constant batch.
 */
export function draganNoise(real: tf.Tensor, uniform: tf.Tensor): tf.Tensor {
  assertShape('uniform', uniform.shape, real.shape);
  return tf.tidy(() => uniform.mul(tf.moments(real).variance.sqrt().mul(0.5)));
}

/** λ · E[(slope - 1)²], the slope over all inputs together. */
function unitSlopePenalty(
  score: ScoreFunction,
  inputs: readonly tf.Tensor[],
  weight: number | tf.Scalar,
  present?: InputMasks,
): tf.Scalar {
  if (typeof weight === 'number' && !(weight >= 0)) throw expected('weight', 'at least 0', weight);
  const slope = tf
    .addN(squaredSlopes(score, inputs, present))
    .add(epsilon)
    .sqrt();
  const masks = masksOf(inputs, present).filter(mask => mask !== undefined);
  // A row counts where any of its inputs was observed; an input without mask always is.
  const counts = masks.length === inputs.length ? tf.minimum(tf.addN(masks), 1) : undefined;
  return maskedMean(slope.sub(1).square(), counts).mul(weight) as tf.Scalar;
}
