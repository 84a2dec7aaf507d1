/** Ranking scores: does a positive example score higher than a negative one? */
import {UserError} from '../core/checks';

export interface RocCurve {
  /** From 0 to 1: share of negatives, and of positives, that score at least the threshold. */
  readonly falsePositiveRate: number[];
  readonly truePositiveRate: number[];
  /** Descending; the first, infinity, lets nothing through. */
  readonly thresholds: number[];
}

/**
 * Area under the ROC curve: how probable it is that a positive scores above a negative, ties counted half.
 *
 *   AUROC = ( Σ_{i positive} rank_i - P (P + 1) / 2 ) / (P N)
 *
 * Counted in whole numbers and divided once, so it is right to the last digit. Source: Mann & Whitney 1947.
 *
 * @param labels 1 positive, 0 negative (true and false will do); @param scores the same number, higher is more positive.
 * @returns in [0, 1]; 0.5 when all scores are equal. auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) is 0.75.
 * @throws UserError when either class is missing.
 */
export function auroc(labels: ArrayLike<number | boolean>, scores: ArrayLike<number>): number {
  const counts = cumulativeCounts('auroc', labels, scores);
  const {positives: P, negatives: N} = counts;
  // Twice the number of pairs in the right order, so that ties stay whole.
  let pairs = 0;
  let [seenPositives, seenNegatives] = [0, 0];
  for (const {positives, negatives} of counts.steps) {
    pairs += (negatives - seenNegatives) * (positives + seenPositives);
    [seenPositives, seenNegatives] = [positives, negatives];
  }
  return pairs / (2 * P * N);
}

/**
 * Average precision: Σ (R_i - R_{i-1}) P_i over the distinct thresholds, without interpolation.
 *
 * Source: as scikit-learn's average_precision_score. Chance scores the share of positives.
 *
 * @returns in (0, 1]; averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) is 0.8333.
 */
export function averagePrecision(labels: ArrayLike<number | boolean>, scores: ArrayLike<number>): number {
  const {positives: P, steps} = cumulativeCounts('averagePrecision', labels, scores, 0);
  let sum = 0;
  let seen = 0;
  for (const {positives, negatives} of steps) {
    sum += ((positives - seen) * positives) / (positives + negatives);
    seen = positives;
  }
  return sum / P;
}

/** The ROC curve, a point a distinct score. */
export function rocCurve(labels: ArrayLike<number | boolean>, scores: ArrayLike<number>): RocCurve {
  const {positives: P, negatives: N, steps} = cumulativeCounts('rocCurve', labels, scores);
  return {
    falsePositiveRate: [0, ...steps.map(({negatives}) => negatives / N)],
    truePositiveRate: [0, ...steps.map(({positives}) => positives / P)],
    thresholds: [Number.POSITIVE_INFINITY, ...steps.map(({score}) => score)],
  };
}

interface Counts {
  readonly positives: number;
  readonly negatives: number;
  /** For each distinct score, descending: how many of each class score at least that. */
  readonly steps: readonly {readonly score: number; readonly positives: number; readonly negatives: number}[];
}

function cumulativeCounts(
  metric: string,
  labels: ArrayLike<number | boolean>,
  scores: ArrayLike<number>,
  fewestNegatives = 1,
): Counts {
  if (labels.length !== scores.length) {
    throw new UserError(
      `Expected labels and scores of ${metric} of equal length, got ${labels.length} and ${scores.length}.`,
    );
  }
  const truths = Array.from(labels, Number);
  const bad = truths.findIndex(label => label !== 0 && label !== 1);
  if (bad >= 0) throw new UserError(`Expected labels of ${metric} to be 0 or 1, got ${labels[bad]} at ${bad}.`);
  // Infinities have a rank; NaN has none.
  const missing = Array.from(scores).findIndex(score => typeof score !== 'number' || Number.isNaN(score));
  if (missing >= 0)
    throw new UserError(`Expected scores of ${metric} to be numbers, got ${scores[missing]} at ${missing}.`);
  const all = truths.reduce((sum, label) => sum + label, 0);
  if (all < 1)
    throw new UserError(`Expected labels of ${metric} to hold at least 1 positive, got 0 of ${truths.length}.`);
  if (truths.length - all < fewestNegatives) {
    throw new UserError(`Expected labels of ${metric} to hold at least 1 negative, got 0 of ${truths.length}.`);
  }
  const order = truths
    .map((_, i) => i)
    .sort((i, j) => (scores[i]! === scores[j]! ? 0 : scores[j]! > scores[i]! ? 1 : -1));
  const steps: {score: number; positives: number; negatives: number}[] = [];
  let positives = 0;
  order.forEach((row, i) => {
    positives += truths[row]!;
    const score = scores[row]!;
    if (i === order.length - 1 || scores[order[i + 1]!]! !== score) {
      steps.push({score, positives, negatives: i + 1 - positives});
    }
  });
  return {positives: all, negatives: truths.length - all, steps};
}
