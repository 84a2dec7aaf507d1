/** The DCGAN of pictures: z → 4×4×256 → … → tanh against convolutions of 64, 128 and 256, with each of its two errors or without. */
import type {CompiledStep} from '../../backend/compile';
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import type {ImageModality} from '../../core/types';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../losses/adversarial';
import {buildGeneratorHead} from '../../networks/generator-head';
import {dense} from '../../networks/layers/dense';
import type {NormMode} from '../../networks/layers/norm-mode';
import {Parameters} from '../../networks/parameters';
import {buildTrunk} from '../../networks/trunk';
import {Adam} from '../../training/optimizers/adam';
import {playerStep} from '../play';

export interface PictureGameOptions {
  readonly seed: number;
  /** D is shown real and generated pictures in one batch, whose statistics its batch norm takes. False unless told. */
  readonly mixedBatches?: boolean;
  /** D ends in a sigmoid although its loss takes logits. False unless told. */
  readonly sigmoidEnd?: boolean;
  /** Channels of G's smallest pictures; D's first layer has a quarter of them. 256 unless told. */
  readonly channels?: number;
  /** Z; 100 unless told. */
  readonly latentDim?: number;
  /** Of Adam, β₁ = 0.5; 2e-4 unless told. */
  readonly learningRate?: number;
}

/** Both players of one game over pictures, and how each is moved. */
export interface PictureGame {
  readonly generator: Parameters;
  readonly discriminator: Parameters;
  readonly latentDim: number;
  readonly generate: (z: tf.Tensor2D, mode: NormMode) => tf.Tensor4D;
  /** What D's last layer says, before any sigmoid, [N, 1]. */
  readonly score: (x: tf.Tensor, mode: NormMode) => tf.Tensor2D;
  /** What D's loss is given: the score, or what a sigmoid leaves of it. */
  readonly said: (score: tf.Tensor) => tf.Tensor;
  /** One step of D. */
  readonly moveD: CompiledStep<[real: tf.Tensor, z: tf.Tensor], tf.Scalar>;
  /** One step of G. */
  readonly moveG: CompiledStep<[z: tf.Tensor], tf.Scalar>;
  /** Frees what the steps need; the parameters stay. */
  dispose(): void;
}

/**
 * L_D = softplus(-D(x)) + softplus(D(G(z))), L_G = softplus(-D(G(z))), both in batches.
 *
 * Source: Radford et al. 2016, sections 3 and 4 (arXiv:1511.06434); differences of the networks from it: `dcganHead`, `dcganTrunk`.
 */
export function pictureGame(spec: ImageModality, options: PictureGameOptions): PictureGame {
  const {
    seed,
    mixedBatches = false,
    sigmoidEnd = false,
    channels = 256,
    latentDim = 100,
    learningRate = 2e-4,
  } = options;
  const [generator, discriminator] = ['generator', 'discriminator'].map(
    player => new Parameters(new RandomStream(seed, `dcgan/${player}`)),
  ) as [Parameters, Parameters];
  const sizes = {inputDim: latentDim, channels, hiddenUnits: 0, network: 'dcgan'};
  const head = buildGeneratorHead(generator, 'generator/image', spec, sizes);
  const generate = (z: tf.Tensor2D, mode: NormMode) => head.apply(z, mode) as tf.Tensor4D;
  const score = pictureJudge(discriminator, spec, Math.max(1, channels >> 2));
  const said = (x: tf.Tensor) => (sigmoidEnd ? tf.sigmoid(x) : x);

  const lossOfD = (real: tf.Tensor, z: tf.Tensor) => {
    const fake = generate(z as tf.Tensor2D, 'batch');
    const [ofReal, ofFake] = mixedBatches
      ? (tf.split(score(tf.concat([real, fake], 0), 'batch'), [real.shape[0]!, fake.shape[0]], 0) as tf.Tensor[])
      : [score(real, 'batch'), score(fake, 'batch')];
    return minimaxDiscriminatorLoss(said(ofReal!), said(ofFake!));
  };
  const lossOfG = (z: tf.Tensor) =>
    nonSaturatingGeneratorLoss(said(score(generate(z as tf.Tensor2D, 'batch'), 'batch')));
  const adam = {beta1: 0.5, beta2: 0.999};
  const optimizers = [new Adam(discriminator.trainable, adam), new Adam(generator.trainable, adam)] as const;
  const moveD = playerStep(discriminator, optimizers[0], learningRate, (real, z) => lossOfD(real!, z!));
  const moveG = playerStep(generator, optimizers[1], learningRate, z => lossOfG(z!));
  return {
    generator,
    discriminator,
    latentDim,
    generate,
    score,
    said,
    moveD,
    moveG,
    dispose: () => {
      for (const each of [moveD, moveG, ...optimizers]) each.dispose();
    },
  };
}

/** D: convolutions from so many channels on, then one score. */
export function pictureJudge(parameters: Parameters, spec: ImageModality, channels: number): PictureGame['score'] {
  const sizes = {channels, hiddenUnits: 0, network: 'dcgan', role: 'discriminator'} as const;
  const trunk = buildTrunk(parameters, 'discriminator/image', spec, sizes);
  const features = trunk.height * trunk.width * trunk.channels;
  const last = dense(parameters, 'discriminator/score', features, 1, {std: 0.02});
  return (x, mode) => last(trunk.apply(x, mode).reshape([x.shape[0]!, features]));
}

/** Standard normal z, [count, Z]. */
export function latentRows(count: number, latentDim: number, stream: RandomStream): tf.Tensor2D {
  return tf.tensor2d(stream.normals(count * latentDim), [count, latentDim]);
}

/** Measures what G's batch norm takes from a batch, over ten of them, so that each picture is drawn by itself afterwards. */
export function measureStatistics(
  {generator, generate, latentDim}: PictureGame,
  batchSize: number,
  seed: number,
): void {
  for (const variable of Object.values(generator.state)) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
  const stream = new RandomStream(seed, 'dcgan/statistics');
  for (let i = 0; i < 10; i++)
    tf.tidy(() => void generate(latentRows(batchSize, latentDim, stream), {accumulate: 0.1}));
}

/** Pictures in [-1, 1] that G draws with the statistics that were measured, row by row, in batches. */
export function drawPictures({generate, latentDim}: PictureGame, count: number, stream: RandomStream): Float32Array[] {
  const rows: Float32Array[] = [];
  while (rows.length < count) {
    const values = tf.tidy(() => generate(latentRows(Math.min(100, count - rows.length), latentDim, stream), 'stored'));
    const size = values.size / values.shape[0];
    const data = values.dataSync();
    for (let i = 0; i < values.shape[0]; i++) rows.push(Float32Array.from(data.subarray(i * size, (i + 1) * size)));
    values.dispose();
  }
  return rows;
}
