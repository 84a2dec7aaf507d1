/** How real the generated parts of one modality look, apart from what they show with others. */
import type {RandomStream} from '../core/random';
import {diversityRatio, meanDistancePerClass} from './diversity';
import {type Features, scoreName} from './feature-extractors';
import {frechetDistanceTo} from './frechet';
import {bootstrapSpreadInterval, type Interval} from './intervals';
import {asMatrixLike, type Matrix, type MatrixLike, selectRows, toMatrix} from './matrix';
import type {FrechetScore} from './metrics-record';
import {momentsOf} from './moments';
import {type Prdc, precisionRecallDensityCoverage} from './nearest-neighbours';
import type {Judgement, Oracle} from './oracles';

export interface RealismScores {
  readonly frechet: FrechetScore;
  /** Null when no class has two real parts that differ. */
  readonly diversity: {readonly value: number; readonly ci95: Interval} | null;
  readonly overlap: (Prdc & {readonly real: Prdc}) | null;
}

/** Real parts, what the oracle says of them, and the first row of each different one. */
export interface JudgedParts {
  readonly judgement: Judgement;
  readonly distinct: Int32Array;
}

/** Resamples of an interval; each costs two eigen-decompositions of the feature width. */
const numResamples = 30;
/** Neighbours that span a ball of the overlap. */
const k = 5;

/**
 * Scores on an oracle's features.
 *
 * @param real judged parts of the split; @param reference judged training parts, which stand for perfect samples; @param generated judged parts of the model.
 * All three are cut to the smallest number of rows, because the Fréchet distance depends on it.
 */
export function realismScores(
  oracle: Pick<Oracle, 'classNames' | 'featureName'>,
  real: JudgedParts,
  reference: JudgedParts,
  generated: Judgement,
  stream: RandomStream,
): RealismScores {
  const count = Math.min(real.judgement.labels.length, reference.judgement.labels.length, generated.labels.length);
  const [a, b, c] = [real.judgement, generated, reference.judgement].map(judgement => firstRows(judgement, count)) as [
    Matrix,
    Matrix,
    Matrix,
  ];
  const distinctReal = onlyDistinct(a, real.distinct);
  const ofReal = frechetDistanceTo(momentsOf(a));
  const toReal = (rows: Matrix): number => ofReal(momentsOf(rows));
  return {
    frechet: {
      ...frechetScore(toReal, b, stream),
      real: toReal(c),
      templates: toReal(templates(c, reference.judgement.labels, oracle.classNames.length)),
      count,
      features: oracle.featureName,
      name: scoreName('Fréchet distance', oracle.featureName),
    },
    diversity: diversityScore(
      distinctReal,
      labelsOf(real, count),
      b,
      generated.labels,
      oracle.classNames.length,
      stream,
    ),
    overlap: overlapOf(distinctReal, b, onlyDistinct(c, reference.distinct)),
  };
}

/** The Fréchet distance alone, in features that need no classes; cut as in realismScores. */
export function frechetInFeatures(
  featureName: string,
  real: Features,
  reference: Features,
  generated: Features,
  stream: RandomStream,
): FrechetScore {
  const count = Math.min(real.shape[0], reference.shape[0], generated.shape[0]);
  const [a, b, c] = [real, generated, reference].map(features => firstRows({features}, count)) as [
    Matrix,
    Matrix,
    Matrix,
  ];
  const ofReal = frechetDistanceTo(momentsOf(a));
  const toReal = (rows: Matrix): number => ofReal(momentsOf(rows));
  return {
    ...frechetScore(toReal, b, stream),
    real: toReal(c),
    templates: null,
    count,
    features: featureName,
    name: scoreName('Fréchet distance', featureName),
  };
}

/** Interval: over draws of the generated rows. */
function frechetScore(
  toReal: (rows: Matrix) => number,
  generated: Matrix,
  stream: RandomStream,
): {value: number; ci95: Interval} {
  const value = toReal(generated);
  const resampled = (rows: Int32Array): number => toReal(selectRows(generated, rows));
  return {value, ci95: atLeastZero(bootstrapSpreadInterval(value, generated.rows, resampled, stream, numResamples))};
}

/** @param real without repeats: pairs of a part with itself would make the world look less varied than it is. */
function diversityScore(
  real: Matrix,
  realLabels: Int32Array,
  generated: Matrix,
  labels: Int32Array,
  numClasses: number,
  stream: RandomStream,
): RealismScores['diversity'] {
  const means = (rows: Matrix, of: ArrayLike<number>): Float64Array =>
    meanDistancePerClass(asMatrixLike(rows), of, numClasses);
  const ofReal = means(real, realLabels);
  if (!ofReal.some(mean => mean > 0)) return null;
  const value = diversityRatio(ofReal, means(generated, labels.subarray(0, generated.rows)));
  const resampled = (rows: Int32Array): number =>
    diversityRatio(
      ofReal,
      means(
        selectRows(generated, rows),
        Int32Array.from(rows, row => labels[row]!),
      ),
    );
  return {value, ci95: atLeastZero(bootstrapSpreadInterval(value, generated.rows, resampled, stream, numResamples))};
}

/** Null with too few rows for k neighbours. */
function overlapOf(real: Matrix, generated: Matrix, reference: Matrix): RealismScores['overlap'] {
  if (Math.min(real.rows, generated.rows, reference.rows) <= k) return null;
  const [realRows, generatedRows, referenceRows] = [real, generated, reference].map(asMatrixLike) as [
    MatrixLike,
    MatrixLike,
    MatrixLike,
  ];
  return {
    ...precisionRecallDensityCoverage(realRows, generatedRows, {k}),
    real: precisionRecallDensityCoverage(realRows, referenceRows, {k}),
  };
}

/** Labels of the rows of onlyDistinct. */
function labelsOf({judgement, distinct}: JudgedParts, count: number): Int32Array {
  return distinct.filter(row => row < count).map(row => judgement.labels[row]!);
}

/** Without repeats: a part that pairing uses six times would be its own five neighbours. */
function onlyDistinct(matrix: Matrix, distinct: Int32Array): Matrix {
  return selectRows(
    matrix,
    distinct.filter(row => row < matrix.rows),
  );
}

/** One row a class, the first, in turn. */
function templates(reference: Matrix, labels: ArrayLike<number>, numClasses: number): Matrix {
  const firsts: number[] = [];
  for (let c = 0; c < numClasses; c++) {
    const first = Array.prototype.indexOf.call(labels, c);
    if (first >= 0 && first < reference.rows) firsts.push(first);
  }
  const rows = Int32Array.from({length: reference.rows}, (_, i) => firsts[i % firsts.length] ?? 0);
  return selectRows(reference, rows);
}

function firstRows(judgement: Pick<Judgement, 'features'>, count: number): Matrix {
  const all = toMatrix('realismScores', 'features', judgement.features, 2);
  return {data: all.data.subarray(0, count * all.columns), rows: count, columns: all.columns};
}

function atLeastZero([low, high]: Interval): Interval {
  return [Math.max(0, low), high];
}
