/**
 * Semi-supervised GAN: D is a classifier of K classes, and "generated" is a class K + 1 whose logit is held at 0. Its score
 * of realness is then log Σₖ exp(lₖ): any class rather than none.
 */
import {assertShape, expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {nonSaturatingDiscriminatorLoss, nonSaturatingGeneratorLoss} from './adversarial';
import {crossEntropyLoss} from './cross-entropy';
import type {ScoreOptions} from './scores';

/**
 * The score of realness that K class logits hold, for any adversarial loss: D(x) = σ(realnessLogits).
 *
 *   l(x) = log Σₖ exp(lₖ(x)),  σ(l) = Z / (Z + 1) with Z = Σₖ exp(lₖ)
 *
 * Source: Salimans et al. 2016, section 5, last paragraph (arXiv:1606.03498).
 *
 * @param classLogits lₖ, shape [N, K]. @returns shape [N]; log K when all logits are 0.
 */
export function realnessLogits(classLogits: tf.Tensor2D): tf.Tensor1D {
  if (classLogits.rank !== 2) throw expected('classLogits', 'of shape [N, K]', classLogits.shape);
  return tf.tidy(() => tf.logSumExp(classLogits, 1) as tf.Tensor1D);
}

/** What the discriminator of a semi-supervised GAN is trained on. */
export interface SemiSupervisedLogits {
  /** Class logits of labelled examples, [N, K]. */
  readonly labelled: tf.Tensor2D;
  /** Their classes: indices [N], -1 where there is none, or one-hot rows [N, K]. */
  readonly labels: tf.Tensor;
  /** Class logits of real examples without label, [N', K]. */
  readonly unlabelled: tf.Tensor2D;
  /** Class logits of generated examples, [N'', K]. */
  readonly fake: tf.Tensor2D;
}

/**
 * Loss of the (K + 1)-class discriminator.
 *
 *   L_D = L_supervised + L_unsupervised
 *   L_supervised = E[-log softmax(l(x))_y],  over the K real classes
 *   L_unsupervised = E[-log D(x)] + E[-log(1 - D(G(z)))] = E[softplus(-l(x))] + E[softplus(l(G(z)))]
 *
 * Source: Salimans et al. 2016, section 5 (arXiv:1606.03498).
 *
 * @param options masks: `realPresent` of the unlabelled, `fakePresent` of the generated; a labelled row without label is -1.
 * @returns Scalar, non-negative; log K + log(1 + 1/K) + log(1 + K) when all logits are 0.
 * @throws UserError where shapes do not fit.
 */
export function semiSupervisedDiscriminatorLoss(
  {labelled, labels, unlabelled, fake}: SemiSupervisedLogits,
  options: ScoreOptions = {},
): tf.Scalar {
  assertShape('unlabelled', unlabelled.shape, [null, labelled.shape[1]]);
  assertShape('fake', fake.shape, [null, labelled.shape[1]]);
  return tf.tidy(() => {
    const supervised = crossEntropyLoss(labelled, labels);
    const game = nonSaturatingDiscriminatorLoss(realnessLogits(unlabelled), realnessLogits(fake), options);
    return supervised.add(game) as tf.Scalar;
  });
}

/**
 * Loss of its generator, L_G = E[softplus(-l(G(z)))]. Feature matching trains better classifiers: `featureMatchingLoss`.
 *
 * @param fakeClassLogits shape [N, K]. @returns Scalar, non-negative; log(1 + 1/K) when all logits are 0.
 */
export function semiSupervisedGeneratorLoss(fakeClassLogits: tf.Tensor2D, options: ScoreOptions = {}): tf.Scalar {
  return tf.tidy(() => nonSaturatingGeneratorLoss(realnessLogits(fakeClassLogits), options));
}
