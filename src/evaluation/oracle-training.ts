/** Trains an oracle: cross-entropy on augmented real parts, averaged weights, the epoch that is best on validation. */
import {UserError} from '../core/checks';
import {interruptSignal, nextTurn} from '../core/interruption';
import {RandomStream} from '../core/random';
import {type NamedVariables, tf} from '../core/tensorflow';
import {type ModalitySpec, partShape} from '../core/types';
import {agreement} from './classes';
import {wilsonInterval} from './intervals';
import {augmentationFor} from './oracle-augmentation';
import {applyOracleNetwork, defaultArchitecture, initialOracleWeights} from './oracle-network';
import {buildOracle, judge, type Oracle, type OracleDescription} from './oracles';

/** Encoded parts with their class indices. */
export interface LabelledParts {
  readonly parts: readonly Float32Array[];
  readonly labels: ArrayLike<number>;
}

export interface OracleTrainingOptions {
  readonly modality: string;
  readonly spec: ModalitySpec;
  readonly classNames: readonly string[];
  readonly featureName: string;
  readonly train: LabelledParts;
  /** Chooses the epoch; never the test split. */
  readonly validation: LabelledParts;
  readonly epochs: number;
  readonly batchSize: number;
  /** Adam's rate at the start; it falls to 0 along half a cosine. */
  readonly learningRate: number;
  readonly seed: number;
  /** In words, for the description. */
  readonly training: string;
  /** Aborting ends the training after this step. In a notebook it defaults to the signal of the running cell. */
  readonly signal?: AbortSignal;
  readonly onEpoch?: (progress: {readonly epoch: number; readonly loss: number; readonly accuracy: number}) => void;
}

export interface TrainedOracle {
  readonly oracle: Oracle;
  readonly description: OracleDescription;
  readonly weights: Record<string, tf.Tensor>;
  /** On the validation parts, of the epoch that was kept; -1 where the training was stopped before its first step. */
  readonly validationAccuracy: number;
}

/** Share of a feature that dropout keeps in training. */
const keep = 0.7;
/** Of the running average of the weights, a step; it starts lower so that early averages forget the start. */
const averageDecay = 0.998;

/** Same options, backend and thread count: same weights. The caller disposes the oracle, which owns the weights. */
export async function trainOracle(options: OracleTrainingOptions): Promise<TrainedOracle> {
  const {spec, classNames, train, validation, epochs, batchSize, signal = interruptSignal()} = options;
  assertLabelled('train', train);
  assertLabelled('validation', validation);
  const architecture = defaultArchitecture(spec);
  const shape = partShape(spec);
  const stream = new RandomStream(options.seed, `oracle/${options.modality}`);
  const weights = initialOracleWeights(architecture, shape, classNames.length, stream);
  const average = copyOf(weights);
  const best = copyOf(weights);
  const optimizer = tf.train.adam(options.learningRate);
  const augment = augmentationFor(spec);
  const order = Array.from(train.parts, (_, i) => i);
  const stepsPerEpoch = Math.ceil(order.length / batchSize);
  const description: OracleDescription = {
    modality: options.modality,
    spec,
    classNames,
    featureName: options.featureName,
    architecture,
    test: null,
    training: options.training,
  };
  const judged = buildOracle(description, average);
  let validationAccuracy = -1;
  let step = 0;
  for (let epoch = 0; epoch < epochs && !signal?.aborted; epoch++) {
    stream.shuffle(order);
    let lossSum = 0;
    let seen = 0;
    for (let from = 0; from < order.length && !signal?.aborted; from += batchSize, step++) {
      const rows = order.slice(from, from + batchSize);
      setRate(optimizer, options.learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / (epochs * stepsPerEpoch))));
      lossSum += tf.tidy(() => {
        const size = train.parts[0]!.length;
        const values = new Float32Array(rows.length * size);
        rows.forEach((row, i) => {
          augment(train.parts[row]!, values, i * size, stream);
        });
        const parts = tf.tensor(values, [rows.length, ...shape]);
        const labels = tf.oneHot(
          Int32Array.from(rows, row => train.labels[row]!),
          classNames.length,
        );
        const mask = dropoutMask(rows.length, architecture.features, stream);
        const loss = optimizer.minimize(
          () =>
            tf.losses.softmaxCrossEntropy(
              labels,
              applyOracleNetwork(architecture, weights, parts, mask).logits,
            ) as tf.Scalar,
          true,
          Object.values(weights),
        )!;
        return loss.dataSync()[0]! * rows.length;
      });
      moveAverage(average, weights, Math.min(averageDecay, (1 + step) / (10 + step)));
      seen += rows.length;
      await nextTurn();
    }
    const accuracy = accuracyOf(judged, validation);
    options.onEpoch?.({epoch: epoch + 1, loss: lossSum / seen, accuracy});
    // The later of equals: with a falling rate it has settled more.
    if (accuracy >= validationAccuracy) {
      validationAccuracy = accuracy;
      for (const name of Object.keys(best)) best[name]!.assign(average[name]!);
    }
  }
  optimizer.dispose();
  tf.dispose([weights, average]);
  return {oracle: buildOracle(description, best), description, weights: best, validationAccuracy};
}

/** The description completed by the accuracy on parts that played no role before. */
export function withTestAccuracy(trained: TrainedOracle, test: LabelledParts): OracleDescription {
  assertLabelled('test', test);
  const accuracy = accuracyOf(trained.oracle, test);
  const count = test.parts.length;
  return {...trained.description, test: {accuracy, ci95: wilsonInterval(accuracy, count), count}};
}

/** Share of parts that the oracle puts in their class. */
export function accuracyOf(oracle: Oracle, {parts, labels}: LabelledParts): number {
  return tf.tidy(() => {
    const size = parts[0]!.length;
    const values = new Float32Array(parts.length * size);
    parts.forEach((part, i) => {
      values.set(part, i * size);
    });
    return agreement([judge(oracle, tf.tensor(values, [parts.length, ...partShape(oracle.spec)])).labels, labels]);
  });
}

function dropoutMask(rows: number, features: number, stream: RandomStream): tf.Tensor2D {
  const mask = Float32Array.from({length: rows * features}, () => (stream.uniform() < keep ? 1 / keep : 0));
  return tf.tensor2d(mask, [rows, features]);
}

function copyOf(weights: NamedVariables): NamedVariables {
  const copies = Object.entries(weights).map(([name, variable]) => [
    name,
    tf.tidy(() => tf.variable(variable.clone(), false)),
  ]);
  return Object.fromEntries(copies);
}

function moveAverage(average: NamedVariables, weights: NamedVariables, decay: number): void {
  tf.tidy(() => {
    for (const [name, variable] of Object.entries(weights)) {
      average[name]!.assign(average[name]!.mul(decay).add(variable.mul(1 - decay)));
    }
  });
}

/** tfjs offers no setter; every step of its Adam reads this field. */
function setRate(optimizer: tf.AdamOptimizer, rate: number): void {
  (optimizer as unknown as {learningRate: number}).learningRate = rate;
}

function assertLabelled(name: string, {parts, labels}: LabelledParts): void {
  if (parts.length === 0 || parts.length !== labels.length) {
    throw new UserError(
      `Expected ${name} parts with one label each, got ${parts.length} parts and ${labels.length} labels.`,
    );
  }
}
