/** How a score depends on the number of rows, and what it would be for infinitely many. */
import {UserError} from '../core/checks';
import {RandomStream} from '../core/random';
import {type Interval, studentInterval} from './intervals';

export interface ExtrapolationOptions {
  /** Numbers of rows at which the score is taken. Defaults to 15 between a fifth of the rows and all of them, evenly in 1 / n. */
  readonly sizes?: readonly number[];
  /** Seed of the draws. Defaults to 0. */
  readonly seed?: number;
}

export interface Extrapolation {
  /** The score for infinitely many rows: the intercept. */
  readonly value: number;
  /** 95 % interval of the intercept over the scatter about the line. The draws overlap, so it is on the narrow side. */
  readonly ci95: Interval;
  /** Change with 1 / n: the bias at n rows is slope / n. */
  readonly slope: number;
  /** Score of each size, in the order of `sizes`. */
  readonly points: readonly {readonly count: number; readonly value: number}[];
}

/**
 * A straight line through the scores of random subsets over 1 / n, read off at 0. The bias of the Fréchet distance and of the
 * inception score is, but for smaller terms, in proportion to 1 / n.
 *
 * Source: Chong & Forsyth 2020 (arXiv:1911.07023), section 4: FID∞ and IS∞, 15 points.
 *
 * @param metric named in errors; @param count rows there are; @param score of the rows at these indices.
 * @throws UserError with fewer than 10 rows, or sizes that are not at least three different integers from 2 to `count`.
 */
export function extrapolated(
  metric: string,
  count: number,
  score: (rows: Int32Array) => number,
  options: ExtrapolationOptions = {},
): Extrapolation {
  if (count < 10) throw new UserError(`Expected an extrapolated ${metric} of at least 10 rows, got ${count}.`);
  const {sizes = defaultSizes(count), seed = 0} = options;
  if (new Set(sizes).size < 3 || sizes.some(size => !Number.isInteger(size) || size < 2 || size > count)) {
    throw new UserError(
      `Expected sizes of ${metric} to be at least 3 different integers from 2 to ${count}, got ${sizes.join(', ')}.`,
    );
  }
  const stream = new RandomStream(seed, `evaluation/extrapolation/${metric}`);
  const order = Array.from({length: count}, (_, row) => row);
  const points = sizes.map(size => {
    stream.shuffle(order);
    return {count: size, value: score(Int32Array.from(order.slice(0, size)))};
  });
  return {...lineAtZero(points), points};
}

/** Least squares over x = 1 / n. */
function lineAtZero(points: Extrapolation['points']): Omit<Extrapolation, 'points'> {
  const n = points.length;
  const x = points.map(point => 1 / point.count);
  const y = points.map(point => point.value);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / n;
  const [meanX, meanY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  const slope = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0) / spread;
  const value = meanY - slope * meanX;
  const residual = y.reduce((sum, got, i) => sum + (got - value - slope * x[i]!) ** 2, 0) / (n - 2);
  return {value, slope, ci95: studentInterval(value, Math.sqrt(residual * (1 / n + meanX ** 2 / spread)), n - 2)};
}

function defaultSizes(count: number): number[] {
  const smallest = Math.max(2, Math.ceil(count / 5));
  const sizes = Array.from({length: 15}, (_, i) => {
    const inverse = 1 / smallest + (i / 14) * (1 / count - 1 / smallest);
    return Math.min(count, Math.max(2, Math.round(1 / inverse)));
  });
  return [...new Set(sizes)];
}
