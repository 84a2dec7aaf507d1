/** The end of a discriminator: how real, and in agreement with what. */
import type {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {dense} from './dense';
import type {NormMode} from './norm-mode';

export interface Projection {
  /** Logit of being real, whatever the condition; shape [N]. */
  readonly realism: tf.Tensor1D;
  /** v; the agreement with a condition c is v·c. Shape [N, D]. */
  readonly projection: tf.Tensor2D;
}

/**
 *   logit = ψ(h) + v(h)·c,  ψ and v linear
 *
 * With a one-hot class as c, row c of v's weights is the class embedding of the paper; c may as well be a content code.
 *
 * Source: the projection discriminator, Miyato & Koyama 2018, section 3, equation 4 (arXiv:1802.05637).
 *
 * @returns a function of the features h [N, features]; `agreement` and a sum make the logit of it.
 */
export function projectionHead(
  parameters: Parameters,
  path: string,
  features: number,
  conditionDim: number,
  {spectral = false} = {},
): (h: tf.Tensor2D, mode?: NormMode) => Projection {
  const realism = dense(parameters, `${path}/realism`, features, 1, {spectral});
  const projection = dense(parameters, `${path}/projection`, features, conditionDim, {spectral});
  return (h, mode) => ({
    realism: realism(h, mode).reshape([h.shape[0]]) as tf.Tensor1D,
    projection: projection(h, mode),
  });
}

/** v·c for each example, shape [N]; 11 for v = (1, 2) and c = (3, 4). */
export function agreement(projection: tf.Tensor2D, condition: tf.Tensor2D): tf.Tensor1D {
  return projection.mul(condition).sum(1) as tf.Tensor1D;
}
