/** A classifier from few labels and many examples without: D of a GAN with K + 1 classes. */
import {compileStep, Program} from '../backend/compile';
import {RandomCounter} from '../backend/stateless-random';
import {assertInRange, assertPositiveInteger, expected, UserError} from '../core/checks';
import {interruptSignal, nextTurn} from '../core/interruption';
import {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import {Parameters} from '../networks/parameters';
import {ExponentialMovingAverage} from '../training/ema';
import {Adam} from '../training/optimizers/adam';
import {DivergenceError} from '../training/progress';
import {linearFall, warmUp} from '../training/schedules';
import {Deck} from './semi-supervised/batches';
import {buildClassifier, buildPlainGenerator, type GridModality} from './semi-supervised/networks';
import {
  type ClassifierBatch,
  classifierStep,
  generatorStep,
  type SemiSupervisedPlayers,
  type SemiSupervisedWeights,
} from './semi-supervised/steps';
import {randomViews, stackGrids} from './semi-supervised/views';

export interface SemiSupervisedConfig extends SemiSupervisedWeights {
  readonly steps: number;
  /** Examples of each kind in a step. */
  readonly labelledBatch: number;
  readonly unlabelledBatch: number;
  /** Of Adam; full for the first half, then falling to a fiftieth. */
  readonly classifierRate: number;
  readonly generatorRate: number;
  /** Of the running average of the classifier's weights, which is what is used in the end. */
  readonly averageDecay: number;
  /** Share of the steps over which the game's weight rises, 0 to 1; 0: whole from the start. See `gameShare`. */
  readonly gameRise: number;
  /** How much pictures are bent in changed copies: `randomViews`. */
  readonly bending: number;
  /** Standard deviation of the noise on all that the classifier learns from, real or generated, whose values are in [-1, 1]. */
  readonly noise: number;
  /** Z */
  readonly latentDim: number;
  readonly seed: number;
}

/** Chosen on the validation split of the digits. */
export const defaultSemiSupervisedConfig = {
  steps: 2500,
  labelledBatch: 50,
  unlabelledBatch: 64,
  game: 0.3,
  consistency: 1,
  classifierRate: 1e-3,
  generatorRate: 1e-3,
  averageDecay: 0.995,
  gameRise: 0.5,
  bending: 1,
  noise: 0.5,
  latentDim: 100,
  seed: 1,
} satisfies SemiSupervisedConfig;

export interface SemiSupervisedData {
  /** A picture, or a sound. */
  readonly spec: GridModality;
  readonly numClasses: number;
  /** Encoded parts with class indices. */
  readonly labelled: {readonly parts: readonly Float32Array[]; readonly labels: ArrayLike<number>};
  /** Encoded parts; may hold the labelled ones too. */
  readonly unlabelled: readonly Float32Array[];
}

export interface SemiSupervisedOptions extends Partial<SemiSupervisedConfig> {
  /** Told every `reportEvery` steps, 200 unless told, with a classifier that must not be kept. */
  readonly onReport?: (report: SemiSupervisedReport) => void;
  readonly reportEvery?: number;
  readonly signal?: AbortSignal;
}

export interface SemiSupervisedReport {
  readonly step: number;
  /** Of this step by player, `classifier` and, in the game, `generator`. */
  readonly losses: Readonly<Record<string, number>>;
  readonly classify: (parts: readonly Float32Array[]) => Int32Array;
}

export interface SemiSupervisedResult {
  /** The class index of each part, by the averaged classifier. */
  readonly classify: (parts: readonly Float32Array[]) => Int32Array;
  /** Parts that G makes, in [-1, 1], [count, H, W, C]. */
  readonly generate: (count: number, seed: number) => tf.Tensor4D;
  readonly steps: number;
  dispose(): void;
}

/**
 * Trains a classifier on few labelled examples and many unlabelled ones. It is D of a GAN: real examples shall be of any class, generated
 * ones of none, and G matches its mean features. Beside that it says of a changed copy what its average says of the original.
 * With `game: 0, consistency: 0` it is the same classifier trained on the labelled examples alone.
 *
 * Source: Salimans et al. 2016, section 5 (arXiv:1606.03498). Differs from it: convolutions and changed copies instead of a noisy
 * perceptron, an average of weights, and the term of agreement (`classifierStep`).
 *
 * @throws UserError for data or options that do not fit; DivergenceError when a loss is not finite.
 */
export async function trainSemiSupervised(
  data: SemiSupervisedData,
  options: SemiSupervisedOptions = {},
): Promise<SemiSupervisedResult> {
  const config: SemiSupervisedConfig = {...defaultSemiSupervisedConfig, ...options};
  assertFits(data, config);
  const {spec, labelled, unlabelled} = data;
  const {onReport, reportEvery = 200, signal = interruptSignal()} = options;
  const stream = (use: string) => new RandomStream(config.seed, `semi-supervised/${use}`);
  const parameters = {
    classifier: new Parameters(stream('classifier')),
    average: new Parameters(stream('classifier')),
    generator: new Parameters(stream('generator')),
  };
  const classifyAveraged = buildClassifier(parameters.average, spec, data.numClasses);
  const players: SemiSupervisedPlayers = {
    classify: buildClassifier(parameters.classifier, spec, data.numClasses),
    classifierVariables: parameters.classifier.trainable,
    classifyAveraged,
    average: new ExponentialMovingAverage(
      parameters.classifier.trainable,
      parameters.average.trainable,
      config.averageDecay,
    ),
    generate: buildPlainGenerator(parameters.generator, spec, config.latentDim),
    generatorVariables: parameters.generator.trainable,
    latentDim: config.latentDim,
    noise: config.noise,
  };
  const chance = new RandomCounter(config.seed, 'semi-supervised/steps');
  const adam = {beta1: 0.5, beta2: 0.999};
  const optimizerD = new Adam(players.classifierVariables, adam);
  const optimizerG = new Adam(players.generatorVariables, adam);
  const program = new Program();
  const moveD = compileStep(
    (batch: ClassifierBatch, rate: tf.Scalar, share: tf.Scalar) =>
      classifierStep(players, optimizerD, chance, batch, rate, share, config),
    {program},
  );
  const moveG = compileStep(
    (real: tf.Tensor4D, rate: tf.Scalar) => generatorStep(players, optimizerG, chance, real, rate),
    {program},
  );
  const [labelledDeck, deck] = [
    new Deck(labelled.parts.length, stream('labelled')),
    new Deck(unlabelled.length, stream('unlabelled')),
  ];
  const views = stream('views');
  const alone = config.game === 0 && config.consistency === 0;
  const classify = (parts: readonly Float32Array[]) => classesOf(classifyAveraged, parts, spec);
  const dispose = () => {
    for (const each of [parameters.classifier, parameters.average, parameters.generator]) each.dispose();
  };
  let step = 0;
  try {
    for (; step < config.steps && !signal?.aborted; step++) {
      const fall = linearFall(step / config.steps, 0.02);
      const losses: Record<string, number> = {};
      tf.tidy(() => {
        const some = labelledDeck.next(config.labelledBatch);
        const many = alone ? [] : deck.next(config.unlabelledBatch).map(i => unlabelled[i]!);
        const varied = (parts: readonly Float32Array[]) => randomViews(parts, spec, views, config.bending);
        const batch: ClassifierBatch = {
          labelled: varied(some.map(i => labelled.parts[i]!)),
          labels: tf.tensor1d(
            some.map(i => labelled.labels[i]!),
            'int32',
          ),
          unlabelled: alone ? null : varied(many),
          originals: config.consistency > 0 ? stackGrids(many, spec) : null,
        };
        const share = gameShare(step / config.steps, config.gameRise);
        const lossD = moveD(batch, tf.scalar(config.classifierRate * fall), tf.scalar(share));
        const lossG = config.game > 0 ? moveG(batch.unlabelled!, tf.scalar(config.generatorRate * fall)) : null;
        if ((step + 1) % reportEvery !== 0 && step + 1 !== config.steps) return;
        losses['classifier'] = lossD.dataSync()[0]!;
        if (lossG) losses['generator'] = lossG.dataSync()[0]!;
      });
      for (const [name, loss] of Object.entries(losses))
        if (!Number.isFinite(loss)) throw new DivergenceError(name, loss, `step ${step + 1}`);
      if (losses['classifier'] !== undefined) onReport?.({step: step + 1, losses, classify});
      if (step % 10 === 0) await nextTurn();
    }
  } catch (error) {
    dispose();
    throw error;
  } finally {
    moveD.dispose();
    moveG.dispose();
    for (const each of [players.average, chance, optimizerD, optimizerG]) each.dispose();
  }
  const generate = (count: number, seed: number) =>
    tf.tidy(() => {
      const z = new RandomStream(seed, 'semi-supervised/samples').normals(count * config.latentDim);
      return players.generate(tf.tensor2d(z, [count, config.latentDim]));
    });
  return {classify, generate, steps: step, dispose};
}

/**
 * How far an unsupervised weight has risen when `done` of the training is behind us: exp(-5·(1 - done / rise)²), then 1. The game
 * comes late because D, as long as it knows few classes, sends what it is unsure of into one of them.
 *
 * Source: Laine & Aila 2017, section 2 (arXiv:1610.02242), who let theirs rise over the first 80 of 300 epochs. gameShare(0.25, 0.5) is 0.2865.
 */
export function gameShare(done: number, rise: number): number {
  return rise === 0 ? 1 : Math.exp(-5 * (1 - warmUp(done, rise)) ** 2);
}

/** In batches, so that memory stays small. */
function classesOf(
  classifier: SemiSupervisedPlayers['classify'],
  parts: readonly Float32Array[],
  spec: GridModality,
): Int32Array {
  const classes = new Int32Array(parts.length);
  for (let from = 0; from < parts.length; from += 500) {
    tf.tidy(() => {
      const {logits} = classifier(stackGrids(parts.slice(from, from + 500), spec));
      classes.set(logits.argMax(1).dataSync(), from);
    });
  }
  return classes;
}

function assertFits(
  {labelled, unlabelled, numClasses}: SemiSupervisedData,
  {game, consistency, noise, ...config}: SemiSupervisedConfig,
): void {
  assertInRange('gameRise', config.gameRise, 0, 1);
  for (const name of ['steps', 'labelledBatch', 'unlabelledBatch', 'latentDim'] as const)
    assertPositiveInteger(name, config[name]);
  for (const [name, weight] of Object.entries({game, consistency, noise}))
    if (!(weight >= 0 && Number.isFinite(weight))) throw expected(name, 'at least 0', weight);
  const {parts, labels} = labelled;
  if (parts.length === 0 || parts.length !== labels.length)
    throw new UserError(`Expected labelled parts with one label each, got ${parts.length} and ${labels.length}.`);
  const foreign = Array.from(labels).find(label => !(Number.isInteger(label) && label >= 0 && label < numClasses));
  if (foreign !== undefined) throw expected('every label', `from 0 to ${numClasses - 1}`, foreign);
  if (unlabelled.length === 0) throw expected('the number of unlabelled parts', 'at least 1', 0);
}
