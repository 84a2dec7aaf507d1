import {assertShape, expected} from '../core/checks';
import {tf} from '../core/tensorflow';

/**
 * Instance noise: real and generated examples are blurred alike, so that their distributions overlap and D cannot be sure; the
 * noise falls to 0 over the training (`linearBetween` of schedules.ts).
 *
 *   x + σ·ε,  ε ~ N(0, 1)
 *
 * Source: Sønderby et al. 2017, on instance noise (arXiv:1610.04490); Arjovsky & Bottou 2017, section 3 (arXiv:1701.04862).
 *
 * @param x shape [N, …]; @param noise ε, the same shape, from `RandomStream.normals`; @param stddev σ ≥ 0, a tensor where it changes
 *   from step to step.
 * @returns the shape of x; x itself for σ = 0.
 * @throws UserError where shapes differ.
 */
export function addInstanceNoise<T extends tf.Tensor>(x: T, noise: tf.Tensor, stddev: number | tf.Scalar): T {
  assertShape('noise', noise.shape, x.shape);
  if (typeof stddev === 'number' && !(stddev >= 0)) throw expected('stddev', 'at least 0', stddev);
  return tf.tidy(() => x.add(noise.mul(stddev)) as T);
}
