/** The losses of the perceptron sketch as they were printed, with their signs; they take probabilities, not logits. */
import {tf} from '../../core/tensorflow';

/** As Keras cuts probabilities before a logarithm. */
const epsilon = 1e-7;

/**
 * The value of the game, which D should make as large as it can:
 *
 *   V = E[log D(x)] + E[log(1 - D(G(z)))]
 *
 * @param real D(x), probabilities, shape [N, 1]; @param fake D(G(z)), the same.
 * @returns Scalar, at most 0; -2 log 2 ≈ -1.3863 when every probability is ½.
 */
export function gameValue(real: tf.Tensor, fake: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const cut = (p: tf.Tensor) => tf.clipByValue(p, epsilon, 1 - epsilon);
    const ofReal = tf.log(cut(real)).mean();
    return ofReal.add(tf.log(tf.sub(1, cut(fake))).mean()) as tf.Scalar;
  });
}

/** Printed L_D = V, which descent makes small: D can earn it from either term without limit, as far as the cut of the logarithm lets it, log 1e-7 ≈ -16.1 for each term. -1.3863 when unsure. */
export function printedDiscriminatorLoss(real: tf.Tensor, fake: tf.Tensor): tf.Scalar {
  return gameValue(real, fake);
}

/** Printed L_G = -V, with a real term that G cannot move: descent makes G's examples ones that D finds fake. 1.3863 when unsure. */
export function printedGeneratorLoss(real: tf.Tensor, fake: tf.Tensor): tf.Scalar {
  return tf.tidy(() => gameValue(real, fake).neg() as tf.Scalar);
}
