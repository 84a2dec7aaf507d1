/** One step of a long short-term memory. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import {dense} from './dense';

/**
 *   i, f, o = σ(W [x, h] + (0, 1, 0)),  g = tanh(V [x, h]),  c' = f·c + i·g,  h' = o·tanh(c')
 *
 * Source: Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000, section 2 (DOI 10.1162/089976600300015015);
 * the 1 keeps that gate open at the start: Jozefowicz et al. 2015, section 4.2.
 *
 * @returns a function of x [N, inputs] and the memory [h, c] side by side, [N, 2·units], with the next memory. With every
 *   weight 0, c = 0.6 becomes 0.6·σ(1) ≈ 0.4386 and h becomes ½·tanh(0.4386) ≈ 0.2063.
 */
export function lstmCell(parameters: Parameters, path: string, inputs: number, units: number) {
  const gates = dense(parameters, `${path}/gates`, inputs + units, 4 * units);
  return watched(path, (x: tf.Tensor2D, memory: tf.Tensor2D): tf.Tensor2D => {
    const [h, c] = tf.split(memory, 2, 1) as [tf.Tensor, tf.Tensor];
    const [input, forget, output, proposal] = tf.split(gates(tf.concat([x, h], 1)), 4, 1) as tf.Tensor[];
    const kept = tf.sigmoid(forget!.add(1)).mul(c);
    const next = kept.add(tf.sigmoid(input!).mul(tf.tanh(proposal!)));
    return tf.concat([tf.sigmoid(output!).mul(tf.tanh(next)), next], 1) as tf.Tensor2D;
  });
}
