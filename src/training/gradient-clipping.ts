import {expected} from '../core/checks';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';

export type Gradients = Readonly<Record<string, tf.Tensor>>;

/** Smaller than any gradient that matters; keeps 0 / 0 away. */
const tiny = 1e-30;

/**
 * Clips the gradients of one player by their norm all together, so that their direction stays.
 *
 *   g ← g · min(1, c / ‖g‖),  ‖g‖ = √(Σ over all gradients of g²)
 *
 * The largest value is taken out before squaring, so that a norm above 1e19 does not overflow. A gradient that is not finite makes
 * all of them NaN, so that it is seen.
 *
 * Source: Pascanu et al. 2013, section 3.2, algorithm 1 (arXiv:1211.5063).
 *
 * @param gradients by name; @param maxNorm c > 0, a tensor where it changes from step to step.
 * @returns the clipped gradients and the norm before; (3, 4) becomes (0.6, 0.8) for c = 1, its norm is 5.
 * @throws UserError where there is no gradient or `maxNorm` is not above 0.
 */
export function clipByGlobalNorm<G extends Gradients>(
  gradients: G,
  maxNorm: number | tf.Scalar,
): {gradients: Record<keyof G & string, tf.Tensor>; norm: tf.Scalar} {
  const all = Object.values(gradients);
  if (all.length === 0) throw expected('the number of gradients', 'at least 1', 0);
  if (typeof maxNorm === 'number' && !(maxNorm > 0)) throw expected('maxNorm', 'above 0', maxNorm);
  return tf.tidy(() => {
    const largest = tf
      .stack(all.map(gradient => gradient.abs().max()))
      .max()
      .maximum(tiny);
    const squares = all.map(gradient => gradient.div(largest).square().sum());
    const norm = tf.addN(squares).sqrt().mul(largest) as tf.Scalar;
    const scale = tf.minimum(tf.div(maxNorm, tf.maximum(norm, tiny)), 1);
    // NaN passes min and max on some engines only; 0 · NaN is NaN on all.
    const honest = scale.add(norm.mul(0));
    const clipped = mapRecord(gradients, gradient => gradient.mul(honest));
    return {gradients: clipped as Record<keyof G & string, tf.Tensor>, norm};
  });
}
