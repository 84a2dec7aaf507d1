/**
 * AC-GAN: D also tells the class, of real and of generated examples; G makes examples whose class can be told. These are the
 * class terms, to be added to an adversarial pair: L_D = adversarial + class, L_G = adversarial + class.
 *
 * Source: Odena et al. 2017, section 3, equations 2 and 3 (arXiv:1610.09585).
 */
import {tf} from '../core/tensorflow';
import {crossEntropyLoss} from './cross-entropy';
import type {ScoreOptions} from './scores';

/**
 * The class term of the discriminator.
 *
 *   L_C = CE(Q(x), y) + CE(Q(G(z, ŷ)), ŷ),  CE(q, y) = E[-log softmax(q)_y]
 *
 * @param realClassLogits Q(x), shape [N, K]; @param fakeClassLogits Q(G(z, ŷ)), the same shape up to N.
 * @param realLabels y, class indices [N], -1 where there is none, or one-hot rows [N, K]; @param fakeLabels ŷ, likewise.
 * @returns Scalar, non-negative; 2 log K when all logits are equal.
 */
export function acganDiscriminatorLoss(
  realClassLogits: tf.Tensor2D,
  fakeClassLogits: tf.Tensor2D,
  realLabels: tf.Tensor,
  fakeLabels: tf.Tensor,
  {realPresent, fakePresent}: ScoreOptions = {},
): tf.Scalar {
  return tf.tidy(() => {
    const real = crossEntropyLoss(realClassLogits, realLabels, {present: realPresent});
    return real.add(crossEntropyLoss(fakeClassLogits, fakeLabels, {present: fakePresent})) as tf.Scalar;
  });
}

/**
 * The class term of the generator: L_C = CE(Q(G(z, ŷ)), ŷ).
 *
 * @returns Scalar, non-negative; log K when all logits are equal.
 */
export function acganGeneratorLoss(
  fakeClassLogits: tf.Tensor2D,
  fakeLabels: tf.Tensor,
  {fakePresent}: ScoreOptions = {},
): tf.Scalar {
  return crossEntropyLoss(fakeClassLogits, fakeLabels, {present: fakePresent});
}
