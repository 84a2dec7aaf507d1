/** How sure a score is: intervals for shares, for means and for anything that can be resampled. */
import {assertInRange, assertPositiveInteger, UserError} from '../core/checks';
import {quantile} from '../core/quantile';
import type {RandomStream} from '../core/random';
import {studentQuantile975} from './student';

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

const z95 = 1.959963984540054;

/**
 * Wilson's 95 % interval of a share; it stays inside [0, 1] and has a width even when the share is 0 or 1.
 *
 *   centre = (p + z²/2n) / (1 + z²/n),  half width = z √(p(1-p)/n + z²/4n²) / (1 + z²/n),  z = 1.96
 *
 * A mean of n values in [0, 1] may be given as share: its variance is at most p(1-p), so the interval is then too wide, never too narrow.
 *
 * Source: Wilson 1927, J. Am. Stat. Assoc. 22, 209–212.
 *
 * @param share p in [0, 1]; @param count n ≥ 1. wilsonInterval(0.5, 10) is [0.2366, 0.7634].
 */
export function wilsonInterval(share: number, count: number): Interval {
  assertInRange('share', share, 0, 1);
  assertPositiveInteger('count', count);
  const scale = 1 + z95 ** 2 / count;
  const centre = (share + z95 ** 2 / (2 * count)) / scale;
  const half = (z95 * Math.sqrt((share * (1 - share)) / count + z95 ** 2 / (4 * count ** 2))) / scale;
  // At 0 and 1 an end is the share itself; rounding must not move it past.
  return [Math.max(0, Math.min(share, centre - half)), Math.min(1, Math.max(share, centre + half))];
}

/** value ± t · its standard error, with Student's t for few degrees of freedom. studentInterval(0, 1, 4) is [-2.776, 2.776]. */
export function studentInterval(value: number, standardError: number, degreesOfFreedom: number): Interval {
  const half = standardError === 0 ? 0 : studentQuantile975(degreesOfFreedom) * standardError;
  return [value - half, value + half];
}

/**
 * Mean and 95 % interval over independent runs, for example of different seeds.
 *
 *   mean ± t · s / √n,  s² with divisor n - 1, t of n - 1 degrees of freedom
 *
 * @param values one score a run, two or more. seedInterval([1, 2, 3]).ci95 is [-0.484, 4.484].
 */
export function seedInterval(values: readonly number[]): {mean: number; ci95: Interval; standardDeviation: number} {
  const n = values.length;
  if (n < 2) throw new UserError(`Expected an interval over seeds of at least 2 scores, got ${n}.`);
  const bad = values.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) throw new UserError(`Expected scores of an interval over seeds to be finite, got ${values[bad]}.`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const standardDeviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return {mean, ci95: studentInterval(mean, standardDeviation / Math.sqrt(n), n - 1), standardDeviation};
}

/**
 * Percentile bootstrap: the 2.5 % and 97.5 % quantiles of a statistic over resamples with replacement.
 *
 * @param count rows of the sample; @param statistic receives `count` row indices, repeats included.
 * Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
 */
export function bootstrapInterval(
  count: number,
  statistic: (indices: Int32Array) => number,
  stream: RandomStream,
  resamples = 1000,
): Interval {
  const values = resample(count, statistic, stream, resamples).sort((a, b) => a - b);
  return [quantile(values, 0.025), quantile(values, 0.975)];
}

/**
 * value ± 1.96 standard deviations of the statistic over bootstrap resamples.
 *
 * For statistics that repeats bias, such as distances between distributions: resampled sets lie farther apart than the sets
 * themselves, so percentiles would miss the value; their spread is still right.
 */
export function bootstrapSpreadInterval(
  value: number,
  count: number,
  statistic: (indices: Int32Array) => number,
  stream: RandomStream,
  resamples = 50,
): Interval {
  const values = resample(count, statistic, stream, resamples);
  const mean = values.reduce((sum, v) => sum + v, 0) / resamples;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (resamples - 1);
  const half = z95 * Math.sqrt(variance);
  return [value - half, value + half];
}

function resample(
  count: number,
  statistic: (indices: Int32Array) => number,
  stream: RandomStream,
  resamples: number,
): Float64Array {
  assertPositiveInteger('count', count);
  if (resamples < 2) throw new UserError(`Expected resamples to be at least 2, got ${resamples}.`);
  const values = new Float64Array(resamples);
  const indices = new Int32Array(count);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < count; i++) indices[i] = stream.integer(count);
    values[r] = statistic(indices);
  }
  return values;
}
