/** The preset `embedding`: every modality becomes a vector, G generates vectors, nearest neighbours decode them; and a loop that never trains. */
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import {agreement} from '../../evaluation/classes';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../losses/adversarial';
import {r1Penalty} from '../../losses/penalties';
import {Adam} from '../../training/optimizers/adam';
import {rowDistance, rowSpread} from '../measures';
import {BatchOrder, pictureTexts, stackRows} from '../picture-texts';
import {playEpochs, playerStep} from '../play';
import type {Preset, PresetOptions, PresetRun} from '../preset-type';
import {changesDuring, embeddingPlayers, embeddingSizes} from './players';
import {embeddingSpace} from './space';

export interface EmbeddingOptions extends PresetOptions {
  /** What D is shown as real: rows of the embedding tables, as published, or embedded examples. */
  readonly feed?: 'weights' | 'examples';
  /** False computes the losses and prints them, and that is all; as published. */
  readonly trains?: boolean;
  /** False leaves the embeddings as they start; as published. */
  readonly learntEmbeddings?: boolean;
  /** Examples at most; 2,000 unless told. */
  readonly examples?: number;
}

const sizes = {batchSize: 64, learningRate: 1e-3, r1Gamma: 20, drawn: 36, measured: 500};

export const embeddingPreset: Preset = {
  name: 'embedding',
  description:
    'words and pictures become vectors of 128; G generates vectors, D judges them, nearest neighbours decode them',
  errors: [
    "D is shown rows of the embedding tables as real, which are weights: not one of the data's examples is ever looked at",
    'the loop computes losses and prints them, but no optimizer moves a weight: a hundred epochs leave G, D and the tables as they were',
  ],
  train: trainEmbedding,
};

