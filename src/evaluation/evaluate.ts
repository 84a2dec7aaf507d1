/** Scores a model: what it draws from the prior and how it completes the rows of a split, beside real data and chance. */
import {assertPositiveInteger, UserError, unknownChoice} from '../core/checks';
import {interruptSignal, nextTurn} from '../core/interruption';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import type {Example, Modalities, SplitName} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {decodeParts, FeatureCache} from '../features/batch';
import {classSpread} from './classes';
import {type Completer, crossModalScores, jointCoherence, type LabelsByModality} from './coherence';
import {distributionScores} from './distribution-scores';
import type {FeatureExtractor} from './feature-extractors';
import {type Memorization, memorization} from './memorization';
import type {EvaluationMetrics, TextScore} from './metrics-record';
import {judge, type Oracles, whyOracleDoesNotFit} from './oracles';
import {distinctParts, gatherRows, partsOf, type RealRows, realRows, rowNumbers} from './real-rows';
import {retrievalScores} from './retrieval-scores';
import {inScope} from './scope';
import {neighbourDifferences, sharpnessScore} from './sharpness';
import {textScores} from './text-scores';

/** What evaluation asks of a model; MultimodalGan is one. */
export interface GenerativeModel {
  readonly config: {readonly modalities: Modalities};
  generate(count: number, options: {seed: number}): Record<string, tf.Tensor>;
  complete(partial: {parts: Record<string, tf.Tensor>}, options: {seed: number}): Record<string, tf.Tensor>;
  encode(partial: {parts: Record<string, tf.Tensor>}): tf.Tensor2D;
}

export interface EvaluateOptions {
  /** Real rows to compare with and to complete. Defaults to 'test'. */
  readonly split?: SplitName;
  /** Same model, data, seed and backend: same scores. */
  readonly seed: number;
  /** Examples to generate, and the most rows of the split and of the training split to use, drawn by the seed. Defaults to 2000. */
  readonly count?: number;
  /**
   * What distances, diversity and overlap are measured in, by modality, in the place of the classifiers' features: a network of
   * your own, say (`modelFeatures`). A modality without a classifier then has a Fréchet distance too.
   */
  readonly extractors?: Readonly<Record<string, FeatureExtractor>>;
  /** Folder in which those features of real data are kept between evaluations; null for none. Defaults to the user's cache. */
  readonly featureFolder?: string | null;
  /** Called when a part of the work begins, for example 'completing from one modality'. */
  readonly onStage?: (stage: string) => void;
}

/**
 * Every score of a model, each beside that of real data.
 *
 * Classes are read by the oracles, so a modality without one that fits gets no class scores and is listed under `unavailable`.
 * Real parts stand for perfect samples: as many parts of the training split against the same rows of the split.
 */
export function evaluateModel(
  model: GenerativeModel,
  dataset: Dataset,
  oracles: Oracles,
  options: EvaluateOptions,
): EvaluationMetrics {
  return inScope(() => {
    const stages = evaluateInStages(model, dataset, oracles, options);
    for (;;) {
      const {done, value} = stages.next();
      if (done) return value;
      options.onStage?.(value);
    }
  });
}

/**
 * evaluateModel that lets timers and signals have their turn between its stages. Null when it was aborted; in a notebook the
 * signal defaults to that of the running cell.
 */
export async function evaluateInterruptibly(
  model: GenerativeModel,
  dataset: Dataset,
  oracles: Oracles,
  {signal = interruptSignal(), ...options}: EvaluateOptions & {readonly signal?: AbortSignal},
): Promise<EvaluationMetrics | null> {
  // A scope by hand, because tf.tidy does not wait. Nothing else may make tensors meanwhile.
  const engine = tf.engine();
  engine.startScope('evaluation');
  try {
    const stages = evaluateInStages(model, dataset, oracles, options);
    for (;;) {
      const {done, value} = stages.next();
      if (done) return value;
      options.onStage?.(value);
      await nextTurn();
      if (signal?.aborted) return null;
    }
  } finally {
    engine.endScope();
  }
}

