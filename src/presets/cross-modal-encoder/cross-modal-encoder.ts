/** The preset `cross-modal-encoder`: G, D and E trained together; code matching, which collapses E, and latent regression, which does not. */
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import {partShape} from '../../core/types';
import {nearestNeighbourAccuracy} from '../../evaluation/nearest-neighbour-accuracy';
import {TextCodec} from '../../features/text-codec';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../losses/adversarial';
import {codeMatchingLoss, latentRegressionLoss} from '../../losses/codes';
import {r1Penalty} from '../../losses/penalties';
import {Adam} from '../../training/optimizers/adam';
import {drawSubsets} from '../../training/random-subsets';
import {pooledPicture, rowDistance, rowSpread} from '../measures';
import {BatchOrder, type PictureTexts, pictureTexts, stackRows} from '../picture-texts';
import {playEpochs, playerStep} from '../play';
import type {Finding, Preset, PresetOptions, PresetRun} from '../preset-type';
import {type EncoderPlayers, encoderPlayers, type Pair, type Shown} from './players';

export interface CrossModalEncoderOptions extends PresetOptions {
  /** What D looks at: codes as published, pairs corrected. */
  readonly judges?: 'codes' | 'pairs';
  /** What E learns: to give real and generated pairs one code, as published; to read back z from what G made of it, corrected. */
  readonly encoderLoss?: 'codeMatching' | 'latentRegression';
  /** Examples at most; 2,000 unless told. */
  readonly examples?: number;
}

const sizes = {latentDim: 16, units: 128, batchSize: 64, learningRate: 1e-3, r1Gamma: 1, drawn: 36, measured: 1000};

export const crossModalEncoderPreset: Preset = {
  name: 'cross-modal-encoder',
  description: 'G, D and an encoder E that maps picture and text into one latent space, trained together',
  errors: [
    'E_loss = mean((latent_real − latent_fake)²) is least where E says the same of everything: E collapses',
    'D judges codes, not examples: what E leaves out of a code costs G nothing, and its examples need look like none',
  ],
  train: trainCrossModalEncoder,
};

/** Trains the preset, or a mixture of its errors and cures: each can be chosen alone. */
export async function trainCrossModalEncoder(options: CrossModalEncoderOptions): Promise<PresetRun> {
  const {variant, dataset, seed, epochs = 40, examples = 2000, signal} = options;
  const published = variant === 'asPublished';
  const {judges = published ? 'codes' : 'pairs', encoderLoss = published ? 'codeMatching' : 'latentRegression'} =
    options;
  const data = pictureTexts(dataset, 'train', new RandomStream(seed, 'cross-modal-encoder/data'), examples);
  const held = pictureTexts(dataset, 'test', new RandomStream(seed, 'cross-modal-encoder/test'), sizes.measured);
  const specs = [data.image, data.text] as const;
  const players = encoderPlayers({specs, latentDim: sizes.latentDim, units: sizes.units, judges, seed});
  const {generate, encode, judgeCodes, judgePairs} = players;

  const score = (pair: Pair) => (judges === 'pairs' ? judgePairs(pair) : judgeCodes(encode(pair)));
  const lossOfD = (real: Pair, z: tf.Tensor) => {
    const game = minimaxDiscriminatorLoss(score(real), score(generate(z)));
    if (judges === 'codes') return game;
    const penalty = r1Penalty((...parts) => judgePairs(parts as unknown as Pair), [...real], sizes.r1Gamma);
    return game.add(penalty) as tf.Scalar;
  };
  const lossOfG = (z: tf.Tensor) => nonSaturatingGeneratorLoss(score(generate(z)));
  const lossOfE = (real: Pair, z: tf.Tensor, shown: Shown) =>
    encoderLoss === 'codeMatching'
      ? codeMatchingLoss(encode(real), encode(generate(z)))
      : latentRegressionLoss(z as tf.Tensor2D, encode(generate(z), shown));
  const adam = {beta1: 0.5, beta2: 0.99};
  const optimizers = [players.discriminator, players.generator, players.encoder].map(
    each => new Adam(each.trainable, adam),
  ) as [Adam, Adam, Adam];
  const rate = sizes.learningRate;
  const moveD = playerStep(players.discriminator, optimizers[0], rate, (image, text, z) =>
    lossOfD([image!, text!], z!),
  );
  const moveG = playerStep(players.generator, optimizers[1], rate, z => lossOfG(z!));
  const moveE = playerStep(players.encoder, optimizers[2], rate, (image, text, z, first, second) =>
    lossOfE([image!, text!], z!, [first!, second!]),
  );

  const batchSize = Math.min(sizes.batchSize, data.count);
  const order = new BatchOrder(data.count, new RandomStream(seed, 'cross-modal-encoder/batches'));
  const chance = new RandomStream(seed, 'cross-modal-encoder/latent');
  const subsets = new RandomStream(seed, 'cross-modal-encoder/subsets');
  const sentences = encodedSentences(data);
  const turn = () => {
    const places = order.next(batchSize);
    const real = stackPair(data, sentences, places);
    const whole = new Float32Array(batchSize).fill(1);
    const shown = drawSubsets(subsets, {image: whole, text: whole}, 2);
    const z = () => latent(batchSize, chance);
    return {
      D_loss: moveD(...real, z()),
      G_loss: moveG(z()),
      E_loss: moveE(...real, z(), tf.tensor1d(shown['image']!), tf.tensor1d(shown['text']!)),
    };
  };
  const codes = () => codesOf(players, data, sentences);
  const started = rowSpread(codes());
  const spreads = [1];
  const before = measured(players, data, seed).distance;
  const onEpoch: PresetOptions['onEpoch'] = (record, all) => {
    spreads.push(rowSpread(codes()) / started);
    options.onEpoch?.(record, all);
  };
  try {
    const turns = Math.ceil(data.count / batchSize);
    const history = await playEpochs(turn, epochs, turns, {onEpoch, signal});
    const {distance, spread, known, drawn, written} = measured(players, data, seed);
    return {
      preset: 'cross-modal-encoder',
      variant,
      seed,
      history,
      findings: [
        ...aboutCodes(players, data, held, started),
        {
          name: 'distance before',
          value: before,
          meaning: 'Fréchet distance of 7×7 brightnesses to real ones, untrained',
        },
        {name: 'distance', value: distance, meaning: 'the same after training; 0 is best'},
        {
          name: 'spread',
          value: spread,
          meaning: 'variance of generated pictures, as a share of the real one; 1 is best',
        },
        {
          name: 'known sentences',
          value: known,
          meaning: 'share of generated texts that are texts of the data; 1 is best',
        },
      ],
      curves: [
        {
          title: "Spread of E's codes of real pairs",
          xTitle: 'epoch',
          yTitle: 'variance, as a share of that at the start',
          logY: true,
          lines: [{name: 'codes', x: spreads.map((_, i) => i), y: spreads}],
        },
      ],
      pictures: drawn,
      texts: written,
      players: {generator: players.generator, discriminator: players.discriminator, encoder: players.encoder},
      interrupted: signal?.aborted ?? false,
      steps: {discriminator: moveD.explain(), generator: moveG.explain(), encoder: moveE.explain()},
    };
  } finally {
    for (const each of [moveD, moveG, moveE, ...optimizers]) each.dispose();
  }
}

