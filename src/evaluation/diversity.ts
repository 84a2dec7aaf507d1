/** Diversity within a class: coherent templates, one picture a class drawn again and again, score 0 here. */
import {UserError} from '../core/checks';
import {assertClassLabels, assertLabels} from './labels';
import {type Matrix, type MatrixLike, squaredDistance, toMatrix, toMatrixPair} from './matrix';

/**
 * Diversity of generated rows within their classes, relative to real ones:
 *
 *   1/|K| Σ_{c ∈ K} d̄_generated(c) / d̄_real(c),   d̄(c) = mean Euclidean distance over pairs of different rows of class c
 *
 * K: classes of which the real rows hold at least two that differ. A class with fewer than two generated rows counts 0:
 * what is not drawn is not diverse.
 *
 * @throws UserError without rows, for labels that are not one class a row, for NaN, and when no class has two real rows that differ.
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
  const metric = 'diversityWithinClasses';
  const [a, b] = toMatrixPair(metric, ['real', 'generated'], [real, generated]);
  assertRowClasses(metric, 'realLabels', realLabels, numClasses, a.rows);
  assertRowClasses(metric, 'generatedLabels', generatedLabels, numClasses, b.rows);
  return diversityRatio(meansOf(a, realLabels, numClasses), meansOf(b, generatedLabels, numClasses));
}

/** The same from the mean distances of meanDistancePerClass: diversityRatio([2, 4], [1, NaN]) is (1/2 + 0) / 2. */
export function diversityRatio(realMeans: Float64Array, generatedMeans: Float64Array): number {
  if (realMeans.length !== generatedMeans.length) {
    throw new UserError(
      `Expected generated means of diversityRatio of as many classes as real ones (${realMeans.length}), got ${generatedMeans.length}.`,
    );
  }
  const ratios: number[] = [];
  realMeans.forEach((mean, c) => {
    if (mean > 0) ratios.push((Number.isNaN(generatedMeans[c]) ? 0 : generatedMeans[c]!) / mean);
  });
  if (ratios.length === 0) {
    throw new UserError(
      'Expected real rows of diversityWithinClasses to hold a class with at least 2 different rows, got none.',
    );
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
  assertRowClasses('meanDistancePerClass', 'labels', labels, numClasses, matrix.rows);
  return meansOf(matrix, labels, numClasses);
}

function assertRowClasses(metric: string, name: string, labels: ArrayLike<number>, numClasses: number, rows: number) {
  assertLabels(metric, name, labels, rows);
  assertClassLabels(metric, name, labels, numClasses);
}

function meansOf(matrix: Matrix, labels: ArrayLike<number>, numClasses: number): Float64Array {
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
