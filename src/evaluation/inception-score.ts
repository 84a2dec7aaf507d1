/** The inception score: is each sample clearly of one class, and are all classes drawn? */
import {assertPositiveInteger, UserError} from '../core/checks';
import {type ExtrapolationOptions, extrapolated} from './extrapolation';
import {type Matrix, type MatrixLike, selectRows, toMatrix} from './matrix';

export interface InceptionScoreOptions extends ExtrapolationOptions {
  /** Parts, in the order of the rows, whose scores are averaged; rows sorted by class would score 1 in each. Defaults to 10, or to the rows when those are fewer. */
  readonly splits?: number;
  /** The value for infinitely many rows, IS∞, from scores of one split each; the deviation is then 0. Defaults to false. */
  readonly extrapolate?: boolean;
}

export interface InceptionScore {
  /** Mean over the splits; from 1 to the number of classes. */
  readonly value: number;
  /** Over the splits (divisor: splits); 0 for one. */
  readonly standardDeviation: number;
}

/** How far from 1 the sum of a row may be: probabilities in single precision. */
const sumTolerance = 1e-3;

/**
 * Inception score.
 *
 *   IS = exp( E_x KL( p(y|x) ‖ p(y) ) ),   p(y) = E_x p(y|x) in the same split
 *
 * Called so only with Inception-v3; with other classifiers the scale is another. It grows with the rows of a split.
 *
 * Source: Salimans et al. 2016 (arXiv:1606.03498), section 4; splits as in torch-fidelity.
 *
 * @param probabilities [n, classes], each row sums to 1.
 * @returns value 1 when all rows are equal, the number of classes when each is certain and all classes are equally frequent.
 */
export function inceptionScore(probabilities: MatrixLike, options: InceptionScoreOptions = {}): InceptionScore {
  const matrix = toMatrix('inceptionScore', 'probabilities', probabilities);
  assertProbabilities(matrix);
  if (options.extrapolate) {
    const score = (rows: Int32Array): number => scoreOfRows(selectRows(matrix, rows), 0, rows.length);
    return {value: extrapolated('inceptionScore', matrix.rows, score, options).value, standardDeviation: 0};
  }
  const {splits = Math.min(10, matrix.rows)} = options;
  assertPositiveInteger('splits', splits);
  if (matrix.rows < splits) {
    throw new UserError(
      `Expected probabilities of inceptionScore to have at least ${splits} rows, one a split, got ${matrix.rows}.`,
    );
  }
  const scores = Array.from({length: splits}, (_, i) =>
    scoreOfRows(matrix, Math.floor((i * matrix.rows) / splits), Math.floor(((i + 1) * matrix.rows) / splits)),
  );
  const value = scores.reduce((sum, score) => sum + score, 0) / splits;
  const variance = scores.reduce((sum, score) => sum + (score - value) ** 2, 0) / splits;
  return {value, standardDeviation: Math.sqrt(variance)};
}

function scoreOfRows({data, columns}: Matrix, from: number, to: number): number {
  const marginal = new Float64Array(columns);
  for (let r = from, at = from * columns; r < to; r++) {
    for (let c = 0; c < columns; c++, at++) marginal[c]! += data[at]! / (to - from);
  }
  const logMarginal = marginal.map(Math.log);
  let divergence = 0;
  for (let r = from, at = from * columns; r < to; r++) {
    for (let c = 0; c < columns; c++, at++) {
      const p = data[at]!;
      // p log p is 0 at 0.
      if (p > 0) divergence += p * (Math.log(p) - logMarginal[c]!);
    }
  }
  return Math.exp(divergence / (to - from));
}

function assertProbabilities({data, rows, columns}: Matrix): void {
  for (let r = 0, at = 0; r < rows; r++) {
    let sum = 0;
    for (let c = 0; c < columns; c++, at++) {
      if (data[at]! < 0) {
        throw new UserError(
          `Expected probabilities of inceptionScore to be 0 or more, got ${data[at]} at row ${r}, column ${c}.`,
        );
      }
      sum += data[at]!;
    }
    if (Math.abs(sum - 1) > sumTolerance) {
      throw new UserError(`Expected each row of probabilities of inceptionScore to sum to 1, got ${sum} in row ${r}.`);
    }
  }
}
