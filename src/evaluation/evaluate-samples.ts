/** Scores examples that any program has made, with the metrics and beside the real rows that a model of ours is scored with. */
import {assertPositiveInteger} from '../core/checks';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import type {tf} from '../core/tensorflow';
import type {Modalities, SplitName} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {decodeParts, FeatureCache} from '../features/batch';
import {chanceAgreement, classSpread, meanOf} from './classes';
import {jointCoherence} from './coherence';
import {type EvaluationDetails, evaluationDetails} from './details';
import {distributionScores} from './distribution-scores';
import {drawnRows} from './drawn-rows';
import {type Inspection, inspect} from './inspection';
import {wilsonInterval} from './intervals';
import {memorization} from './memorization';
import type {CoherenceGroup, Direction, EvaluationMetrics, Score} from './metrics-record';
import {judge, type Oracles, whyOracleDoesNotFit} from './oracles';
import {distinctParts, partsOf, type RealRows, realRows, rowNumbers} from './real-rows';
import {assertRowsOfSplit, assertSampleSet, type SampleSet, sampledModalities, samplesAsMaker} from './sample-set';
import {inScope} from './scope';
import {neighbourDifferences, sharpnessScore} from './sharpness';
import {textScores} from './text-scores';

export interface EvaluateSamplesOptions {
  /** Defaults to 'test'. */
  readonly split?: SplitName;
  readonly seed: number;
  /** The most samples, and the most real rows, to use. Defaults to 2000. */
  readonly count?: number;
}

/** How often a part shows the class that it was asked to be of. */
export type AskedScores = Readonly<Record<string, Score>>;

export interface SampleEvaluation {
  readonly metrics: EvaluationMetrics;
  /** Null without labels. */
  readonly asked: AskedScores | null;
  readonly details: EvaluationDetails;
  readonly inspection: Inspection;
}

/**
 * The scores of evaluateModel, from arrays: samples of a model of ours, written out and read again, score the same. What takes a
 * model (retrieval in its codes, its discriminator) is left out; modalities without samples too; completions are scored where there
 * are any.
 *
 * @throws UserError for samples that cannot be judged (`assertSampleSet`, `assertRowsOfSplit`).
 */
