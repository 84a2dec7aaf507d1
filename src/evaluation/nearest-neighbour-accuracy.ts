/** How well codes tell classes apart, by their neighbours. */
import {UserError} from '../core/checks';
import {assertLabels} from './labels';
import {type MatrixLike, toMatrixPair} from './matrix';
import {nearestRows} from './numeric/neighbours';

/**
 * Share of test rows whose nearest training rows, by Euclidean distance, vote for their class. Of classes with equal votes the
 * lowest wins, of equally distant rows the first, as in scikit-learn's KNeighborsClassifier.
 *
 * @param train codes [n, d]; @param test codes [m, d]; @param options.k from 1 to n. Defaults to 1: 1-NN.
 * @returns in [0, 1]; chance: the share of the most frequent class, or less.
 */
export function nearestNeighbourAccuracy(
  train: MatrixLike,
  test: MatrixLike,
  trainLabels: ArrayLike<number>,
  testLabels: ArrayLike<number>,
  options: {readonly k?: number} = {},
): number {
  const metric = 'nearestNeighbourAccuracy';
  const predicted = nearestNeighbourLabels(train, test, trainLabels, options);
  assertLabels(metric, 'testLabels', testLabels, predicted.length);
  return predicted.reduce((sum, label, i) => sum + (label === testLabels[i] ? 1 : 0), 0) / predicted.length;
}

/** The label that the k nearest training rows give each test row. */
export function nearestNeighbourLabels(
  train: MatrixLike,
  test: MatrixLike,
  trainLabels: ArrayLike<number>,
  options: {readonly k?: number} = {},
): Int32Array {
  const {k = 1} = options;
  const metric = 'nearestNeighbourAccuracy';
  const [x, y] = toMatrixPair(metric, ['train', 'test'], [train, test]);
  assertLabels(metric, 'trainLabels', trainLabels, x.rows);
  if (!Number.isInteger(k) || k < 1 || k > x.rows) {
    throw new UserError(`Expected k of ${metric} to be an integer from 1 to ${x.rows}, got ${k}.`);
  }
  const {rows} = nearestRows(y, x, k);
  return Int32Array.from({length: y.rows}, (_, i) => {
    const votes = new Map<number, number>();
    for (let p = 0; p < k; p++) {
      const label = trainLabels[rows[i * k + p]!]!;
      votes.set(label, (votes.get(label) ?? 0) + 1);
    }
    return [...votes].sort(([a, m], [b, n]) => n - m || a - b)[0]![0];
  });
}
