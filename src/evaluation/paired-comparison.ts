/** Is one model better than another, or is it chance? Paired tests: the same rows, seeds or prompts for both. */
import {assertPositiveInteger, UserError} from '../core/checks';
import {RandomStream} from '../core/random';
import {bootstrapInterval, bootstrapSpreadInterval, type Interval} from './intervals';
import {type MatrixLike, selectRows, toMatrixPair} from './matrix';

export interface PairedOptions {
  /** Resamples of the interval and, where they are not all tried, of the test. Defaults to 10,000 for values and 200 for sets. */
  readonly resamples?: number;
  /** Defaults to 0. */
  readonly seed?: number;
}

export interface PairedComparison {
  /** Score of a less score of b. */
  readonly difference: number;
  /** 95 % interval of the difference, by a bootstrap that draws pairs. */
  readonly ci95: Interval;
  /** Two-sided, of the hypothesis that it makes no difference which of a pair is a's: a permutation test. */
  readonly pValue: number;
  /** Pairs. */
  readonly count: number;
}

/** Up to so many pairs all 2^n exchanges are tried. */
const exactPairs = 14;

/**
 * Compares means over pairs: hits of two models on the same rows, or scores of the same seeds.
 *
 * Source: Efron & Tibshirani 1993, chapters 8 and 15; the test is Fisher's randomisation of signs, exact up to 14 pairs.
 *
 * @param a, b a value a pair, in the same order; 2 pairs or more. pairedComparison([1, 2, 4], [0, 0, 0]).pValue is 0.25.
 */
export function pairedComparison(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  options: PairedOptions = {},
): PairedComparison {
  const {resamples = 10_000, seed = 0} = options;
  assertPositiveInteger('resamples', resamples);
  if (a.length !== b.length) {
    throw new UserError(`Expected a and b of pairedComparison of equal length, got ${a.length} and ${b.length}.`);
  }
  const n = a.length;
  if (n < 2) throw new UserError(`Expected pairedComparison of at least 2 pairs, got ${n}.`);
  const differences = Float64Array.from({length: n}, (_, i) => a[i]! - b[i]!);
  const bad = differences.findIndex(value => !Number.isFinite(value));
  if (bad >= 0)
    throw new UserError(`Expected a and b of pairedComparison to be finite, got ${a[bad]} and ${b[bad]} at ${bad}.`);
  const mean = (indices: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < indices.length; i++) sum += differences[indices[i]!]!;
    return sum / indices.length;
  };
  const difference = mean(differences.map((_, i) => i));
  const stream = new RandomStream(seed, 'evaluation/paired');
  const ci95 = bootstrapInterval(n, mean, stream, resamples);
  return {difference, ci95, pValue: signPValue(differences, Math.abs(difference), stream, resamples), count: n};
}

/**
 * Compares a score of whole sets, such as the Fréchet distance to the same real rows, between two models whose rows are paired by
 * seed (or are independent: then the test is a little cautious).
 *
 * @param a, b rows of the two models [n, d]; @param score of a set of rows.
 */
export function pairedSetComparison(
  a: MatrixLike,
  b: MatrixLike,
  score: (rows: MatrixLike) => number,
  options: PairedOptions = {},
): PairedComparison {
  const {resamples = 200, seed = 0} = options;
  const [x, y] = toMatrixPair('pairedSetComparison', ['a', 'b'], [a, b], 2);
  if (x.rows !== y.rows) {
    throw new UserError(
      `Expected a and b of pairedSetComparison to have equally many rows, got ${x.rows} and ${y.rows}.`,
    );
  }
  const n = x.rows;
  const both = {data: new Float64Array(2 * x.data.length), rows: 2 * n, columns: x.columns};
  both.data.set(x.data);
  both.data.set(y.data, x.data.length);
  const scoreOf = (rows: Int32Array): number => {
    const {data, columns} = selectRows(both, rows);
    return score({data, shape: [rows.length, columns]});
  };
  const differenceOf = (ofA: Int32Array, ofB: Int32Array): number => scoreOf(ofA) - scoreOf(ofB);
  const own = Int32Array.from({length: n}, (_, i) => i);
  const difference = differenceOf(
    own,
    own.map(i => i + n),
  );
  const stream = new RandomStream(seed, 'evaluation/paired-sets');
  const drawn = (rows: Int32Array): number =>
    differenceOf(
      rows,
      rows.map(i => i + n),
    );
  const ci95 = bootstrapSpreadInterval(difference, n, drawn, stream, resamples);
  let extreme = 0;
  for (let r = 0; r < resamples; r++) {
    const exchanged = own.map(i => (stream.nextUint32() & 1 ? i + n : i));
    const other = exchanged.map(i => (i < n ? i + n : i - n));
    if (atLeast(Math.abs(differenceOf(exchanged, other)), Math.abs(difference))) extreme++;
  }
  return {difference, ci95, pValue: (extreme + 1) / (resamples + 1), count: n};
}

/** Share of exchanges of signs whose mean is at least as far from 0. */
function signPValue(differences: Float64Array, observed: number, stream: RandomStream, resamples: number): number {
  const n = differences.length;
  const isExtreme = (isNegative: (i: number) => boolean): boolean => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += isNegative(i) ? -differences[i]! : differences[i]!;
    return atLeast(Math.abs(sum / n), observed);
  };
  let extreme = 0;
  if (n <= exactPairs) {
    for (let signs = 0; signs < 2 ** n; signs++) if (isExtreme(i => ((signs >> i) & 1) === 1)) extreme++;
    return extreme / 2 ** n;
  }
  for (let r = 0; r < resamples; r++) if (isExtreme(() => (stream.nextUint32() & 1) === 1)) extreme++;
  // What was seen is one of the exchanges; so a p of 0 cannot come out.
  return (extreme + 1) / (resamples + 1);
}

/** Equal but for rounding counts as equal. */
function atLeast(value: number, border: number): boolean {
  return value >= border * (1 - 1e-12);
}
