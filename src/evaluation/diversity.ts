/** Diversity within a class: coherent templates, one picture a class drawn again and again, score 0 here. */
import {assertPositiveInteger, UserError} from '../core/checks';
import {type Matrix, type MatrixLike, squaredDistance, toMatrix} from './matrix';

/**
 * Diversity of generated rows within their classes, relative to real ones:
 *
 *   1/|K| Σ_{c ∈ K} d̄_generated(c) / d̄_real(c),   d̄(c) = mean Euclidean distance over pairs of different rows of class c
 *
 * K: classes of which the real rows hold at least two that differ. A class with fewer than two generated rows counts 0:
 * what is not drawn is not diverse.
 *
 * @param real features [n, d] with one label each; @param generated features [m, d] with one label each.
 * @returns ≥ 0; 1 when as diverse as real, 0 for templates.
 */
export function diversityWithinClasses(
  real: MatrixLike,
  realLabels: ArrayLike<number>,
  generated: MatrixLike,
  generatedLabels: ArrayLike<number>,
  numClasses: number,
): number {
  return diversityRatio(
    meanDistancePerClass(real, realLabels, numClasses),
    meanDistancePerClass(generated, generatedLabels, numClasses),
  );
}

/** The same from the mean distances of meanDistancePerClass: diversityRatio([2, 4], [1, NaN]) is (1/2 + 0) / 2. */
export function diversityRatio(realMeans: Float64Array, generatedMeans: Float64Array): number {
  const ratios: number[] = [];
  realMeans.forEach((mean, c) => {
    if (mean > 0) ratios.push((Number.isNaN(generatedMeans[c]) ? 0 : generatedMeans[c]!) / mean);
  });
  if (ratios.length === 0) {
    throw new UserError('Expected real rows of a diversity to hold a class with 2 different rows, got none.');
  }
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

/** Mean distance over pairs of different rows, a class; NaN for a class with fewer than two rows. */
export function meanDistancePerClass(
  features: MatrixLike,
  labels: ArrayLike<number>,
  numClasses: number,
): Float64Array {
  const matrix = toMatrix('meanDistancePerClass', 'features', features);
  assertPositiveInteger('numClasses', numClasses);
  if (labels.length !== matrix.rows) {
    throw new UserError(`Expected as many labels as rows (${matrix.rows}), got ${labels.length}.`);
  }
  return Float64Array.from({length: numClasses}, (_, c) => {
    const rows: number[] = [];
    for (let i = 0; i < labels.length; i++) if (labels[i] === c) rows.push(i);
    return meanPairDistance(matrix, rows);
  });
}

function meanPairDistance(matrix: Matrix, rows: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) sum += Math.sqrt(squaredDistance(matrix, rows[i]!, matrix, rows[j]!));
  }
  return sum / ((rows.length * (rows.length - 1)) / 2);
}