/** Trains the preset, or a mixture of its errors and cures: each can be chosen alone. */
export async function trainEmbedding(options: EmbeddingOptions): Promise<PresetRun> {
  const {variant, dataset, seed, epochs = 100, examples = 2000, signal} = options;
  const published = variant === 'asPublished';
  const {feed = published ? 'weights' : 'examples', trains = !published, learntEmbeddings = !published} = options;
  const data = pictureTexts(dataset, 'train', new RandomStream(seed, 'embedding/data'), examples);
  const space = embeddingSpace(data, seed, learntEmbeddings);
  const players = embeddingPlayers(seed);
  const {generate, score} = players;
  const {latentDim} = embeddingSizes;

  const lossOfD = (real: tf.Tensor, z: tf.Tensor) => {
    const game = minimaxDiscriminatorLoss(score(real), score(generate(z)));
    return trains ? (game.add(r1Penalty(x => score(x!), [real], sizes.r1Gamma)) as tf.Scalar) : game;
  };
  const lossOfG = (z: tf.Tensor) => nonSaturatingGeneratorLoss(score(generate(z)));
  const adam = {beta1: 0.5, beta2: 0.99};
  const optimizers = [new Adam(players.discriminator.trainable, adam), new Adam(players.generator.trainable, adam)];
  const moveD = playerStep(players.discriminator, optimizers[0]!, sizes.learningRate, (x, z) => lossOfD(x!, z!));
  const moveG = playerStep(players.generator, optimizers[1]!, sizes.learningRate, z => lossOfG(z!));

  const shown = feed === 'weights' ? space.weightRows : space.rows;
  const batchSize = Math.min(sizes.batchSize, shown.length);
  const order = new BatchOrder(shown.length, new RandomStream(seed, 'embedding/batches'));
  const chance = new RandomStream(seed, 'embedding/latent');
  const latent = (count: number, stream = chance) => tf.tensor2d(stream.normals(count * latentDim), [count, latentDim]);
  // The sketch feeds the same rows and the same z in every epoch: it has no data to go through.
  const fixed = {places: order.next(batchSize), z: tf.tidy(() => latent(batchSize).arraySync())};
  const turn = () => {
    const rows = (places: readonly number[]) => stackRows(places.map(i => shown[i]!));
    if (trains)
      return {
        discriminator: moveD(rows(order.next(batchSize)), latent(batchSize)),
        generator: moveG(latent(batchSize)),
      };
    const z = tf.tensor2d(fixed.z);
    return {discriminator: lossOfD(rows(fixed.places), z), generator: lossOfG(z)};
  };
  const draw = () =>
    tf
      .tidy(() => generate(latent(sizes.measured, new RandomStream(seed, 'embedding/samples'))).arraySync())
      .map(row => Float32Array.from(row));
  const before = rowDistance(space.rows, draw());
  let history: PresetRun['history'] = [];
  const play = async () => {
    const turns = trains ? Math.ceil(data.count / batchSize) : 1;
    history = await playEpochs(turn, epochs, turns, options);
  };
  try {
    let changesOfG: Record<string, number> = {};
    const changesOfD = await changesDuring(players.discriminator, async () => {
      changesOfG = await changesDuring(players.generator, play);
    });
    const drawn = draw();
    const {picture, caption} = space.decode(drawn);
    const known = new Set(space.rows);
    const losses = history.map(each => each.losses['discriminator']!);
    const labels = (places: Int32Array) => places.map(place => data.labels[place]!);
    return {
      preset: 'embedding',
      variant,
      seed,
      history,
      findings: [
        {
          name: 'largest change of a weight of G',
          value: Math.max(...Object.values(changesOfG)),
          meaning: 'from the first epoch to the last; 0 never trained',
        },
        {name: 'largest change of a weight of D', value: Math.max(...Object.values(changesOfD)), meaning: 'the same'},
        {
          name: 'change of the loss of D',
          value: Math.max(...losses) - Math.min(...losses),
          meaning: 'between epochs; 0 prints the same number again and again',
        },
        {
          name: 'examples among what D is shown',
          value: shown.filter(row => known.has(row)).length / shown.length,
          meaning: 'share of the rows shown as real that are examples of the data; 1 is right',
        },
        {
          name: 'rows of the word table',
          value: space.words.trainable['words']!.shape[0]!,
          meaning: `of 128 numbers; the data have ${data.text.vocabulary.length} words`,
        },
        {name: 'distance before', value: before, meaning: 'Fréchet distance of the vectors to real ones, untrained'},
        {name: 'distance', value: rowDistance(space.rows, drawn), meaning: 'the same after training; 0 is best'},
        {
          name: 'spread',
          value: rowSpread(drawn) / rowSpread(space.rows),
          meaning: 'variance of generated vectors, as a share of the real one; 1 is best',
        },
        {
          name: 'different pictures',
          value: new Set(picture).size / drawn.length,
          meaning:
            'share of generated vectors that are nearest to a picture of their own; whatever G makes, its neighbours look real',
        },
        {
          name: 'decoded pairs that agree',
          value: agreement([labels(picture), labels(caption)]),
          meaning: 'nearest picture and nearest caption are of one class',
        },
      ],
      curves: [
        {
          title: 'Two numbers of the vectors',
          xTitle: "the picture's first number",
          yTitle: "the text's first number",
          points: true,
          lines: [
            {name: 'real', ...columns(space.rows.slice(0, sizes.measured))},
            {name: 'generated', ...columns(drawn)},
          ],
        },
      ],
      pictures: [...picture].slice(0, sizes.drawn).map(place => pictureOf(data.pixels[place]!, data.image)),
      texts: [...caption].slice(0, sizes.drawn).map(place => data.captions[place]!),
      players: {
        generator: players.generator,
        discriminator: players.discriminator,
        words: space.words,
        pictures: space.pictures,
      },
      interrupted: signal?.aborted ?? false,
      steps: {discriminator: moveD.explain(), generator: moveG.explain()},
    };
  } finally {
    for (const each of [moveD, moveG, ...optimizers]) each.dispose();
  }
}

function columns(rows: readonly Float32Array[]): {x: number[]; y: number[]} {
  return {x: rows.map(row => row[0]!), y: rows.map(row => row[embeddingSizes.embeddingDim]!)};
}

function pictureOf(
  row: Float32Array,
  {height, width, channels}: {readonly height: number; readonly width: number; readonly channels: number},
) {
  return {height, width, channels, pixels: Uint8Array.from(row, value => Math.round(127.5 * (value + 1)))};
}
