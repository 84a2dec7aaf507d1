/** The preset `dcgan`: a DCGAN of pictures, a text generator beside it, and a joint model of both for a task. */
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import {partShape} from '../../core/types';
import {TextCodec} from '../../features/text-codec';
import {pooledPicture, rowDistance, rowSpread} from '../measures';
import {BatchOrder, type PictureTexts, pictureTexts, stackRows} from '../picture-texts';
import {playEpochs} from '../play';
import type {Finding, Preset, PresetOptions, PresetRun} from '../preset-type';
import {comparedModels} from './comparison';
import type {JointRows} from './joint-model';
import {drawPictures, latentRows, measureStatistics, type PictureGame, pictureGame} from './picture-game';
import {textGame} from './text-game';

export interface DcganOptions extends PresetOptions {
  /** D's batches hold real and generated pictures; true as published. */
  readonly mixedBatches?: boolean;
  /** D ends in a sigmoid though its loss takes logits; true as published. */
  readonly sigmoidEnd?: boolean;
  /** Channels of G's smallest pictures; 256 unless told. */
  readonly channels?: number;
  /** Examples at most; 2,000 unless told. */
  readonly examples?: number;
  /** Steps of each joint model; 300 unless told. */
  readonly jointSteps?: number;
}

const sizes = {latentDim: 100, batchSize: 32, drawn: 36, measured: 500};

export const dcganPreset: Preset = {
  name: 'dcgan',
  description:
    'z → 4×4×256 → … → tanh against convolutions of 64, 128, 256; a text generator; picture and text fused for a task',
  errors: [
    'D ends in a sigmoid, but its loss takes logits: it cannot fall below 1.0064, and what D is sure of has no slope left for G',
    "batch norm of D takes its statistics from real and generated pictures together: in G's step, where the real ones are missing, D is another function",
  ],
  train: trainDcgan,
};