export function evaluateSamples(
  set: SampleSet,
  dataset: Dataset,
  oracles: Oracles,
  options: EvaluateSamplesOptions,
): SampleEvaluation {
  const {split = 'test', seed} = options;
  assertPositiveInteger('count', options.count ?? 2000);
  assertSampleSet(set, dataset.modalities, dataset.classNames.length);
  assertRowsOfSplit(
    set,
    split,
    dataset.rows(split).map(({label}) => label ?? -1),
  );
  const made = set.generated ? Object.values(set.generated)[0]!.shape[0]! : Number.POSITIVE_INFINITY;
  const count = Math.min(options.count ?? 2000, made);
  return inScope(() => {
    const drawn = drawnRows(dataset, split, count, seed, sampledModalities(set, dataset.modalities));
    const maker = samplesAsMaker(set, dataset.modalities, drawn, count);
    const inspection = inspect(maker, dataset, oracles, {split, seed, count});
    const {modalities} = maker;
    const unavailable = reasons(modalities, dataset.classNames, oracles);
    const fitting = Object.fromEntries(
      Object.entries(oracles).filter(([name]) => name in modalities && !(name in unavailable)),
    );
    const cache = new FeatureCache(modalities);
    const real = realRows(drawn.examples, modalities, fitting, cache);
    const generated = maker.generate() ?? {};
    const shownModalities = Object.fromEntries(Object.entries(modalities).filter(([name]) => name in generated));
    const stream = new RandomStream(seed, 'evaluation/intervals');
    const {realism, distances} = set.generated
      ? distributionScores(
          {
            real,
            reference: realRows(
              drawnRows(dataset, 'train', count, seed, modalities).examples,
              modalities,
              fitting,
              cache,
            ),
            generated,
            judged: Object.fromEntries(
              Object.entries(fitting).flatMap(([name, oracle]) =>
                generated[name] ? [[name, judge(oracle, generated[name])]] : [],
              ),
            ),
            fitting,
            modalities: shownModalities,
          },
          {},
          null,
          stream,
        )
      : {realism: {}, distances: {}};
    const spatial = Object.keys(shownModalities).filter(
      name => modalities[name]!.kind !== 'text' && real.rowsWith[name]!.length > 0,
    );
    const sharpness = Object.fromEntries(
      spatial.map(name => {
        const differences = (parts: tf.Tensor) => neighbourDifferences(parts as tf.Tensor4D);
        return [name, sharpnessScore(differences(partsOf(real, name)), differences(generated[name]!), stream)];
      }),
    );
    const directions = directionScores(inspection, real, oracles);
    const metrics: EvaluationMetrics = {
      split,
      seed,
      generated: set.generated ? count : 0,
      rows: real.size,
      jointCoherence: jointScore(inspection, real),
      coherence: {
        oneGiven: groupOf(inspection, directions, 1),
        twoGiven: groupOf(inspection, directions, 2),
        directions,
      },
      frechet: distances,
      classes: classesOf(inspection),
      sharpness: mapRecord(sharpness, score => score.value),
      diversity: mapRecord(realism, scores => scores.diversity.value),
      intervals: {
        sharpness: mapRecord(sharpness, score => score.ci95),
        diversity: mapRecord(realism, scores => scores.diversity.ci95),
      },
      overlap: mapRecord(realism, scores => scores.overlap),
      memorization: copiesOf(spatial, dataset, real, generated, modalities, cache),
      retrieval: {},
      text: textOf(dataset, real, generated, shownModalities),
      unavailable,
    };
    const asked = set.labels ? askedScores(inspection, set.labels.values.subarray(0, count)) : null;
    return {metrics, asked, inspection, details: evaluationDetails(inspection, dataset.source)};
  });
}

