/** The joint model of picture and text for a task: a network for each, a fusion layer, one answer for each question. */

import {RandomStream} from '../../core/random';
import {mapRecord} from '../../core/records';
import {tf} from '../../core/tensorflow';
import type {ModalitySpec} from '../../core/types';
import {partShape} from '../../core/types';
import {buildFusion, type FusionName} from '../../fusion/fusion';
import {crossEntropyLoss} from '../../losses/cross-entropy';
import {dense} from '../../networks/layers/dense';
import {unitLength} from '../../networks/layers/unit-length';
import {Parameters} from '../../networks/parameters';
import {buildTrunk} from '../../networks/trunk';
import {Adam} from '../../training/optimizers/adam';
import {drawSubsets} from '../../training/random-subsets';
import {BatchOrder, stackRows} from '../picture-texts';
import {playEpochs, playerStep} from '../play';
import type {Question} from './questions';

/** Encoded rows of both parts, as many of one as of the other. */
export interface JointRows {
  readonly image: readonly Float32Array[];
  readonly text: readonly Float32Array[];
}

export interface JointModelOptions {
  readonly specs: Readonly<Record<keyof JointRows, ModalitySpec>>;
  readonly fusion: FusionName;
  readonly questions: readonly Question[];
  readonly seed: number;
}

export interface JointTraining {
  /** 0 leaves the model as it starts. */
  readonly steps: number;
  /** Half of the examples show one part only, drawn anew each time. */
  readonly withMissing: boolean;
  readonly signal?: AbortSignal;
}

/** Which parts the model is shown. */
export type Shown = readonly (keyof JointRows)[];

export interface JointModel {
  /** The fused code of each row, [N, D]. */
  codes(rows: JointRows, shown: Shown): {data: Float32Array; shape: [number, number]};
  /** The likeliest answer to each question, by its name. */
  answers(rows: JointRows, shown: Shown): Readonly<Record<string, Int32Array>>;
  dispose(): void;
}

const sizes = {codeDim: 64, channels: 16, units: 64, batchSize: 64, learningRate: 1e-3};

/** What is in the model: parts and which of them are shown, in the order of the specs, become a code [N, D], and that an answer to each question. */
export function jointNetwork(
  parameters: Parameters,
  {
    specs,
    fusion: fusionName,
    questions,
  }: Pick<JointModelOptions, 'specs' | 'fusion'> & {questions: readonly Pick<Question, 'numAnswers'>[]},
) {
  const names = Object.keys(specs) as (keyof JointRows)[];
  const encoders = mapRecord(specs, (spec, name) => {
    const network = spec.kind === 'text' ? 'words' : 'dcgan';
    const trunk = buildTrunk(parameters, `joint/${name}`, spec, {
      channels: sizes.channels,
      hiddenUnits: sizes.units,
      network,
      role: 'encoder',
    });
    const flat = trunk.height * trunk.width * trunk.channels;
    const code = dense(parameters, `joint/${name}/code`, flat, sizes.codeDim);
    return (x: tf.Tensor) => unitLength(code(trunk.apply(x, 'stored').reshape([x.shape[0]!, flat])));
  });
  const fusion = buildFusion(fusionName, parameters, 'joint/fusion', {modalities: names, embeddingDim: sizes.codeDim});
  const heads = questions.map(({numAnswers}, i) =>
    dense(parameters, `joint/answer${i + 1}`, sizes.codeDim, numAnswers),
  );
  return {
    fuse: (parts: readonly tf.Tensor[], present: readonly tf.Tensor[]) =>
      fusion.apply({
        codes: Object.fromEntries(names.map((name, i) => [name, encoders[name](parts[i]!)])),
        present: Object.fromEntries(names.map((name, i) => [name, present[i] as tf.Tensor1D])),
      }),
    // A code is of length 1: its answers are sharpened, so that they can be sure.
    ask: (code: tf.Tensor2D) => heads.map(head => head(code.mul(8))),
  };
}

/** Trains a joint model on complete rows, on all its questions at once: L is the mean of their cross-entropies. */
export async function trainJointModel(
  rows: JointRows,
  {specs, fusion: fusionName, questions, seed}: JointModelOptions,
  {steps, withMissing, signal}: JointTraining,
): Promise<JointModel> {
  const names = Object.keys(specs) as (keyof JointRows)[];
  const parameters = new Parameters(new RandomStream(seed, 'dcgan/joint'));
  const {fuse, ask} = jointNetwork(parameters, {specs, fusion: fusionName, questions});
  const optimizer = new Adam(parameters.trainable, {beta1: 0.9, beta2: 0.999});
  const step = playerStep(parameters, optimizer, sizes.learningRate, (image, text, ofImage, ofText, ...labels) => {
    const logits = ask(fuse([image!, text!], [ofImage!, ofText!]));
    const losses = logits.map((each, i) => crossEntropyLoss(each, labels[i]!));
    return tf.addN(losses).div(losses.length) as tf.Scalar;
  });
  const order = new BatchOrder(rows.image.length, new RandomStream(seed, 'dcgan/joint/batches'));
  const chance = new RandomStream(seed, 'dcgan/joint/subsets');
  const stacked = (name: keyof JointRows, places: readonly number[]) =>
    stackRows(places.map(i => rows[name][i]!)).reshape([places.length, ...partShape(specs[name])]);
  const turn = () => {
    const places = order.next(sizes.batchSize);
    const whole = mapRecord(specs, () => new Float32Array(places.length).fill(1));
    const present = withMissing ? drawSubsets(chance, whole, 2) : whole;
    const labels = questions.map(({train}) =>
      tf.tensor1d(
        Int32Array.from(places, i => train[i]!),
        'int32',
      ),
    );
    const parts = names.map(name => stacked(name, places));
    return {joint: step(...parts, ...names.map(name => tf.tensor1d(present[name]!)), ...labels)};
  };
  try {
    await playEpochs(turn, steps > 0 ? 1 : 0, steps, {signal});
  } finally {
    step.dispose();
    optimizer.dispose();
  }
  const run = <T>(given: JointRows, shown: Shown, take: (code: tf.Tensor2D, from: number) => T): void => {
    for (let from = 0; from < given.image.length; from += 250)
      tf.tidy(() => {
        const some = names.map(name => stackRows(given[name].slice(from, from + 250)));
        const count = some[0]!.shape[0];
        const present = names.map(name => tf.fill([count], shown.includes(name) ? 1 : 0));
        const parts = some.map((x, i) => x.reshape([count, ...partShape(specs[names[i]!])]));
        take(fuse(parts, present), from);
      });
  };
  return {
    codes(given, shown) {
      const data = new Float32Array(given.image.length * sizes.codeDim);
      run(given, shown, (code, from) => data.set(code.dataSync(), from * sizes.codeDim));
      return {data, shape: [given.image.length, sizes.codeDim]};
    },
    answers(given, shown) {
      const found = questions.map(() => new Int32Array(given.image.length));
      run(given, shown, (code, from) =>
        ask(code).forEach((logits, i) => {
          found[i]!.set(logits.argMax(1).dataSync(), from);
        }),
      );
      return Object.fromEntries(questions.map(({name}, i) => [name, found[i]!]));
    },
    dispose: () => parameters.dispose(),
  };
}
