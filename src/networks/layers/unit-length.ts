import {tf} from '../../core/tensorflow';

/** x / ‖x‖ row by row; a row of zeros stays near zero. [3, 4] becomes [.6, .8]. */
export function unitLength(x: tf.Tensor2D): tf.Tensor2D {
  return x.mul(tf.rsqrt(x.square().sum(1, true).add(1e-12)));
}
