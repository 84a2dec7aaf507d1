/** A linear classifier on fixed features: how much of the class can be read off them? */
import {UserError} from '../core/checks';
import {assertLabels, classesIn} from './labels';
import {type Matrix, type MatrixLike, toMatrix, toMatrixPair} from './matrix';
import {minimize} from './minimize';

export interface LinearProbeOptions {
  /** C, the weight of the data against the penalty. Defaults to 1. */
  readonly inversePenalty?: number;
  /** Features are brought to mean 0 and deviation 1 of the training rows. Defaults to true. */
  readonly standardize?: boolean;
  /** Defaults to 1000. */
  readonly maxIterations?: number;
}

/** A fitted probe; `probabilities` are [m, classes] row by row, in the order of `classes`. */
export interface LinearClassifier {
  readonly classes: readonly number[];
  predict(features: MatrixLike): Int32Array;
  probabilities(features: MatrixLike): Float64Array;
}

/**
 * Accuracy on the test rows of a linear classifier that was fitted to the training rows.
 *
 * @param train features [n, d]; @param test features [m, d].
 * @returns in [0, 1]; chance: the share of the most frequent class.
 */
export function linearProbe(
  train: MatrixLike,
  test: MatrixLike,
  trainLabels: ArrayLike<number>,
  testLabels: ArrayLike<number>,
  options: LinearProbeOptions = {},
): number {
  const [x, y] = toMatrixPair('linearProbe', ['train', 'test'], [train, test]);
  assertLabels('linearProbe', 'testLabels', testLabels, y.rows);
  const predicted = fitLinearClassifier({data: x.data, shape: [x.rows, x.columns]}, trainLabels, options).predict(test);
  return predicted.reduce((sum, label, i) => sum + (label === testLabels[i] ? 1 : 0), 0) / y.rows;
}

/**
 * Multinomial logistic regression.
 *
 *   min_W,b  ½ |W|² - C Σ_i log softmax(W x_i + b)[y_i]
 *
 * The function is convex: the answer does not depend on the path. As scikit-learn's LogisticRegression after StandardScaler.
 *
 * @param features [n, d]; @param labels [n], two classes or more.
 */
export function fitLinearClassifier(
  features: MatrixLike,
  labels: ArrayLike<number>,
  options: LinearProbeOptions = {},
): LinearClassifier {
  const {inversePenalty = 1, standardize = true, maxIterations = 1000} = options;
  const matrix = toMatrix('linearProbe', 'train', features);
  assertLabels('linearProbe', 'trainLabels', labels, matrix.rows);
  if (!(inversePenalty > 0))
    throw new UserError(`Expected inversePenalty of linearProbe to be positive, got ${inversePenalty}.`);
  const classes = classesIn(labels);
  if (classes.length < 2) {
    throw new UserError(`Expected trainLabels of linearProbe to hold at least 2 classes, got ${classes.length}.`);
  }
  const scale = scaling(matrix, standardize);
  const x = scaled(matrix, scale);
  const place = new Map(classes.map((label, i) => [label, i]));
  const truth = Int32Array.from(labels, label => place.get(label)!);
  const width = matrix.columns + 1;
  // The mean over rows keeps the size of the gradient, and with it the tolerance, free of n.
  const penalty = 1 / (inversePenalty * matrix.rows);
  const weights = minimize(
    (point, gradient) => loss(x, truth, classes.length, point, gradient, penalty),
    new Float64Array(classes.length * width),
    {tolerance: 1e-8, maxIterations},
  );
  const probabilities = (rows: MatrixLike): Float64Array => {
    const other = toMatrix('linearProbe', 'features', rows);
    if (other.columns !== matrix.columns) {
      throw new UserError(`Expected features of linearProbe to have ${matrix.columns} columns, got ${other.columns}.`);
    }
    return softmaxRows(scaled(other, scale), classes.length, weights);
  };
  return {
    classes,
    probabilities,
    predict: rows => {
      const all = probabilities(rows);
      return Int32Array.from({length: all.length / classes.length}, (_, i) => {
        const own = all.subarray(i * classes.length, (i + 1) * classes.length);
        return classes[own.indexOf(Math.max(...own))]!;
      });
    },
  };
}

function loss(
  x: Matrix,
  truth: Int32Array,
  numClasses: number,
  weights: Float64Array,
  gradient: Float64Array,
  penalty: number,
): number {
  const {data, rows, columns} = x;
  const width = columns + 1;
  const probabilities = softmaxRows(x, numClasses, weights);
  gradient.fill(0);
  let value = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < numClasses; c++) {
      const p = probabilities[r * numClasses + c]!;
      const own = c === truth[r];
      // A probability that underflowed still costs something finite.
      if (own) value -= Math.log(Math.max(p, 1e-300)) / rows;
      const error = (p - (own ? 1 : 0)) / rows;
      if (error === 0) continue;
      const at = c * width;
      for (let j = 0, from = r * columns; j < columns; j++, from++) gradient[at + j]! += error * data[from]!;
      gradient[at + columns]! += error;
    }
  }
  for (let c = 0; c < numClasses; c++) {
    for (let j = 0; j < columns; j++) {
      const weight = weights[c * width + j]!;
      value += 0.5 * penalty * weight * weight;
      gradient[c * width + j]! += penalty * weight;
    }
  }
  return value;
}

function softmaxRows({data, rows, columns}: Matrix, numClasses: number, weights: Float64Array): Float64Array {
  const width = columns + 1;
  const out = new Float64Array(rows * numClasses);
  for (let r = 0; r < rows; r++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < numClasses; c++) {
      let logit = weights[c * width + columns]!;
      for (let j = 0, from = r * columns, at = c * width; j < columns; j++, from++, at++)
        logit += data[from]! * weights[at]!;
      out[r * numClasses + c] = logit;
      most = Math.max(most, logit);
    }
    let sum = 0;
    for (let c = r * numClasses; c < (r + 1) * numClasses; c++) {
      out[c] = Math.exp(out[c]! - most);
      sum += out[c]!;
    }
    for (let c = r * numClasses; c < (r + 1) * numClasses; c++) out[c]! /= sum;
  }
  return out;
}

interface Scaling {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** A constant feature is only centred. */
function scaling({data, rows, columns}: Matrix, standardize: boolean): Scaling {
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns).fill(1);
  if (!standardize) return {mean, deviation};
  for (let at = 0; at < data.length; at++) mean[at % columns]! += data[at]! / rows;
  const variance = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) variance[at % columns]! += (data[at]! - mean[at % columns]!) ** 2 / rows;
  for (let c = 0; c < columns; c++) {
    // What rounding leaves of a constant is no spread.
    if (variance[c]! > (1e-14 * mean[c]!) ** 2) deviation[c] = Math.sqrt(variance[c]!);
  }
  return {mean, deviation};
}

function scaled({data, rows, columns}: Matrix, {mean, deviation}: Scaling): Matrix {
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) out[at] = (data[at]! - mean[at % columns]!) / deviation[at % columns]!;
  return {data: out, rows, columns};
}