function latent(count: number, stream: RandomStream): tf.Tensor2D {
  return tf.tensor2d(stream.normals(count * sizes.latentDim), [count, sizes.latentDim]);
}

function encodedSentences({captions, text}: PictureTexts): Float32Array[] {
  const codec = new TextCodec(text);
  return captions.map(caption => codec.encode(caption));
}

function stackPair(data: PictureTexts, sentences: readonly Float32Array[], places: readonly number[]): Pair {
  return [
    stackRows(places.map(i => data.pixels[i]!)).reshape([places.length, ...partShape(data.image)]),
    stackRows(places.map(i => sentences[i]!)).reshape([places.length, ...partShape(data.text)]),
  ];
}

/** Codes of real examples, by what is shown of them. */
function codesOf(
  {encode}: EncoderPlayers,
  data: PictureTexts,
  sentences: readonly Float32Array[],
  show: readonly [number, number] = [1, 1],
): number[][] {
  const rows: number[][] = [];
  for (let from = 0; from < data.count; from += 250) {
    const places = Array.from({length: Math.min(250, data.count - from)}, (_, i) => from + i);
    const masks = show.map(value => tf.fill([places.length], value)) as [tf.Tensor, tf.Tensor];
    rows.push(...tf.tidy(() => encode(stackPair(data, sentences, places), masks).arraySync()));
    for (const mask of masks) mask.dispose();
  }
  return rows;
}

function aboutCodes(players: EncoderPlayers, data: PictureTexts, held: PictureTexts, started: number): Finding[] {
  const [known, asked] = [encodedSentences(data), encodedSentences(held)];
  const all = codesOf(players, data, known);
  const readBack = tf.tidy(() => {
    const z = latent(sizes.measured, new RandomStream(1, 'cross-modal-encoder/read-back'));
    return z
      .sub(players.encode(players.generate(z)))
      .square()
      .mean()
      .dataSync()[0]!;
  });
  const nearest = (name: string, show: readonly [number, number]): Finding => ({
    name,
    value: nearestNeighbourAccuracy(all, codesOf(players, held, asked, show), data.labels, held.labels),
    meaning: 'test examples whose nearest training code, of a whole pair, is of their class',
  });
  return [
    {
      name: 'spread of codes',
      value: rowSpread(all) / started,
      meaning: 'variance of codes of real pairs, as a share of that at the start; 0 says the same of everything',
    },
    {name: 'error of reading back', value: readBack, meaning: 'mean of (z − E(G(z)))²; 1 for a constant E, 0 is best'},
    nearest('class by code', [1, 1]),
    nearest('class by code of the picture', [1, 0]),
    nearest('class by code of the text', [0, 1]),
  ];
}

/** What G makes, and how far it is from real. */
function measured({generate}: EncoderPlayers, data: PictureTexts, seed: number) {
  const codec = new TextCodec(data.text);
  const known = new Set(data.captions);
  const [pictures, words] = tf.tidy(() => {
    const [image, text] = generate(latent(sizes.measured, new RandomStream(seed, 'cross-modal-encoder/samples')));
    return [image, text].map(x => x.reshape([sizes.measured, -1]).arraySync() as number[][]) as [
      number[][],
      number[][],
    ];
  });
  const written = words.map(values => codec.decode(Float32Array.from(values)));
  const {height, width, channels} = data.image;
  const real = data.pixels.map(row => pooledPicture(row, data.image));
  return {
    distance: rowDistance(
      real,
      pictures.map(row => pooledPicture(row, data.image)),
    ),
    spread: rowSpread(pictures) / rowSpread(data.pixels),
    known: written.filter(sentence => known.has(sentence)).length / written.length,
    drawn: pictures
      .slice(0, sizes.drawn)
      .map(row => ({height, width, channels, pixels: Uint8Array.from(row, value => Math.round(127.5 * (value + 1)))})),
    written: written.slice(0, sizes.drawn),
  };
}
