/** The preset `deep-stack`: picture and caption fused into one vector, G and D two hundred dense layers deep, and the cure. */
import {RandomStream} from '../../core/random';
import {mapRecord} from '../../core/records';
import {tf} from '../../core/tensorflow';
import type {Picture} from '../../core/types';
import {TfIdf} from '../../features/bag-of-words';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../losses/adversarial';
import {r1Penalty} from '../../losses/penalties';
import {Parameters} from '../../networks/parameters';
import {Adam} from '../../training/optimizers/adam';
import {BatchOrder, type PictureTexts, pictureTexts, stackRows} from '../picture-texts';
import {playEpochs, playerStep} from '../play';
import type {Finding, Preset, PresetCurves, PresetOptions, PresetRun} from '../preset-type';
import {denseStack, gradientNorms} from './stack';

export interface DeepStackOptions extends PresetOptions {
  /** Hidden layers of each player; 200 as published, 4 corrected. */
  readonly depth?: number;
  /** A way round every layer, with a norm; false as published, true corrected. */
  readonly residual?: boolean;
  /** Both players descend on L_GAN + L_adv, as if it were one loss; true as published, false corrected. */
  readonly oneTotalLoss?: boolean;
  /** Examples at most; 2,000 unless told. */
  readonly examples?: number;
}

const sizes = {
  latentDim: 100,
  batchSize: 64,
  learningRate: 1e-3,
  /** R1 of the corrected form: without it a D that learns this well leaves G behind. */
  r1Gamma: 10,
  /** Pictures that are shown. */
  drawn: 16,
};

export const deepStackPreset: Preset = {
  name: 'deep-stack',
  description: 'pixels and TF-IDF fused into one vector; G and D are stacks of 128-unit dense layers, two hundred deep',
  errors: [
    'two hundred layers of Glorot start and ReLU leave no gradient for the first ones, nor any signal for the last',
    'the total loss L_GAN + L_adv is descended on by both players: each pulls the generated scores back to zero',
  ],
  train: trainDeepStack,
};

/** Trains the preset, or a mixture of its errors and cures: each can be chosen alone. */
export async function trainDeepStack(options: DeepStackOptions): Promise<PresetRun> {
  const {variant, dataset, seed, epochs = variant === 'asPublished' ? 3 : 40, examples = 2000, signal} = options;
  const published = variant === 'asPublished';
  const {depth = published ? 200 : 4, residual = !published, oneTotalLoss = published} = options;
  const data = pictureTexts(dataset, 'train', new RandomStream(seed, 'deep-stack/data'), examples);
  const rows = fused(data);
  const width = rows[0]!.length;

  const [generator, discriminator] = ['generator', 'discriminator'].map(
    player => new Parameters(new RandomStream(seed, `deep-stack/${player}`)),
  ) as [Parameters, Parameters];
  const raw = denseStack(generator, 'generator', {inputs: sizes.latentDim, outputs: width, depth, residual});
  const generate = (z: tf.Tensor) => tf.sigmoid(raw(z as tf.Tensor2D)) as tf.Tensor2D;
  const score = denseStack(discriminator, 'discriminator', {inputs: width, outputs: 1, depth, residual});

  const gan = (real: tf.Tensor, z: tf.Tensor) =>
    minimaxDiscriminatorLoss(score(real as tf.Tensor2D), score(generate(z)));
  const adversarial = (z: tf.Tensor) => nonSaturatingGeneratorLoss(score(generate(z)));
  const total = (real: tf.Tensor, z: tf.Tensor) => gan(real, z).add(adversarial(z)) as tf.Scalar;
  const own = oneTotalLoss ? total : gan;
  const lossOfD = (real: tf.Tensor, z: tf.Tensor) =>
    published
      ? own(real, z)
      : (own(real, z).add(r1Penalty(x => score(x as tf.Tensor2D), [real], sizes.r1Gamma)) as tf.Scalar);
  const lossOfG = oneTotalLoss ? total : (_: tf.Tensor, z: tf.Tensor) => adversarial(z);

  const adam = (player: Parameters) => new Adam(player.trainable, {beta1: 0.5, beta2: 0.999});
  const optimizers = [adam(discriminator), adam(generator)] as const;
  const stepD = playerStep(discriminator, optimizers[0], sizes.learningRate, (real, z) => lossOfD(real!, z!));
  const stepG = playerStep(generator, optimizers[1], sizes.learningRate, (real, z) => lossOfG(real!, z!));

  const order = new BatchOrder(rows.length, new RandomStream(seed, 'deep-stack/batches'));
  const chance = new RandomStream(seed, 'deep-stack/latent');
  const latent = (count: number, stream = chance) =>
    tf.tensor2d(stream.normals(count * sizes.latentDim), [count, sizes.latentDim]);
  const batch = () => stackRows(order.next(sizes.batchSize).map(i => rows[i]!));
  const drawn = (count: number) => generate(latent(count, new RandomStream(seed, 'deep-stack/samples')));
  const paint = () => tf.tidy(() => drawn(sizes.drawn).arraySync() as number[][]).map(row => pictureOf(row, data));

  const norms = tf.tidy(() => {
    const [real, z] = [batch(), latent(sizes.batchSize)];
    const of = (player: Parameters, path: string, loss: () => tf.Scalar) => {
      const {grads} = tf.variableGrads(loss, Object.values(player.trainable));
      return gradientNorms(
        mapRecord(player.trainable, variable => grads[variable.name]!),
        path,
      );
    };
    return {
      discriminator: of(discriminator, 'discriminator', () => gan(real, z)),
      generator: of(generator, 'generator', () => adversarial(z)),
    };
  });
  const measure = () =>
    tf.tidy(() => {
      const [real, fake] = [stackRows(rows), drawn(rows.length)];
      const [ofReal, ofFake] = [score(real), score(fake)];
      const share = (x: tf.Tensor) => x.toFloat().mean().dataSync()[0]!;
      return {
        accuracy: (share(ofReal.greater(0)) + share(ofFake.lessEqual(0))) / 2,
        gap: share(ofReal) - share(ofFake),
        // Of the mean vector, as a share of the real vectors' own spread around it.
        distance: share(real.mean(0).sub(fake.mean(0)).square()) / share(real.sub(real.mean(0)).square()),
        spread: share(fake.sub(fake.mean(0)).square()) / share(real.sub(real.mean(0)).square()),
      };
    });
  const before = measure();
  try {
    const history = await playEpochs(
      () => {
        const real = batch();
        return {discriminator: stepD(real, latent(sizes.batchSize)), generator: stepG(real, latent(sizes.batchSize))};
      },
      epochs,
      Math.ceil(rows.length / sizes.batchSize),
      options,
    );
    const after = measure();
    return {
      preset: 'deep-stack',
      variant,
      seed,
      history,
      findings: [...describeNorms(norms), ...describe(before, after)],
      curves: [normCurves(norms)],
      pictures: paint(),
      players: {generator, discriminator},
      interrupted: signal?.aborted ?? false,
    };
  } finally {
    for (const each of [stepD, stepG, ...optimizers]) each.dispose();
  }
}

