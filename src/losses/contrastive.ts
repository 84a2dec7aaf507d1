/** What trains the cross-modal encoder E without labels: the parts of one example meet. */
import {assertShape} from '../core/checks';
import {tf} from '../core/tensorflow';

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
 * @param pairPresent 1 where both modalities were observed, shape [N]; other rows neither count nor serve as strangers.
 * @returns Scalar, non-negative; log N when all codes are equal.
 */
export function contrastiveLoss(a: tf.Tensor2D, b: tf.Tensor2D, scale: number, pairPresent?: tf.Tensor1D): tf.Scalar {
  assertShape('b', b.shape, a.shape);
  return tf.tidy(() => {
    const count = a.shape[0];
    const present = pairPresent ?? tf.ones([count]);
    // A stranger that was not observed gets a score so low that softmax gives it nothing.
    const absent = present.sub(1).mul(1e4).reshape([1, count]);
    const scores = tf.matMul(a, b, false, true).mul(scale);
    const own = tf.sum(a.mul(b), 1).mul(scale);
    const forward = tf.logSumExp(scores.add(absent), 1).sub(own);
    const backward = tf.logSumExp(scores.transpose().add(absent), 1).sub(own);
    const observed = tf.maximum(tf.sum(present), 1);
    return forward.add(backward).mul(present).sum().div(observed).mul(0.5) as tf.Scalar;
  });
}
