/** The one way in which scores come about, whoever made the examples: a model of ours, or files of another program. */
import {unknownChoice} from '../core/checks';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import type {tf} from '../core/tensorflow';
import type {Example, Modalities, SplitName} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {decodeParts, FeatureCache} from '../features/batch';
import {classSpread} from './classes';
import {crossModalScores, jointCoherence, type LabelsByModality} from './coherence';
import {distributionScores} from './distribution-scores';
import {drawnRows} from './drawn-rows';
import type {FeatureExtractor} from './feature-extractors';
import type {Maker} from './maker';
import {type Memorization, memorization} from './memorization';
import type {EvaluationMetrics, TextScore} from './metrics-record';
import {judge, type Oracles, whyOracleDoesNotFit} from './oracles';
import {distinctParts, partsOf, type RealRows, realRows, rowNumbers} from './real-rows';
import {retrievalScores} from './retrieval-scores';
import {inScope} from './scope';
import {neighbourDifferences, sharpnessScore} from './sharpness';
import {textScores} from './text-scores';

export interface ScoringOptions {
  /** Real rows to compare with and to complete. */
  readonly split: SplitName;
  readonly seed: number;
  /** The most rows of the split and of the training split to use, drawn by the seed. */
  readonly count: number;
  /**
   * What distances, diversity and overlap are measured in, by modality, in the place of the classifiers' features: a network of
   * your own, say (`modelFeatures`). A modality without a classifier then has a Fréchet distance too.
   */
  readonly extractors?: Readonly<Record<string, FeatureExtractor>>;
  /** Folder in which those features of real data are kept between evaluations; null for none. Defaults to the user's cache. */
  readonly featureFolder?: string | null;
}

/**
 * Every score of what `maker` makes, each beside that of real data. Yields what it is going to do; the caller's scope holds the
 * tensors.
 *
 * Classes are read by the oracles, so a modality without one that fits gets no class scores and is listed under `unavailable`.
 * Real parts stand for perfect samples: as many parts of the training split against the same rows of the split. What the maker
 * does not make, and what takes a part that it does not have (an encoder, for retrieval), is left out.
 */
export function* scoresOf(
  maker: Maker,
  dataset: Dataset,
  oracles: Oracles,
  {split, seed, count, extractors = {}, featureFolder}: ScoringOptions,
): Generator<string, EvaluationMetrics> {
  const {modalities} = maker;
  for (const name of Object.keys(extractors)) {
    if (!(name in modalities)) throw unknownChoice('modality of an extractor', name, Object.keys(modalities));
  }
  const {fitting, unavailable} = sortOracles(modalities, dataset.classNames, oracles);
  const numClasses = dataset.classNames.length;
  yield 'reading real data';
  const cache = new FeatureCache(modalities);
  const drawn = (from: SplitName): RealRows =>
    realRows(drawnRows(dataset, from, count, seed, modalities).examples, modalities, fitting, cache);
  const real = drawn(split);
  yield 'generating';
  const generated = maker.generate() ?? {};
  const made = recordOf(
    Object.keys(modalities).filter(name => name in generated),
    name => modalities[name]!,
  );
  const judged = recordOf(
    Object.keys(fitting).filter(name => name in made),
    name => judge(fitting[name]!, generated[name]!),
  );
  const labels = mapRecord(judged, judgement => judgement.labels);

  const completed: ReturnType<typeof crossModalScores>[] = [];
  const rows = {...real, canComplete: maker.canComplete};
  for (let given = 1; given === 1 || given < Object.keys(modalities).length; given++) {
    yield given === 1 ? 'completing from one modality' : `completing from ${given === 2 ? 'two' : given} modalities`;
    completed.push(crossModalScores((of, at) => maker.complete(of, at, real), rows, fitting, numClasses, given));
  }

  yield 'comparing distributions';
  const stream = new RandomStream(seed, 'evaluation/intervals');
  const {realism, distances} =
    Object.keys(made).length === 0
      ? {realism: {}, distances: {}}
      : distributionScores(
          {real, reference: drawn('train'), generated, judged, fitting, modalities: made},
          extractors,
          featureFolder,
          stream,
        );
  const spatial = Object.keys(made).filter(name => made[name]!.kind !== 'text' && shown(real, name) > 0);
  const sharpness = recordOf(spatial, name => {
    const differences = (parts: tf.Tensor) => neighbourDifferences(parts as tf.Tensor4D);
    return sharpnessScore(differences(partsOf(real, name)), differences(generated[name]!), stream);
  });
  const diversity = Object.entries(realism).flatMap(([name, scores]) =>
    scores.diversity ? [[name, scores.diversity] as const] : [],
  );
  yield 'looking for copies of training examples';
  const training = dataset.rows('train');
  return {
    split,
    seed,
    generated: Object.values(generated)[0]?.shape[0] ?? 0,
    rows: real.size,
    jointCoherence: jointScore(labels, real, numClasses),
    coherence: {
      oneGiven: completed[0]?.group ?? null,
      twoGiven: completed[1]?.group ?? null,
      directions: Object.assign({}, ...completed.map(({directions}) => directions)),
    },
    frechet: distances,
    classes: classesOf(labels, real.judgements, numClasses),
    sharpness: mapRecord(sharpness, score => score.value),
    diversity: Object.fromEntries(diversity.map(([name, {value}]) => [name, value])),
    intervals: {
      sharpness: mapRecord(sharpness, score => score.ci95),
      diversity: Object.fromEntries(diversity.map(([name, {ci95}]) => [name, ci95])),
    },
    overlap: mapRecord(realism, scores => scores.overlap),
    memorization: copiesOf(spatial, training, real, generated, modalities, cache),
    retrieval: maker.encode ? retrievalScores({encode: maker.encode}, real) : {},
    text: textOf(training, real, generated, made),
    unavailable,
  };
}

/** The oracles that can judge these modalities, and for the others the reason. */
export function sortOracles(
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
  const ofReal = mapRecord(labels, (_, name) => whole.map(row => real.judged[name]![row]!));
  return jointCoherence(labels, ofReal, numClasses);
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
  made: Modalities,
): Record<string, TextScore> {
  const names = Object.keys(made).filter(name => made[name]!.kind === 'text' && shown(real, name) > 0);
  const sentences = (parts: tf.Tensor, name: string): string[] =>
    decodeParts({[name]: parts}, {[name]: made[name]!}).map(record => String(record[name]));
  return recordOf(names, name =>
    textScores(
      sentences(generated[name]!, name),
      sentences(partsOf(real, name), name),
      training.map(({parts}) => parts[name]).filter(part => typeof part === 'string'),
    ),
  );
}

function shown(real: RealRows, name: string): number {
  return real.rowsWith[name]?.length ?? 0;
}

function recordOf<V>(names: readonly string[], value: (name: string) => V): Record<string, V> {
  return Object.fromEntries(names.map(name => [name, value(name)]));
}