/** Yields what it is going to do. The caller's scope holds the tensors. */
function* evaluateInStages(
  model: GenerativeModel,
  dataset: Dataset,
  oracles: Oracles,
  options: EvaluateOptions,
): Generator<string, EvaluationMetrics> {
  const {split = 'test', seed, count = 2000, extractors = {}} = options;
  assertPositiveInteger('count', count);
  const {modalities} = model.config;
  for (const name of Object.keys(extractors)) {
    if (!(name in modalities)) throw unknownChoice('modality of an extractor', name, Object.keys(modalities));
  }
  const {fitting, unavailable} = sortOracles(modalities, dataset.classNames, oracles);
  const numClasses = dataset.classNames.length;
  yield 'reading real data';
  const cache = new FeatureCache(modalities);
  const real = realRows(drawRows(dataset, split, count, seed), modalities, fitting, cache);
  const reference = realRows(drawRows(dataset, 'train', count, seed), modalities, fitting, cache);
  yield 'generating';
  const generated = model.generate(count, {seed});
  const judged = mapRecord(fitting, (oracle, name) => judge(oracle, generated[name]!));
  const labels = mapRecord(judged, judgement => judgement.labels);

  yield 'completing from one modality';
  const complete: Completer = (given, rows) => model.complete({parts: pick(real, given, rows)}, {seed});
  const one = crossModalScores(complete, real, fitting, numClasses, 1);
  yield 'completing from two modalities';
  const two = crossModalScores(complete, real, fitting, numClasses, 2);
  const more: EvaluationMetrics['coherence']['directions'][] = [];
  for (let given = 3; given < Object.keys(modalities).length; given++) {
    yield `completing from ${given} modalities`;
    more.push(crossModalScores(complete, real, fitting, numClasses, given).directions);
  }

  yield 'comparing distributions';
  const stream = new RandomStream(seed, 'evaluation/intervals');
  const compared = {real, reference, generated, judged, fitting, modalities};
  const {realism, distances} = distributionScores(compared, extractors, options.featureFolder, stream);
  const spatial = Object.keys(modalities).filter(name => modalities[name]!.kind !== 'text' && shown(real, name) > 0);
  const sharpness = recordOf(spatial, name =>
    sharpnessScore(
      neighbourDifferences(partsOf(real, name) as tf.Tensor4D),
      neighbourDifferences(generated[name] as tf.Tensor4D),
      stream,
    ),
  );
  yield 'looking for copies of training examples';
  const training = dataset.rows('train');
  return {
    split,
    seed,
    generated: count,
    rows: real.size,
    jointCoherence: jointScore(labels, real, numClasses),
    coherence: {
      oneGiven: one.group,
      twoGiven: two.group,
      directions: Object.assign({}, one.directions, two.directions, ...more),
    },
    frechet: distances,
    classes: classesOf(labels, real.judgements, numClasses),
    sharpness: mapRecord(sharpness, score => score.value),
    diversity: mapRecord(realism, scores => scores.diversity.value),
    intervals: {
      sharpness: mapRecord(sharpness, score => score.ci95),
      diversity: mapRecord(realism, scores => scores.diversity.ci95),
    },
    overlap: mapRecord(realism, scores => scores.overlap),
    memorization: copiesOf(spatial, training, real, generated, modalities, cache),
    retrieval: retrievalScores(model, real),
    text: textOf(training, real, generated, modalities),
    unavailable,
  };
}

/** `count` rows of a split in an order drawn by the seed, so that a part of them is not one class; all of them when they are fewer. */
function drawRows(dataset: Dataset, split: SplitName, count: number, seed: number): Example[] {
  const rows = new RandomStream(seed, `evaluation/rows/${split}`).shuffle([...dataset.rows(split)]);
  if (rows.length < 2)
    throw new UserError(`Expected at least 2 ${split} examples of ${dataset.name}, got ${rows.length}.`);
  return rows.slice(0, count);
}

