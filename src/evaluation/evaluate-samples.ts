/** Scores examples that any program has made, with the metrics and beside the real rows that a model of ours is scored with. */
import {assertPositiveInteger} from '../core/checks';
import {mapRecord} from '../core/records';
import type {Dataset} from '../datasets/dataset';
import {chanceAgreement, meanOf} from './classes';
import {type EvaluationDetails, evaluationDetails} from './details';
import {drawnRows} from './drawn-rows';
import type {EvaluateOptions} from './evaluate';
import {type Inspection, inspect} from './inspection';
import {wilsonInterval} from './intervals';
import type {EvaluationMetrics, Score} from './metrics-record';
import type {Oracles} from './oracles';
import {assertRowsOfSplit, assertSampleSet, type SampleSet, sampledModalities, samplesAsMaker} from './sample-set';
import {inScope} from './scope';
import {scoresOf} from './scores-of';

/** As for a model; `count` is the most samples, and the most real rows, to use. */
export type EvaluateSamplesOptions = EvaluateOptions;

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
  {split = 'test', seed, count: most = 2000, extractors, featureFolder, onStage}: EvaluateSamplesOptions,
): SampleEvaluation {
  assertPositiveInteger('count', most);
  assertSampleSet(set, dataset.modalities, dataset.classNames.length);
  const truth = dataset.rows(split).map(({label}) => label ?? -1);
  assertRowsOfSplit(set, split, truth);
  const made = set.generated ? Object.values(set.generated)[0]!.shape[0]! : Number.POSITIVE_INFINITY;
  const count = Math.min(most, made);
  return inScope(() => {
    const modalities = sampledModalities(set, dataset.modalities);
    const maker = samplesAsMaker(set, modalities, drawnRows(dataset, split, count, seed, modalities), count);
    const stages = scoresOf(maker, dataset, oracles, {split, seed, count, extractors, featureFolder});
    let stage = stages.next();
    for (; !stage.done; stage = stages.next()) onStage?.(stage.value);
    onStage?.('looking at single examples');
    const inspection = inspect(maker, dataset, oracles, {split, seed, count});
    return {
      metrics: stage.value,
      asked: set.labels ? askedScores(inspection, set.labels.values.subarray(0, count)) : null,
      inspection,
      details: evaluationDetails(inspection, dataset.source),
    };
  });
}

function askedScores(inspection: Inspection, labels: Int32Array): AskedScores {
  const numClasses = inspection.classNames.length;
  const judged = Object.entries(inspection.generated ?? {}).flatMap(([name, {judgement}]) =>
    judgement ? [[name, judgement.labels] as const] : [],
  );
  return mapRecord(Object.fromEntries(judged), (shown, name): Score => {
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
