import {tf} from '../core/tensorflow';
import type {Shown} from './fusion-type';

/**
 * Σₘ pₘ·zₘ, where most methods begin: what they learn is added to it with weights that start at 0, so that before training each is
 * the product of experts, and no method begins by destroying what the encoders know.
 */
export function sumOfShown({z}: Pick<Shown, 'z'>): tf.Tensor2D {
  return tf.addN(Object.values(z));
}
