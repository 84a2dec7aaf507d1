/** The text generator beside the DCGAN: sentences word by word from the same z, against a discriminator of its own. */
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import type {TextModality} from '../../core/types';
import {TextCodec} from '../../features/text-codec';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../losses/adversarial';
import {r1Penalty} from '../../losses/penalties';
import {buildGeneratorHead} from '../../networks/generator-head';
import {dense} from '../../networks/layers/dense';
import {Parameters} from '../../networks/parameters';
import {buildTrunk} from '../../networks/trunk';
import {Adam} from '../../training/optimizers/adam';
import {type PlayerStep, playerStep} from '../play';

export interface TextGameOptions {
  readonly seed: number;
  readonly latentDim: number;
  /** As in the game of pictures. */
  readonly sigmoidEnd: boolean;
}

export interface TextGame {
  readonly generator: Parameters;
  readonly discriminator: Parameters;
  /** z [N, Z] → probabilities of words, [N, T, V]. */
  readonly generate: (z: tf.Tensor2D) => tf.Tensor3D;
  /** (real [N, T, V], z) */
  readonly moveD: PlayerStep;
  /** (z) */
  readonly moveG: PlayerStep;
  /** The likeliest sentences for these z. */
  write(z: tf.Tensor2D): string[];
  dispose(): void;
}

const sizes = {units: 128, learningRate: 2e-3, r1Gamma: 0.1};

/** A GRU writes, two dense layers judge; R1 keeps D from telling words from probabilities too steeply (the sketch names no text network). */
export function textGame(spec: TextModality, {seed, latentDim, sigmoidEnd}: TextGameOptions): TextGame {
  const [generator, discriminator] = ['generator', 'discriminator'].map(
    player => new Parameters(new RandomStream(seed, `dcgan/text/${player}`)),
  ) as [Parameters, Parameters];
  const shape = {channels: 0, hiddenUnits: sizes.units, inputDim: latentDim, network: 'gru'};
  const head = buildGeneratorHead(generator, 'generator/text', spec, shape);
  const generate = (z: tf.Tensor2D) => head.apply(z, 'batch') as tf.Tensor3D;
  const score = textJudge(discriminator, spec);
  const said = (x: tf.Tensor) => (sigmoidEnd ? tf.sigmoid(x) : x);

  const lossOfD = (real: tf.Tensor, z: tf.Tensor) => {
    const game = minimaxDiscriminatorLoss(said(score(real)), said(score(generate(z as tf.Tensor2D))));
    return sigmoidEnd ? game : (game.add(r1Penalty(x => score(x!), [real], sizes.r1Gamma)) as tf.Scalar);
  };
  const lossOfG = (z: tf.Tensor) => nonSaturatingGeneratorLoss(said(score(generate(z as tf.Tensor2D))));
  const adam = {beta1: 0.5, beta2: 0.99};
  const optimizers = [new Adam(discriminator.trainable, adam), new Adam(generator.trainable, adam)] as const;
  const moveD = playerStep(discriminator, optimizers[0], sizes.learningRate, (real, z) => lossOfD(real!, z!));
  const moveG = playerStep(generator, optimizers[1], sizes.learningRate, z => lossOfG(z!));
  const codec = new TextCodec(spec);
  return {
    generator,
    discriminator,
    generate,
    moveD,
    moveG,
    write: z => {
      const words = tf.tidy(() => generate(z).dataSync() as Float32Array);
      const size = words.length / z.shape[0];
      return Array.from({length: z.shape[0]}, (_, i) => codec.decode(words.subarray(i * size, (i + 1) * size)));
    },
    dispose: () => {
      for (const each of [moveD, moveG, ...optimizers]) each.dispose();
    },
  };
}

/** D: two dense layers, then one score. [N, T, V] → [N, 1] */
export function textJudge(parameters: Parameters, spec: TextModality) {
  const shape = {channels: 0, hiddenUnits: sizes.units, network: 'perceptron', role: 'discriminator'} as const;
  const trunk = buildTrunk(parameters, 'discriminator/text', spec, shape);
  const last = dense(parameters, 'discriminator/text/score', trunk.channels, 1);
  return (x: tf.Tensor) => last(trunk.apply(x, 'batch').reshape([x.shape[0]!, trunk.channels]));
}
