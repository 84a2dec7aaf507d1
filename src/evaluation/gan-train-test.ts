/** GAN-train and GAN-test: what a classifier learns from generated examples, and what a classifier of real ones says of them. */
import {UserError} from '../core/checks';
import {assertLabels, classesIn} from './labels';
import {fitLinearClassifier} from './linear-probe';
import type {MatrixLike} from './matrix';
import {toMatrixPair} from './matrix';
import {nearestNeighbourLabels} from './nearest-neighbour-accuracy';

/** Learns from labelled rows and says the class of others. */
export type Classify = (train: MatrixLike, trainLabels: ArrayLike<number>, test: MatrixLike) => ArrayLike<number>;

export interface GanTrainTestOptions {
  /** What learns: a linear classifier, the nearest neighbour, or one of your own. Defaults to 'linear'. */
  readonly classifier?: 'linear' | 'nearest' | Classify;
}

/**
 * GAN-train: accuracy on real rows of a classifier that was trained on generated ones. Low when what is generated is unreal, or does
 * not show all that is real; real training rows in the place of the generated give the ceiling.
 *
 * Source: Shmelkov, Schmid & Alahari 2018 (arXiv:1807.09499), section 3.2. Differs from it in that the classifier reads features.
 *
 * @param real features [n, d] with one label each; @param generated features [m, d] with the labels that were asked for.
 * @returns in [0, 1]; chance 1 / classes.
 * @throws UserError when generated rows show fewer than two classes, or real rows none of theirs.
 */
export function ganTrain(
  real: MatrixLike,
  generated: MatrixLike,
  realLabels: ArrayLike<number>,
  generatedLabels: ArrayLike<number>,
  options: GanTrainTestOptions = {},
): number {
  assertPair('ganTrain', real, generated, realLabels, generatedLabels);
  assertTwoClasses('ganTrain', 'generatedLabels', generatedLabels);
  return accuracy(generated, generatedLabels, real, realLabels, options);
}

/**
 * GAN-test: accuracy on generated rows of a classifier that was trained on real ones. Low when what is generated does not look like
 * its class; higher than on held-out real rows when training rows are copied.
 *
 * Source: as ganTrain.
 */
export function ganTest(
  real: MatrixLike,
  generated: MatrixLike,
  realLabels: ArrayLike<number>,
  generatedLabels: ArrayLike<number>,
  options: GanTrainTestOptions = {},
): number {
  assertPair('ganTest', real, generated, realLabels, generatedLabels);
  assertTwoClasses('ganTest', 'realLabels', realLabels);
  return accuracy(real, realLabels, generated, generatedLabels, options);
}

function accuracy(
  train: MatrixLike,
  trainLabels: ArrayLike<number>,
  test: MatrixLike,
  testLabels: ArrayLike<number>,
  {classifier = 'linear'}: GanTrainTestOptions,
): number {
  const predicted = classify(classifier)(train, trainLabels, test);
  if (predicted.length !== testLabels.length) {
    throw new UserError(`Expected classifier to give ${testLabels.length} labels, got ${predicted.length}.`);
  }
  let right = 0;
  for (let i = 0; i < predicted.length; i++) if (predicted[i] === testLabels[i]) right++;
  return right / predicted.length;
}

function classify(classifier: 'linear' | 'nearest' | Classify): Classify {
  if (classifier === 'linear') return (train, labels, test) => fitLinearClassifier(train, labels).predict(test);
  if (classifier === 'nearest') return (train, labels, test) => nearestNeighbourLabels(train, test, labels);
  return classifier;
}

function assertPair(
  metric: string,
  real: MatrixLike,
  generated: MatrixLike,
  realLabels: ArrayLike<number>,
  generatedLabels: ArrayLike<number>,
): void {
  const [x, y] = toMatrixPair(metric, ['real', 'generated'], [real, generated]);
  assertLabels(metric, 'realLabels', realLabels, x.rows);
  assertLabels(metric, 'generatedLabels', generatedLabels, y.rows);
}

function assertTwoClasses(metric: string, name: string, labels: ArrayLike<number>): void {
  const classes = classesIn(labels);
  if (classes.length < 2)
    throw new UserError(`Expected ${name} of ${metric} to hold at least 2 classes, got ${classes.length}.`);
}