/** Feature-level fusion: pixels from 0 to 1, then the caption's TF-IDF. */
function fused(data: PictureTexts): Float32Array[] {
  const words = new TfIdf(data.captions);
  return data.pixels.map((pixels, i) => {
    const row = new Float32Array(data.pixelCount + words.words.length);
    row.set(pixels.map(value => (value + 1) / 2));
    row.set(words.vector(data.captions[i]!), data.pixelCount);
    return row;
  });
}

type Norms = Readonly<Record<'generator' | 'discriminator', readonly number[]>>;

function describeNorms(norms: Norms): Finding[] {
  return Object.entries(norms).flatMap(([player, values]) => [
    {
      name: `${player}: gradient of the first layer`,
      value: values[0]!,
      meaning: 'norm before training; 0 learns nothing',
    },
    {
      name: `${player}: gradient of the last layer`,
      value: values[values.length - 1]!,
      meaning: 'the same at the other end',
    },
  ]);
}

interface Measured {
  readonly accuracy: number;
  readonly gap: number;
  readonly distance: number;
  readonly spread: number;
}

function describe(before: Measured, after: Measured): Finding[] {
  return [
    {
      name: 'gap of scores',
      value: after.gap,
      meaning: 'mean logit of real minus that of generated; 0 when D sees no difference',
    },
    {name: 'accuracy of D', value: after.accuracy, meaning: 'share told rightly; ½ by chance'},
    {
      name: 'distance before',
      value: before.distance,
      meaning: "of G's mean vector to the real one, in units of the real spread",
    },
    {name: 'distance', value: after.distance, meaning: 'the same after training; 0 is best'},
    {
      name: 'spread',
      value: after.spread,
      meaning: "variance of G's vectors, as a share of the real one's; 1 is best, 0 says one and the same",
    },
  ];
}

function normCurves(norms: Norms): PresetCurves {
  return {
    title: 'Gradient norms, layer by layer, before training',
    xTitle: 'layer, from the input',
    yTitle: 'norm of the gradient',
    logY: true,
    lines: Object.entries(norms).map(([name, y]) => ({name, x: y.map((_, i) => i + 1), y})),
  };
}

function pictureOf(row: readonly number[], {image: {height, width, channels}, pixelCount}: PictureTexts): Picture {
  return {height, width, channels, pixels: Uint8Array.from(row.slice(0, pixelCount), value => Math.round(255 * value))};
}
