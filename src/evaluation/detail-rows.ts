/** All that a report says in numbers, as rows for a person, and in words what it could not say. */
import type {EvaluationDetails} from './details';
import type {AskedScores} from './evaluate-samples';
import type {EvaluationMetrics} from './metrics-record';
import {inFeatures, type ScoreRow, scoreRows} from './score-rows';

/** What was scored; details and asked classes where there are any. */
export interface ScoredRun {
  readonly metrics: EvaluationMetrics;
  readonly details?: EvaluationDetails | null;
  readonly asked?: AskedScores | null;
}

/** Every score, in the order in which a person asks for them. Rows without a number are left out: `silentGaps` names them. */
export function allScoreRows(run: ScoredRun): ScoreRow[] {
  const own = scoreRows(run.metrics);
  const known = new Set(own.map(row => row.name));
  const more = [...askedRows(run), ...overlapRows(run), ...retrievalRows(run), ...rankingRows(run)];
  return [...own, ...more.filter(row => !known.has(row.name))].filter(row => Number.isFinite(row.value));
}

function askedRows({asked}: ScoredRun): ScoreRow[] {
  return Object.entries(asked ?? {}).map(([name, score]) => ({
    name: `shows what it was asked for, ${name}`,
    ...score,
    meaning: 'the classifier sees the class that stands in labels.npy',
    isShare: true,
    digits: 3,
  }));
}

function overlapRows({metrics: {overlap, frechet}}: ScoredRun): ScoreRow[] {
  const kinds = [
    ['precision', 'generated parts among real ones', true],
    ['recall', 'real parts among generated ones', true],
    ['density', 'as precision, counted by neighbours; above 1 where generated parts crowd together', false],
    ['coverage', 'real parts that have a generated one near', true],
  ] as const;
  return Object.entries(overlap).flatMap(([name, score]) =>
    score
      ? kinds.map(([kind, meaning, isShare]) => ({
          name: inFeatures(kind, name, frechet[name]),
          value: score[kind],
          real: score.real[kind],
          meaning,
          isShare,
          digits: 3,
        }))
      : [],
  );
}

function retrievalRows({metrics, details}: ScoredRun): ScoreRow[] {
  return Object.entries(metrics.retrieval).map(([direction, score]) => {
    const more = details?.retrieval[direction];
    const ranks = more ? `; median rank ${more.medianRank}, mAP ${more.meanAveragePrecision.toFixed(3)}` : '';
    return {
      name: `retrieval ${direction}, recall@1`,
      ...score,
      meaning: `the nearest code of the other modality is of the same class${ranks}`,
      isShare: true,
      digits: 3,
    };
  });
}

function rankingRows({details}: ScoredRun): ScoreRow[] {
  return (details?.rankings ?? []).map(({name, meaning, auroc, ci95, averagePrecision}) => ({
    name: `AUROC, ${name}`,
    value: auroc,
    ci95,
    chance: 0.5,
    meaning: `${meaning}; average precision ${averagePrecision.toFixed(3)}`,
    isShare: true,
    digits: 3,
  }));
}

/** In words: what is missing from the scores and why, what weakens them, and numbers that are none. */
export function evaluationNotes(run: ScoredRun): string[] {
  const {metrics, details} = run;
  const notes: string[] = [];
  for (const [name, why] of Object.entries(metrics.unavailable)) notes.push(`${name}: not judged by class, ${why}.`);
  for (const [name, missing] of Object.entries(details?.missingClasses ?? {})) {
    if (missing.length > 0) notes.push(`${name}: no generated part shows ${missing.join(', ')}.`);
  }
  for (const [name, score] of Object.entries(metrics.overlap)) {
    if (score === null)
      notes.push(`${name}: precision, recall, density and coverage need at least 6 different parts on each side.`);
  }
  for (const name of Object.keys(metrics.overlap)) {
    if (metrics.diversity[name] === undefined)
      notes.push(`${name}: diversity needs a class with at least 2 different real parts, and there is none.`);
  }
  for (const [name, {ratio}] of Object.entries(metrics.memorization)) {
    if (ratio === null) notes.push(`${name}: every held-out part is a training part too, so copying cannot be told.`);
  }
  if (metrics.generated === 0) notes.push('Nothing was generated from nothing: only completions are scored.');
  else if (metrics.jointCoherence === null)
    notes.push('Joint coherence needs two modalities with classifiers, and rows that show both.');
  if (Object.keys(metrics.coherence.directions).length === 0)
    notes.push('Nothing was completed: coherence from given parts is not scored.');
  for (const [name, {count}] of Object.entries(metrics.frechet)) {
    if (count < 1000)
      notes.push(
        `${name}: a Fréchet distance of ${count} samples is too large by its bias; compare it only with others of ${count}.`,
      );
  }
  return [...notes, ...silentGaps(run)];
}

/** JSON writes NaN as null; here it is said. */
export function silentGaps(run: ScoredRun): string[] {
  const gaps: string[] = [];
  const look = (value: unknown, at: string): void => {
    if (typeof value === 'number' && !Number.isFinite(value)) gaps.push(`${at} could not be computed (${value}).`);
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) look(inner, at === '' ? key : `${at}.${key}`);
    }
  };
  look(run, '');
  return gaps;
}
