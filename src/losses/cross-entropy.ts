/** Cross-entropy, for two classes and for many, on logits. */
import {assertInRange, assertShape, expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {maskedMean, rowWeights} from './masked-mean';

/**
 * Cross-entropy of two classes, a mean over the batch.
 *
 *   L = E[-t·log σ(x) - (1 - t)·log(1 - σ(x))] = E[t·softplus(-x) + (1 - t)·softplus(x)]
 *
 * The second form is exact at any score, where σ would be rounded to 0 or 1. Source: Goodfellow, Bengio & Courville 2016,
 * Deep Learning, section 6.2.2.2.
 *
 * @param logits x, unbounded, shape [N] or [N, …]; @param targets t in [0, 1], a number or the shape of x.
 * @param present 1 observed, 0 filler, shape [N].
 * @returns Scalar, non-negative; log 2 ≈ 0.6931 when every score is 0.
 */
export function sigmoidCrossEntropyLoss(
  logits: tf.Tensor,
  targets: number | tf.Tensor,
  present?: tf.Tensor,
): tf.Scalar {
  if (typeof targets === 'number') assertInRange('targets', targets, 0, 1);
  else if (targets.rank > 0) assertShape('targets', targets.shape, logits.shape);
  return tf.tidy(() => maskedMean(binaryCrossEntropy(logits, targets), present));
}

/** t·softplus(-x) + (1 - t)·softplus(x), value by value. */
export function binaryCrossEntropy(logits: tf.Tensor, targets: number | tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const wrong = tf.softplus(logits.neg()).mul(targets);
    return wrong.add(tf.softplus(logits).mul(tf.sub(1, targets)));
  });
}

export interface CrossEntropyOptions {
  /** 1 observed, 0 filler, shape [N]. */
  readonly present?: tf.Tensor;
  /** ε in [0, 1): the target becomes (1 - ε)·t + ε/K. Szegedy et al. 2016, section 7 (arXiv:1512.00567). 0 unless told. */
  readonly smoothing?: number;
}

/**
 * Cross-entropy of K classes, a mean over the labelled rows.
 *
 *   L = E[-Σₖ tₖ·log softmax(x)ₖ]
 *
 * Source: Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.2.2.3.
 *
 * @param logits x, unbounded, shape [N, K] or [N, …, K].
 * @param labels class indices, the shape of x without its last axis, -1 where there is none; or targets t, rows of
 *   the shape of x that sum to 1.
 * @returns Scalar, non-negative; log K when all logits are equal. 0 when no row is labelled.
 * @throws UserError where shapes do not fit or `smoothing` is out of range.
 */
export function crossEntropyLoss(logits: tf.Tensor, labels: tf.Tensor, options: CrossEntropyOptions = {}): tf.Scalar {
  const {present, smoothing = 0} = options;
  if (!(smoothing >= 0 && smoothing < 1)) throw expected('smoothing', 'at least 0 and below 1', smoothing);
  if (logits.rank < 2) throw expected('logits', 'of shape [N, K]', logits.shape);
  const classes = logits.shape[logits.rank - 1]!;
  const isIndices = labels.rank === logits.rank - 1;
  assertShape('labels', labels.shape, isIndices ? logits.shape.slice(0, -1) : logits.shape);
  return tf.tidy(() => {
    const targets = isIndices ? tf.oneHot(labels.toInt(), classes).toFloat() : labels;
    const smoothed = smoothing === 0 ? targets : targets.mul(1 - smoothing).add(smoothing / classes);
    const losses = tf.logSoftmax(logits).mul(smoothed).sum(-1).neg();
    if (!isIndices) return maskedMean(losses, present);
    const labelled = tf.greaterEqual(labels, 0).toFloat();
    return maskedMean(losses, present ? labelled.mul(rowWeights(present, losses.shape)) : labelled);
  });
}
