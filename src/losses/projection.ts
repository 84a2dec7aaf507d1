import {assertShape} from '../core/checks';
import {tf} from '../core/tensorflow';
import {agreement} from '../networks/layers/projection-head';

/**
 * The score of a projection discriminator, which every adversarial loss takes: how real x looks, and how well it agrees with
 * its condition y.
 *
 *   D(x, y) = ψ(φ(x)) + ⟨v(y), φ(x)⟩
 *
 * Source: Miyato & Koyama 2018, section 3 (arXiv:1802.05637).
 *
 * @param plain ψ(φ(x)), shape [N] or [N, 1]; @param features φ(x), shape [N, D]; @param condition v(y), shape [N, D].
 * @returns the shape of `plain`; 0.5 + 1·3 + 2·(-1) = 1.5 for a plain 0.5, features (1, 2) and condition (3, -1).
 * @throws UserError where shapes do not fit.
 */
export function projectionLogits(plain: tf.Tensor, features: tf.Tensor2D, condition: tf.Tensor2D): tf.Tensor {
  assertShape('condition', condition.shape, features.shape);
  assertShape('plain', plain.shape, plain.rank === 1 ? [features.shape[0]] : [features.shape[0], 1]);
  return tf.tidy(() => plain.add(agreement(features, condition).reshape(plain.shape)));
}