/** The oracles that can judge these modalities, and for the others the reason. */
function sortOracles(
  modalities: Modalities,
  classNames: readonly string[],
  oracles: Oracles,
): {fitting: Oracles; unavailable: Record<string, string>} {
  const unavailable: Record<string, string> = {};
  for (const [name, spec] of Object.entries(modalities)) {
    const oracle = oracles[name];
    const reason = oracle ? whyOracleDoesNotFit(oracle, spec, classNames) : 'there is no classifier for it';
    if (reason) unavailable[name] = reason;
  }
  const names = Object.keys(modalities).filter(name => !(name in unavailable));
  return {fitting: recordOf(names, name => oracles[name]!), unavailable};
}

/** Null with fewer than two judged modalities, or when no real row shows them all. */
function jointScore(labels: LabelsByModality, real: RealRows, numClasses: number): EvaluationMetrics['jointCoherence'] {
  const names = Object.keys(labels);
  const whole = rowNumbers(real.size).filter(row => names.every(name => real.shows(name, row)));
  if (names.length < 2 || whole.length === 0) return null;
  return jointCoherence(
    labels,
    mapRecord(labels, (_, name) => whole.map(row => real.judged[name]![row]!)),
    numClasses,
  );
}

function classesOf(
  labels: LabelsByModality,
  real: RealRows['judgements'],
  numClasses: number,
): EvaluationMetrics['classes'] {
  const each = mapRecord(labels, list => classSpread(list, numClasses));
  const [least] = Object.entries(each).sort(([, a], [, b]) => a.present - b.present || a.entropyBits - b.entropyBits);
  if (!least) return null;
  const realLabels = real[least[0]]?.judgement.labels;
  return {...least[1], of: numClasses, real: realLabels ? classSpread(realLabels, numClasses) : null, each};
}

/** On pixels and bands of pictures and sounds; a modality without training or held-out parts is left out. */
function copiesOf(
  names: readonly string[],
  training: readonly Example[],
  real: RealRows,
  generated: Readonly<Record<string, tf.Tensor>>,
  modalities: Modalities,
  cache: FeatureCache,
): Record<string, Memorization> {
  const scores: Record<string, Memorization> = {};
  for (const name of names) {
    inScope(() => {
      const known = distinctParts(training, name, modalities, cache);
      if (known) scores[name] = memorization(known, partsOf(real, name), generated[name]!);
    });
  }
  return scores;
}

function textOf(
  training: readonly Example[],
  real: RealRows,
  generated: Readonly<Record<string, tf.Tensor>>,
  modalities: Modalities,
): Record<string, TextScore> {
  const names = Object.keys(modalities).filter(name => modalities[name]!.kind === 'text' && shown(real, name) > 0);
  const own = recordOf(names, name => modalities[name]!);
  const sentences = (tensors: Readonly<Record<string, tf.Tensor>>, name: string): string[] =>
    decodeParts({[name]: tensors[name]!}, {[name]: own[name]!}).map(parts => String(parts[name]));
  return recordOf(names, name =>
    textScores(
      sentences(generated, name),
      sentences({[name]: partsOf(real, name)}, name),
      training.map(({parts}) => parts[name]).filter(part => typeof part === 'string'),
    ),
  );
}

function pick(real: RealRows, names: readonly string[], rows: ArrayLike<number>): Record<string, tf.Tensor> {
  return recordOf(names, name => gatherRows(real.parts[name]!, rows));
}

function shown(real: RealRows, name: string): number {
  return real.rowsWith[name]?.length ?? 0;
}

function recordOf<V>(names: readonly string[], value: (name: string) => V): Record<string, V> {
  return Object.fromEntries(names.map(name => [name, value(name)]));
}