/** Trains the preset, or a mixture of its errors and cures: each can be chosen alone. */
export async function trainDcgan(options: DcganOptions): Promise<PresetRun> {
  const {variant, dataset, seed, epochs = 15, examples = 2000, channels, jointSteps = 300, signal} = options;
  const published = variant === 'asPublished';
  const {mixedBatches = published, sigmoidEnd = published} = options;
  const data = pictureTexts(dataset, 'train', new RandomStream(seed, 'dcgan/data'), examples);
  const codec = new TextCodec(data.text);
  const sentences = data.captions.map(caption => codec.encode(caption));
  const pictures = pictureGame(data.image, {seed, mixedBatches, sigmoidEnd, channels, latentDim: sizes.latentDim});
  const texts = textGame(data.text, {seed, latentDim: sizes.latentDim, sigmoidEnd});

  const batchSize = Math.min(sizes.batchSize, data.count);
  const order = new BatchOrder(data.count, new RandomStream(seed, 'dcgan/batches'));
  const chance = new RandomStream(seed, 'dcgan/latent');
  const latent = (count = batchSize) => latentRows(count, sizes.latentDim, chance);
  const stacked = (rows: readonly Float32Array[], places: readonly number[], shape: number[]) =>
    stackRows(places.map(i => rows[i]!)).reshape([places.length, ...shape]);
  const realPictures = (places: readonly number[]) => stacked(data.pixels, places, partShape(data.image));
  const turn = () => {
    const places = order.next(batchSize);
    const words = stacked(sentences, places, partShape(data.text));
    return {
      discriminator: pictures.moveD(realPictures(places), latent()),
      generator: pictures.moveG(latent()),
      'text discriminator': texts.moveD(words, latent()),
      'text generator': texts.moveG(latent()),
    };
  };
  const draw = () => {
    measureStatistics(pictures, batchSize, seed);
    return drawPictures(pictures, sizes.measured, new RandomStream(seed, 'dcgan/samples'));
  };
  const pooled = (rows: readonly Float32Array[]) => rows.map(row => pooledPicture(row, data.image));
  const real = pooled(data.pixels);
  const before = rowDistance(real, pooled(draw()));
  const compared = await comparedModels(data, dataset, published, {seed, steps: jointSteps, signal});
  try {
    const history = await playEpochs(turn, epochs, Math.ceil(data.count / batchSize), options);
    const drawn = draw();
    const stream = new RandomStream(seed, 'dcgan/samples');
    const written = tf.tidy(() => texts.write(latentRows(sizes.measured, sizes.latentDim, stream)));
    const judged = tf.tidy(() => {
      const places = order.next(batchSize);
      return judgements(pictures, realPictures(places), latent(), mixedBatches);
    });
    const lowest = Math.min(...history.map(({losses}) => losses['discriminator']!));
    const pairs: JointRows = {image: drawn, text: written.map(sentence => codec.encode(sentence))};
    return {
      preset: 'dcgan',
      variant,
      seed,
      history,
      findings: [
        {
          name: 'lowest loss of D',
          value: lowest,
          meaning: 'of an epoch; 1.0064 is the least that a sigmoid before logits allows, 0 without it',
        },
        {
          name: 'slope for G',
          value: judged.slope,
          meaning: "mean slope of L_G in D's last layer, of 1 at most: what G learns from",
        },
        {
          name: 'shift of scores',
          value: judged.shift,
          meaning: "of the same generated pictures, from D's step to G's; 0 when both see them alike",
        },
        {
          name: 'distance before',
          value: before,
          meaning: 'Fréchet distance of 7×7 brightnesses to real ones, untrained',
        },
        {name: 'distance', value: rowDistance(real, pooled(drawn)), meaning: 'the same after training; 0 is best'},
        {
          name: 'spread',
          value: rowSpread(drawn) / rowSpread(data.pixels),
          meaning: 'variance of generated pictures, as a share of the real one; 1 is best',
        },
        ...aboutTexts(written, data),
        ...compared.findings,
        ...compared.aboutPairs(pairs),
      ],
      curves: compared.curves,
      pictures: drawn.slice(0, sizes.drawn).map(row => pictureOf(row, data)),
      texts: written.slice(0, sizes.drawn),
      players: {
        generator: pictures.generator,
        discriminator: pictures.discriminator,
        'text-generator': texts.generator,
        'text-discriminator': texts.discriminator,
      },
      interrupted: signal?.aborted ?? false,
      steps: {discriminator: pictures.moveD.explain(), generator: pictures.moveG.explain()},
    };
  } finally {
    for (const each of [pictures, texts, compared]) each.dispose();
  }
}

/** What D says of generated pictures in its own step and in G's, and what of it reaches G. */
function judgements(
  {generate, score, said}: PictureGame,
  real: tf.Tensor,
  z: tf.Tensor2D,
  mixed: boolean,
): {slope: number; shift: number} {
  const fake = generate(z, 'batch');
  const forG = score(fake, 'batch');
  const forD = mixed ? score(tf.concat([real, fake], 0), 'batch').slice([real.shape[0]!, 0]) : forG;
  const slopes = tf.grad(x => tf.softplus(said(x).neg()).sum())(forG);
  return {
    slope: slopes.abs().mean().dataSync()[0]!,
    shift: forG.mean().sub(forD.mean()).dataSync()[0]!,
  };
}

function aboutTexts(written: readonly string[], {captions}: PictureTexts): Finding[] {
  const known = new Set(captions);
  const said = written.filter(sentence => known.has(sentence));
  return [
    {
      name: 'known sentences',
      value: said.length / written.length,
      meaning: 'share of generated texts that are texts of the data; 1 is best',
    },
    {
      name: 'different sentences',
      value: new Set(said).size,
      meaning: `of them; the data hold ${known.size}`,
    },
  ];
}

function pictureOf(row: Float32Array, {image: {height, width, channels}}: PictureTexts) {
  return {height, width, channels, pixels: Uint8Array.from(row, value => Math.round(127.5 * (value + 1)))};
}
