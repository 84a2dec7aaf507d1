/** Spectral normalisation: a weight divided by the most that it can stretch a vector. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import type {NormMode} from './norm-mode';

/**
 * W / σ(W) for a kernel [..., outputs], with σ the largest singular value of the matrix [inputs, outputs] that it is when its other axes
 * are laid out in one. σ comes from power iteration on a saved vector u, one turn for each call in training:
 *
 *   v ← unit(W u),  u ← unit(Wᵀ v),  σ = vᵀ W u
 *
 * u and v count as constants, so that ∂σ/∂W = v uᵀ, of every order.
 *
 * Source: Miyato et al. 2018, section 2.1 and algorithm 1 (arXiv:1802.05957); for a convolution the same matrix as theirs.
 *
 * @returns a function of the mode; 'stored' takes u as it is, every other mode moves it first. The diagonal matrix (3, 2) becomes (1, ⅔).
 */
export function spectralNorm(parameters: Parameters, path: string, kernel: tf.Variable): (mode: NormMode) => tf.Tensor {
  const outputs = kernel.shape[kernel.rank - 1]!;
  const inputs = kernel.size / outputs;
  const u = parameters.buffer(`${path}/u`, [outputs]);
  return mode => {
    const matrix = kernel.reshape([inputs, outputs]) as tf.Tensor2D;
    const pair = powerIteration(matrix, u);
    const [left, next] = tf.split(pair, [inputs, outputs]) as [tf.Tensor, tf.Tensor];
    const right = mode === 'stored' ? u.div(length(u)) : next;
    if (mode !== 'stored') u.assign(next);
    const stretch = tf.matMul(tf.matMul(left.reshape([1, inputs]), matrix), right.reshape([outputs, 1]));
    return kernel.div(tf.maximum(stretch.reshape([]), 1e-12));
  };
}

/** v and the next u, one after the other, [inputs + outputs]. One operation for the tape, with gradient 0. */
function powerIteration(matrix: tf.Tensor2D, u: tf.Tensor): tf.Tensor {
  const iterate = tf.customGrad((...[w, start]: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const weights = w as tf.Tensor2D;
    const [inputs, outputs] = weights.shape;
    const v = unit(tf.matMul(weights, (start as tf.Tensor).reshape([outputs, 1])));
    const next = unit(tf.matMul(weights, v, true));
    return {
      value: tf.concat([v.reshape([inputs]), next.reshape([outputs])]),
      gradFunc: () => [tf.zeros([inputs, outputs]), tf.zeros([outputs])],
    };
  });
  return iterate(matrix, u);
}

function unit(x: tf.Tensor2D): tf.Tensor2D {
  return x.div(length(x));
}

function length(x: tf.Tensor): tf.Tensor {
  return tf.maximum(tf.sqrt(x.square().sum()), 1e-12);
}
