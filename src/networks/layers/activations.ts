import {tf} from '../../core/tensorflow';

/** Slope on the negative side, as in Radford et al. 2016, section 3 (arXiv:1511.06434). */
const slope = 0.2;

/**
 * Leaky ReLU: x where positive, 0.2·x elsewhere. After `selectBackend` its gradients exist to any order.
 *
 * @returns the shape of x; -0.2 for x = -1.
 */
export function leakyRelu(x: tf.Tensor): tf.Tensor {
  return tf.leakyRelu(x, slope);
}
