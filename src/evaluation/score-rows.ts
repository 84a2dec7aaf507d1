/** The scores of report.json as rows for a person: value, interval, what real data and chance score, and what it means. */
import {scoreName} from './feature-extractors';
import type {Interval} from './intervals';
import type {CoherenceGroup, EvaluationMetrics, FrechetScore} from './metrics-record';

/** A score as the terminal and the page show it. */
export interface ScoreRow {
  readonly name: string;
  readonly value: number;
  readonly ci95?: Interval;
  /** The same of real data: the ceiling, or the floor of a distance. */
  readonly real?: number;
  readonly chance?: number;
  /** What it says, in a line. */
  readonly meaning: string;
  /** The values whose mean it is, by name. */
  readonly each?: Readonly<Record<string, number>>;
  /** What stands in the place of chance: templates for a distance. Defaults to 'chance'. */
  readonly floorName?: string;
  /** Shares are drawn on a meter from 0 to 1. */
  readonly isShare: boolean;
  readonly digits: number;
}

/** Those of the scores that the metrics hold, in the order in which a person asks for them. */
export function scoreRows(metrics: EvaluationMetrics): ScoreRow[] {
  return [
    ...coherenceRows(metrics),
    ...frechetRows(metrics),
    ...classRows(metrics),
    ...ratioRows(metrics),
    ...textRows(metrics),
    ...memorizationRows(metrics),
  ];
}

function coherenceRows({jointCoherence: joint, coherence}: EvaluationMetrics): ScoreRow[] {
  const rows: ScoreRow[] = [];
  if (joint) {
    const meaning = 'all parts of a generated example show the same class';
    rows.push({name: 'joint coherence', ...joint, meaning, isShare: true, digits: 3});
  }
  const groups = [
    ['one given', coherence.oneGiven, 'a part made from one other part shows the class of that example'],
    ['two given', coherence.twoGiven, 'the same, made from two parts'],
  ] as const;
  for (const [name, group, meaning] of groups) {
    if (group) rows.push(groupRow(`coherence, ${name}`, group, meaning));
  }
  return rows;
}

function groupRow(name: string, {mean, ci95, real, chance, ...each}: CoherenceGroup, meaning: string): ScoreRow {
  return {name, value: mean, ci95, real, chance, meaning, each, isShare: true, digits: 3};
}

function frechetRows({frechet}: EvaluationMetrics): ScoreRow[] {
  return Object.entries(frechet).map(([name, score]) => ({
    name: frechetRowName(name, score),
    value: score.value,
    ci95: score.ci95,
    real: score.real,
    ...(score.templates === null ? {} : {chance: score.templates, floorName: 'templates'}),
    meaning: `lower is better${score.real > 0 ? `; ${(score.value / score.real).toFixed(1)} times that of real training data` : ''}`,
    isShare: false,
    digits: 1,
  }));
}

/** 'Fréchet distance, digit features, image': a distance without its features says nothing. */
export function frechetRowName(modality: string, {features}: Pick<FrechetScore, 'features'>): string {
  return `${scoreName('Fréchet distance', features)}, ${modality}`;
}

function classRows({classes}: EvaluationMetrics): ScoreRow[] {
  if (!classes) return [];
  return [
    {
      name: 'classes present',
      value: classes.present,
      real: classes.real?.present,
      meaning: `of ${classes.of}`,
      isShare: false,
      digits: 0,
    },
    {
      name: 'entropy of classes, bits',
      value: classes.entropyBits,
      real: classes.real?.entropyBits,
      meaning: `${Math.log2(classes.of).toFixed(2)} when all are equally frequent`,
      isShare: false,
      digits: 2,
    },
  ];
}

function ratioRows({sharpness, diversity, intervals, frechet}: EvaluationMetrics): ScoreRow[] {
  const row = (name: string, value: number, ci95: Interval | undefined, meaning: string): ScoreRow => ({
    name,
    value,
    ci95,
    real: 1,
    meaning,
    isShare: false,
    digits: 2,
  });
  const sharp = 'difference of neighbouring values, against real: less is blurred, more is noisy';
  const varied = 'spread within a class, against real: 0 would be one template a class';
  return [
    ...Object.entries(sharpness).map(([name, value]) =>
      row(`sharpness, ${name}`, value, intervals.sharpness[name], sharp),
    ),
    ...Object.entries(diversity).map(([name, value]) =>
      row(inFeatures('diversity', name, frechet[name]), value, intervals.diversity[name], varied),
    ),
  ];
}

/** 'diversity, digit features, image', for scores that are measured in the features of the Fréchet distance. */
export function inFeatures(
  score: string,
  modality: string,
  measured: Pick<FrechetScore, 'features'> | undefined,
): string {
  return [score, ...(measured ? [measured.features] : []), modality].join(', ');
}

function textRows({text}: EvaluationMetrics): ScoreRow[] {
  return Object.entries(text).map(([name, score]) => ({
    name: `sentences of the language, ${name}`,
    value: score.inTraining,
    ci95: score.ci95,
    real: score.inTrainingReal,
    meaning: `word for word among the training sentences; ${score.distinct} different ones (real: ${score.distinctReal})`,
    isShare: true,
    digits: 3,
  }));
}

/** Without those that have no ratio: a model of which every training part is held out too. */
function memorizationRows({memorization}: EvaluationMetrics): ScoreRow[] {
  return Object.entries(memorization).flatMap(([name, {ratio}]) =>
    ratio === null
      ? []
      : {
          name: `distance to nearest training part, ${name}`,
          value: ratio,
          real: 1,
          meaning: 'against held-out real parts: 0 would be copies',
          isShare: false,
          digits: 2,
        },
  );
}
