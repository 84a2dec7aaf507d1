/** What a report tells beyond the scores: where a model goes wrong, how scores depend on the number of samples, hits row by row. */
import type {SplitName} from '../core/types';
import {confusionMatrix} from './confusion';
import {type Extrapolation, extrapolated} from './extrapolation';
import {fingerprintOf, scoreName} from './feature-extractors';
import {frechetDistanceTo} from './frechet';
import {inceptionScore} from './inception-score';
import type {Completion, Inspection} from './inspection';
import {type MatrixLike, selectRows, toMatrix} from './matrix';
import type {Direction} from './metrics-record';
import {momentsOf} from './moments';
import type {Ranking} from './rankings';
import type {RetrievalDetail} from './retrieval-details';

/** Hits of a direction, counted by different given parts: completions of one clip are right or wrong together. */
export interface PartHits {
  readonly hits: readonly number[];
  readonly rows: readonly number[];
}

/** A score of a part of the samples: its bias at n samples is slope / n. */
export interface SampleSizeCurve extends Extrapolation {
  readonly name: string;
  readonly features: string;
}

export interface EvaluationDetails {
  /** Counts [classes, classes]: what the first modality of generated examples shows (row), and the second (column); 'image, speech'. */
  readonly joint: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** Counts [classes, classes] of each direction: class of the row that was completed (row), class that its new part shows (column). */
  readonly directions: Readonly<Record<Direction, readonly (readonly number[])[]>>;
  /** Of generated parts, by modality: classes that were never seen. */
  readonly missingClasses: Readonly<Record<string, readonly string[]>>;
  readonly rankings: readonly Ranking[];
  readonly retrieval: Readonly<Record<string, RetrievalDetail>>;
  /** Fréchet distance and inception score of a part of the samples, and what they would be for infinitely many. */
  readonly sampleSize: readonly SampleSizeCurve[];
  /** Which rows were completed; runs with the same key can be compared row by row. */
  readonly rows: {readonly key: string; readonly split: SplitName; readonly count: number};
  readonly hits: Readonly<Record<Direction, PartHits>>;
}

/** @param source where the data came from: part of the key of the rows. */
export function evaluationDetails(inspection: Inspection, source: string): EvaluationDetails {
  const {examples, split, completions, labels} = inspection;
  const key = fingerprintOf(
    source,
    split,
    examples.map(({id}) => id),
  );
  const directions = completions.flatMap(completion =>
    Object.entries(completion.made).flatMap(([target, {judgement}]) =>
      judgement
        ? [
            {
              name: `${completion.given.join('+')}→${target}` as Direction,
              completion,
              shown: judgement.labels,
              truth: Int32Array.from(completion.rows, row => labels[row]!),
            },
          ]
        : [],
    ),
  );
  const numClasses = inspection.classNames.length;
  return {
    joint: jointConfusion(inspection),
    directions: Object.fromEntries(directions.map(d => [d.name, confusionMatrix(d.truth, d.shown, numClasses)])),
    missingClasses: missingClasses(inspection),
    rankings: inspection.rankings,
    retrieval: inspection.retrieval,
    sampleSize: sampleSizeCurves(inspection),
    rows: {key: key.slice(0, 16), split, count: examples.length},
    hits: Object.fromEntries(directions.map(d => [d.name, partHits(inspection, d.completion, d.truth, d.shown)])),
  };
}

function jointConfusion({generated, classNames}: Inspection): Record<string, number[][]> {
  const judged = Object.entries(generated ?? {}).filter(([, parts]) => parts.judgement);
  const pairs: Record<string, number[][]> = {};
  judged.forEach(([first, a], i) => {
    for (const [second, b] of judged.slice(i + 1)) {
      pairs[`${first}, ${second}`] = confusionMatrix(a.judgement!.labels, b.judgement!.labels, classNames.length);
    }
  });
  return pairs;
}

function missingClasses({generated, classNames}: Inspection): Record<string, string[]> {
  const missing: Record<string, string[]> = {};
  for (const [name, {judgement}] of Object.entries(generated ?? {})) {
    if (!judgement) continue;
    const seen = new Set(judgement.labels);
    missing[name] = classNames.filter((_, label) => !seen.has(label));
  }
  return missing;
}

/** Different parts of the given modality that has the fewest: what is independent. */
function partHits(
  {examples}: Inspection,
  {given, rows}: Completion,
  truth: ArrayLike<number>,
  shown: ArrayLike<number>,
): PartHits {
  const groups = given.map(name => {
    const places = new Map<unknown, number>();
    return Array.from(rows, row => {
      const part = examples[row]!.parts[name];
      if (!places.has(part)) places.set(part, places.size);
      return places.get(part)!;
    });
  });
  const [fewest] = groups.sort((a, b) => Math.max(...a) - Math.max(...b));
  const size = Math.max(...fewest!) + 1;
  const [hits, counts] = [new Array<number>(size).fill(0), new Array<number>(size).fill(0)];
  fewest!.forEach((group, i) => {
    counts[group]! += 1;
    if (truth[i] === shown[i]) hits[group]! += 1;
  });
  return {hits, rows: counts};
}

const sizesOfACurve = 8;

function sampleSizeCurves({generated, realFeatures, featureNames, modalities, seed}: Inspection): SampleSizeCurve[] {
  return Object.entries(generated ?? {}).flatMap(([name, {judgement}]) => {
    const real = realFeatures[name];
    if (!judgement || !real || modalities[name]!.kind === 'text') return [];
    const [count, width] = [judgement.labels.length, judgement.features.shape[1]];
    // Below twice the width the covariance says more about n than about the model.
    const sizes = sizesBetween(Math.max(2 * width, Math.ceil(count / 8)), count);
    if (sizes.length < 3) return [];
    const rows = toMatrix('sample-size curve', name, judgement.features);
    const ofReal = frechetDistanceTo(momentsOf(toMatrix('sample-size curve', name, real, 2)));
    const classes = judgement.probabilities.length / count;
    const probabilities: MatrixLike = {data: judgement.probabilities, shape: [count, classes]};
    const shares = toMatrix('sample-size curve', name, probabilities);
    const features = featureNames[name]!;
    return [
      {
        name: `${scoreName('Fréchet distance', features)}, ${name}`,
        features,
        ...extrapolated('Fréchet distance', count, at => ofReal(momentsOf(selectRows(rows, at))), {sizes, seed}),
      },
      {
        name: `${scoreName('inception score', features)}, ${name}`,
        features,
        ...extrapolated('inception score', count, at => inceptionOf(selectRows(shares, at)), {sizes, seed}),
      },
    ];
  });
}

function inceptionOf({data, rows, columns}: ReturnType<typeof selectRows>): number {
  return inceptionScore({data, shape: [rows, columns]}, {splits: 1}).value;
}

/** Evenly in 1 / n. */
function sizesBetween(smallest: number, largest: number): number[] {
  if (smallest >= largest) return [];
  const sizes = Array.from({length: sizesOfACurve}, (_, i) => {
    const inverse = 1 / smallest + (i / (sizesOfACurve - 1)) * (1 / largest - 1 / smallest);
    return Math.round(1 / inverse);
  });
  return [...new Set(sizes)];
}
