/** What trains the cross-modal encoder E without labels: the parts of one example meet. */
import {assertShape} from '../core/checks';
import {tf} from '../core/tensorflow';

/** Which rows of each side were observed, shape [N] each: 1 or 0. */
export interface PairPresence {
  readonly a: tf.Tensor1D;
  readonly b: tf.Tensor1D;
}

/**
 * Contrastive loss between two modalities (InfoNCE, both directions). Row i of `a` and row i of `b` come from one example;
 * every other row of the batch is a stranger.
 *
 *   L = ½ [CE(s·A Bᵀ, diagonal) + CE(s·B Aᵀ, diagonal)],  s = scale
 *
 * Source: van den Oord et al. 2018, section 2.3 (arXiv:1807.03748); both directions as in Radford et al. 2021, figure 3 (arXiv:2103.00020).
 *
 * @param a codes on the unit sphere, shape [N, D]; @param b the same shape.
 * @param scale inverse temperature.
 * @param present all rows unless told. Rows that both sides show count; one that only the other side shows is still a stranger to
 *   them, so that incomplete examples, too, say what does not belong together; unobserved ones are nothing.
 * @returns Scalar, non-negative; log N when all codes are equal.
 */
export function contrastiveLoss(a: tf.Tensor2D, b: tf.Tensor2D, scale: number, present?: PairPresence): tf.Scalar {
  assertShape('b', b.shape, a.shape);
  return tf.tidy(() => {
    const count = a.shape[0];
    const shown = present ?? {a: tf.ones<tf.Rank.R1>([count]), b: tf.ones<tf.Rank.R1>([count])};
    // A stranger that was not observed gets a score so low that softmax gives it nothing.
    const absent = (mask: tf.Tensor1D) => mask.sub(1).mul(1e4).reshape([1, count]);
    const scores = tf.matMul(a, b, false, true).mul(scale);
    const own = tf.sum(a.mul(b), 1).mul(scale);
    const forward = tf.logSumExp(scores.add(absent(shown.b)), 1).sub(own);
    const backward = tf.logSumExp(scores.transpose().add(absent(shown.a)), 1).sub(own);
    const pairs = shown.a.mul(shown.b);
    const observed = tf.maximum(tf.sum(pairs), 1);
    return forward.add(backward).mul(pairs).sum().div(observed).mul(0.5) as tf.Scalar;
  });
}
