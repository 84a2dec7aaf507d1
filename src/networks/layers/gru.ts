/** One step of a gated recurrent unit. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import {dense} from './dense';

/**
 *   r, z = σ(W [x, h]),  h̃ = tanh(V [x, r·h]),  h' = z·h + (1 - z)·h̃
 *
 * Source: Cho et al. 2014, section 2.3, equations 5–8 (arXiv:1406.1078).
 *
 * @returns a function of x [N, inputs] and h [N, units] with the next h; h stays as it is where z = 1.
 */
export function gruCell(parameters: Parameters, path: string, inputs: number, units: number) {
  const gates = dense(parameters, `${path}/gates`, inputs + units, 2 * units);
  const candidate = dense(parameters, `${path}/candidate`, inputs + units, units);
  return watched(path, (x: tf.Tensor2D, h: tf.Tensor2D): tf.Tensor2D => {
    const [reset, keep] = tf.split(tf.sigmoid(gates(tf.concat([x, h], 1))), 2, 1);
    const proposed = tf.tanh(candidate(tf.concat([x, h.mul(reset!)], 1)));
    return proposed.add(keep!.mul(h.sub(proposed))) as tf.Tensor2D;
  });
}
