/** Two perceptrons play on vectors: G 128–128–d with a sigmoid, D 128–128–1. */
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../losses/adversarial';
import {meanSquaredErrorLoss} from '../../losses/mean-squared-error';
import {dense} from '../../networks/layers/dense';
import {Parameters} from '../../networks/parameters';
import {Sgd} from '../../training/optimizers/sgd';
import {rowDistance} from '../measures';
import {BatchOrder, stackRows} from '../picture-texts';
import {playEpochs, playerStep} from '../play';
import type {EpochRecord, PresetOptions} from '../preset-type';
import {printedDiscriminatorLoss, printedGeneratorLoss} from './printed-losses';

/** `printed` has the signs of the sketch; the others are right. */
export type PerceptronLoss = 'printed' | 'crossEntropy' | 'meanSquaredError';

export interface PerceptronGameOptions extends Pick<PresetOptions, 'seed' | 'onEpoch' | 'signal'> {
  readonly loss: PerceptronLoss;
  readonly epochs: number;
  /** Z; 10 unless told. */
  readonly latentDim?: number;
  /** N; 32 unless told. */
  readonly batchSize?: number;
  /** Of plain gradient descent; 0.1 unless told. */
  readonly learningRate?: number;
}

export interface PerceptronGame {
  readonly history: EpochRecord[];
  /** Means of D's probability of being real, at the end. */
  readonly realProbability: number;
  readonly fakeProbability: number;
  /** Root of the sum of all squared slopes of D's loss at the end: 0 when nothing can be learnt any more. */
  readonly slope: number;
  /** Fréchet distance of generated rows to real ones, before and after. */
  readonly distanceBefore: number;
  readonly distanceAfter: number;
  /** As many generated rows as real ones. */
  readonly generated: Float32Array[];
  readonly generator: Parameters;
  readonly discriminator: Parameters;
}

const units = 128;

/** 128–128–outputs with ReLU, from Glorot's start, as the sketch's library has it. */
export function perceptron(parameters: Parameters, path: string, inputs: number, outputs: number) {
  const sizes = [inputs, units, units, outputs];
  const layers = sizes.slice(1).map((size, i) => {
    const std = Math.sqrt(2 / (sizes[i]! + size));
    return dense(parameters, `${path}/dense${i + 1}`, sizes[i]!, size, {std});
  });
  return (x: tf.Tensor): tf.Tensor2D =>
    layers.reduce((h, layer, i) => (i === 0 ? layer(h) : layer(tf.relu(h))), x) as tf.Tensor2D;
}

/**
 * Plays on rows of values in [0, 1]: in each turn one step of D, then one of G, by plain gradient descent.
 *
 * @returns what became of both; the caller disposes the parameters. With the right losses both probabilities end near ½.
 */
export async function playPerceptrons(
  rows: readonly Float32Array[],
  {loss, epochs, latentDim = 10, batchSize = 32, learningRate = 0.1, seed, onEpoch, signal}: PerceptronGameOptions,
): Promise<PerceptronGame> {
  const [generator, discriminator] = ['generator', 'discriminator'].map(
    player => new Parameters(new RandomStream(seed, `perceptron/${player}`)),
  ) as [Parameters, Parameters];
  const raw = perceptron(generator, 'generator', latentDim, rows[0]!.length);
  const generate = (z: tf.Tensor) => tf.sigmoid(raw(z));
  const score = perceptron(discriminator, 'discriminator', rows[0]!.length, 1);
  const losses = lossesOf(loss);

  const lossOfD = (real: tf.Tensor, z: tf.Tensor) => losses.discriminator(score(real), score(generate(z)));
  const lossOfG = (real: tf.Tensor, z: tf.Tensor) => losses.generator(score(real), score(generate(z)));
  const optimizers = [new Sgd(discriminator.trainable), new Sgd(generator.trainable)] as const;
  const stepD = playerStep(discriminator, optimizers[0], learningRate, (real, z) => lossOfD(real!, z!));
  const stepG = playerStep(generator, optimizers[1], learningRate, (real, z) => lossOfG(real!, z!));

  const order = new BatchOrder(rows.length, new RandomStream(seed, 'perceptron/batches'));
  const chance = new RandomStream(seed, 'perceptron/latent');
  const latent = (count: number, stream = chance) => tf.tensor2d(stream.normals(count * latentDim), [count, latentDim]);
  const batch = () => stackRows(order.next(batchSize).map(i => rows[i]!));
  const draw = () =>
    tf.tidy(() => {
      const values = generate(latent(rows.length, new RandomStream(seed, 'perceptron/samples')));
      return (values.arraySync() as number[][]).map(row => Float32Array.from(row));
    });

  const distanceBefore = rowDistance(rows, draw());
  const turn = () => {
    const real = batch();
    return {discriminator: stepD(real, latent(batchSize)), generator: stepG(real, latent(batchSize))};
  };
  try {
    const history = await playEpochs(turn, epochs, Math.ceil(rows.length / batchSize), {onEpoch, signal});
    const generated = draw();
    const [realProbability, fakeProbability, slope] = tf.tidy(() => {
      const [real, fake] = [stackRows(rows), stackRows(generated)];
      const mean = (x: tf.Tensor) => tf.sigmoid(score(x)).mean().dataSync()[0]!;
      const {grads} = tf.variableGrads(
        () => losses.discriminator(score(real), score(fake)),
        Object.values(discriminator.trainable),
      );
      const squared = tf.addN(Object.values(grads).map(grad => grad.square().sum()));
      return [mean(real), mean(fake), Math.sqrt(squared.dataSync()[0]!)] as const;
    });
    const distanceAfter = rowDistance(rows, generated);
    return {
      history,
      realProbability,
      fakeProbability,
      slope,
      distanceBefore,
      distanceAfter,
      generated,
      generator,
      discriminator,
    };
  } finally {
    for (const each of [stepD, stepG, ...optimizers]) each.dispose();
  }
}

interface Losses {
  readonly discriminator: (real: tf.Tensor, fake: tf.Tensor) => tf.Scalar;
  readonly generator: (real: tf.Tensor, fake: tf.Tensor) => tf.Scalar;
}

/** Of logits. */
function lossesOf(loss: PerceptronLoss): Losses {
  switch (loss) {
    case 'printed':
      return {
        discriminator: (real, fake) => printedDiscriminatorLoss(tf.sigmoid(real), tf.sigmoid(fake)),
        generator: (real, fake) => printedGeneratorLoss(tf.sigmoid(real), tf.sigmoid(fake)),
      };
    case 'crossEntropy':
      return {
        discriminator: (real, fake) => minimaxDiscriminatorLoss(real, fake),
        generator: (_, fake) => nonSaturatingGeneratorLoss(fake),
      };
    case 'meanSquaredError': {
      const toward = (logits: tf.Tensor, target: 0 | 1) => {
        const probability = tf.sigmoid(logits);
        return meanSquaredErrorLoss(probability, target ? tf.onesLike(probability) : tf.zerosLike(probability));
      };
      return {
        discriminator: (real, fake) => toward(real, 1).add(toward(fake, 0)) as tf.Scalar,
        generator: (_, fake) => toward(fake, 1),
      };
    }
  }
}
