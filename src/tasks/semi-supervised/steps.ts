/** Steps of a semi-supervised GAN. Nothing is read on the host; each can be recorded once and replayed. */
import type {RandomCounter} from '../../backend/stateless-random';
import {type NamedVariables, tf} from '../../core/tensorflow';
import {crossEntropyLoss} from '../../losses/cross-entropy';
import {featureMatchingLoss} from '../../losses/feature-matching';
import {semiSupervisedDiscriminatorLoss} from '../../losses/semi-supervised';
import type {ExponentialMovingAverage} from '../../training/ema';
import {addInstanceNoise} from '../../training/instance-noise';
import type {Optimizer} from '../../training/optimizers/optimizer';
import {valueAndGradients} from '../../training/value-and-gradients';
import type {Classifier, PlainGenerator} from './networks';

export interface SemiSupervisedWeights {
  /** Of the (K + 1)-class game, once it has risen: 1 in the paper, 0 for a plain classifier. */
  readonly game: number;
  /** Of saying of a changed copy what the averaged classifier says of the original; 0 leaves it out. */
  readonly consistency: number;
}

export interface ClassifierBatch {
  /** [N, H, W, C] */
  readonly labelled: tf.Tensor4D;
  /** Class indices, [N], int32. */
  readonly labels: tf.Tensor1D;
  /** Changed at random, [N', H, W, C]; null where neither the game nor agreement needs them. */
  readonly unlabelled: tf.Tensor4D | null;
  /** The same examples as they are; null without agreement. */
  readonly originals: tf.Tensor4D | null;
}

export interface SemiSupervisedPlayers {
  readonly classify: Classifier;
  readonly classifierVariables: NamedVariables;
  /** The same network with averaged weights. */
  readonly classifyAveraged: Classifier;
  readonly average: ExponentialMovingAverage;
  readonly generate: PlainGenerator;
  readonly generatorVariables: NamedVariables;
  readonly latentDim: number;
  /** Standard deviation of the noise on all that the classifier learns from, real or generated; the averaged one sees none. */
  readonly noise: number;
}

/** How sure the averaged classifier must be for its guess to count: FixMatch, Sohn et al. 2020, section 2.2 (arXiv:2001.07685). */
const confidence = 0.95;
/** Share of the features that dropout keeps. */
const keep = 0.5;

/**
 * Moves the classifier once, and its average with it.
 *
 *   L_D = L_supervised + r·w_g·L_unsupervised + w_c·E[1(max p̄(x) > 0.95) · -log softmax(l(x'))_ŷ],  p̄ = softmax(l̄(x)),  ŷ = argmax p̄(x)
 *
 * l̄ is the averaged classifier, x an original and x' its changed copy. All that l sees is noisy, real or generated, so that neither a
 * thin stroke nor a generator's grain decides; l̄ sees originals. Sources: Salimans et al. 2016, section 5 (arXiv:1606.03498); the last
 * term: Sohn et al. 2020, equation 4 (arXiv:2001.07685) with the averaged teacher of Tarvainen & Valpola 2017, section 2 (arXiv:1703.01780);
 * the noise: the authors of Salimans et al. (train_mnist_feature_matching.py: .3 on pixels from 0 to 1, and on every layer).
 *
 * @param gameShare r, how far the game's weight has risen: 0 to 1, a tensor because it changes from step to step.
 */
export function classifierStep(
  players: SemiSupervisedPlayers,
  optimizer: Optimizer,
  chance: RandomCounter,
  {labelled, labels, unlabelled, originals}: ClassifierBatch,
  learningRate: tf.Scalar,
  gameShare: tf.Scalar,
  {game, consistency}: SemiSupervisedWeights,
): tf.Scalar {
  return tf.tidy(() => {
    const judge = (x: tf.Tensor4D, features: number) => {
      const mask = chance.bernoulli([x.shape[0], features], keep).div(keep);
      const noisy = players.noise > 0 ? addInstanceNoise(x, chance.normal(x.shape), players.noise) : x;
      return players.classify(noisy, mask).logits;
    };
    const features = players.classifyAveraged(labelled).features.shape[1];
    const fake = game > 0 ? players.generate(chance.normal([unlabelled!.shape[0], players.latentDim])) : null;
    const guess = consistency > 0 ? tf.softmax(players.classifyAveraged(originals!).logits) : null;
    const {value, gradients} = valueAndGradients(players.classifierVariables, () => {
      const labelledLogits = judge(labelled, features);
      const unlabelledLogits = unlabelled ? judge(unlabelled, features) : null;
      let loss: tf.Scalar = crossEntropyLoss(labelledLogits, labels);
      if (fake) {
        const all = {labelled: labelledLogits, labels, unlabelled: unlabelledLogits!, fake: judge(fake, features)};
        const unsupervised = semiSupervisedDiscriminatorLoss(all).sub(loss);
        loss = loss.add(unsupervised.mul(gameShare.mul(game)));
      }
      if (guess) {
        const sure = guess.max(1).greater(confidence).cast('float32');
        const classes = tf.oneHot(guess.argMax(1).cast('int32') as tf.Tensor1D, guess.shape[1]!);
        const surprise = classes.mul(tf.logSoftmax(unlabelledLogits!)).sum(1).neg().mul(sure);
        loss = loss.add(surprise.mean().mul(consistency));
      }
      return loss;
    });
    optimizer.apply(gradients, learningRate);
    players.average.update();
    return value;
  });
}

/** Moves G once, so that its pictures have the mean features of real ones: `featureMatchingLoss`. */
export function generatorStep(
  players: SemiSupervisedPlayers,
  optimizer: Optimizer,
  chance: RandomCounter,
  unlabelled: tf.Tensor4D,
  learningRate: tf.Scalar,
): tf.Scalar {
  return tf.tidy(() => {
    const real = players.classify(unlabelled).features;
    const z = chance.normal([unlabelled.shape[0], players.latentDim]);
    const {value, gradients} = valueAndGradients(players.generatorVariables, () =>
      featureMatchingLoss(real, players.classify(players.generate(z)).features),
    );
    optimizer.apply(gradients, learningRate);
    return value;
  });
}