function reasons(modalities: Modalities, classNames: readonly string[], oracles: Oracles): Record<string, string> {
  const entries = Object.entries(modalities).map(([name, spec]) => {
    const oracle = oracles[name];
    return [name, oracle ? whyOracleDoesNotFit(oracle, spec, classNames) : 'there is no classifier for it'] as const;
  });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Labels that the classifiers give to generated parts. */
function shownLabels({generated}: Inspection): Record<string, Int32Array> {
  return Object.fromEntries(
    Object.entries(generated ?? {}).flatMap(([name, {judgement}]) => (judgement ? [[name, judgement.labels]] : [])),
  );
}

function jointScore(inspection: Inspection, real: RealRows): EvaluationMetrics['jointCoherence'] {
  const labels = shownLabels(inspection);
  const names = Object.keys(labels);
  const whole = rowNumbers(real.size).filter(row => names.every(name => real.shows(name, row)));
  if (names.length < 2 || whole.length === 0) return null;
  const ofReal = mapRecord(labels, (_, name) => whole.map(row => real.judged[name]![row]!));
  return jointCoherence(labels, ofReal, inspection.classNames.length);
}

/** As crossModalScores, of what was completed beforehand. */
function directionScores(inspection: Inspection, real: RealRows, oracles: Oracles): Record<Direction, Score> {
  const scores: Record<Direction, Score> = {};
  for (const {given, rows, made} of inspection.completions) {
    const truth = Array.from(rows, row => real.labels[row]!);
    for (const [target, {judgement}] of Object.entries(made)) {
      if (!judgement) continue;
      const value = meanOf(truth.map((label, i) => (judgement.labels[i] === label ? 1 : 0)));
      const seen = Array.from(rows).filter(row => real.shows(target, row));
      const recognised = seen.map(row => (real.judged[target]![row] === real.labels[row] ? 1 : 0));
      scores[`${given.join('+')}→${target}`] = {
        value,
        ci95: wilsonInterval(value, real.numDistinct(given, rows)),
        real: seen.length > 0 ? meanOf(recognised) : (oracles[target]!.test?.accuracy ?? 1),
        chance: chanceAgreement([truth, judgement.labels], inspection.classNames.length),
      };
    }
  }
  return scores;
}

function groupOf(
  {completions, examples}: Inspection,
  directions: Readonly<Record<Direction, Score>>,
  numGiven: number,
): CoherenceGroup | null {
  const chosen = Object.entries(directions).filter(([name]) => name.split('→')[0]!.split('+').length === numGiven);
  if (chosen.length === 0) return null;
  const over = (key: 'value' | 'real' | 'chance'): number => meanOf(chosen.map(([, score]) => score[key]));
  const numParts = Math.min(
    ...completions
      .filter(({given}) => given.length === numGiven)
      .flatMap(({given, rows}) => given.map(name => new Set(Array.from(rows, row => examples[row]!.parts[name])).size)),
  );
  const mean = Math.min(1, over('value'));
  const values = Object.fromEntries(chosen.map(([name, score]) => [name, score.value]));
  return {mean, ci95: wilsonInterval(mean, numParts), real: over('real'), chance: over('chance'), ...values};
}

function classesOf(inspection: Inspection): EvaluationMetrics['classes'] {
  const numClasses = inspection.classNames.length;
  const each = mapRecord(shownLabels(inspection), labels => classSpread(labels, numClasses));
  const [least] = Object.entries(each).sort(([, a], [, b]) => a.present - b.present || a.entropyBits - b.entropyBits);
  if (!least) return null;
  const real = Array.from(inspection.judgedReal[least[0]] ?? []).filter(label => label >= 0);
  return {...least[1], of: numClasses, real: real.length > 0 ? classSpread(real, numClasses) : null, each};
}

function askedScores(inspection: Inspection, labels: Int32Array): AskedScores {
  const numClasses = inspection.classNames.length;
  return mapRecord(shownLabels(inspection), (shown, name): Score => {
    const value = meanOf(Array.from(labels, (label, i) => (shown[i] === label ? 1 : 0)));
    const recognised = Array.from(inspection.judgedReal[name] ?? []).flatMap((label, row) =>
      label >= 0 && inspection.labels[row]! >= 0 ? [label === inspection.labels[row] ? 1 : 0] : [],
    );
    return {
      value,
      ci95: wilsonInterval(value, labels.length),
      real: recognised.length > 0 ? meanOf(recognised) : 1,
      chance: chanceAgreement([labels, shown], numClasses),
    };
  });
}

function copiesOf(
  names: readonly string[],
  dataset: Dataset,
  real: RealRows,
  generated: Readonly<Record<string, tf.Tensor>>,
  modalities: Modalities,
  cache: FeatureCache,
): EvaluationMetrics['memorization'] {
  return Object.fromEntries(
    names.flatMap(name =>
      inScope(() => {
        const known = distinctParts(dataset.rows('train'), name, modalities, cache);
        return known ? [[name, memorization(known, partsOf(real, name), generated[name]!)] as const] : [];
      }),
    ),
  );
}

function textOf(
  dataset: Dataset,
  real: RealRows,
  generated: Readonly<Record<string, tf.Tensor>>,
  modalities: Modalities,
): EvaluationMetrics['text'] {
  const names = Object.keys(modalities).filter(
    name => modalities[name]!.kind === 'text' && real.rowsWith[name]!.length > 0,
  );
  const sentences = (parts: tf.Tensor, name: string): string[] =>
    decodeParts({[name]: parts}, {[name]: modalities[name]!}).map(record => String(record[name]));
  const training = dataset.rows('train').map(({parts}) => parts);
  return Object.fromEntries(
    names.map(name => [
      name,
      textScores(
        sentences(generated[name]!, name),
        sentences(partsOf(real, name), name),
        training.map(parts => parts[name]).filter(part => typeof part === 'string'),
      ),
    ]),
  );
}
