/** Means over a batch in which some rows are filler. */
import {assertShape} from '../core/checks';
import {tf} from '../core/tensorflow';

/** Smaller than any mask's sum but 0, so that dividing by it changes nothing else. */
const tiny = 1e-12;

/**
 * Mean over the batch, or over its observed rows.
 *
 *   Σᵢ wᵢ·mean(lᵢ) / Σᵢ wᵢ
 *
 * @param losses one or more for each example, shape [N, …]; filler rows must be finite.
 * @param present w, 1 observed, 0 filler: shape [N] or [N, 1], or that of `losses`.
 * @returns Scalar; 2 for losses (1, 3, 9) of which the last is filler, 0 when none was observed.
 * @throws UserError where the mask does not fit.
 */
export function maskedMean(losses: tf.Tensor, present?: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    if (!present) return tf.mean(losses) as tf.Scalar;
    const weights = rowWeights(present, losses.shape);
    // A mask of rows counts each row's values together.
    const valuesPerWeight = losses.size / weights.size;
    return losses.mul(weights).sum().div(weights.sum().maximum(tiny).mul(valuesPerWeight)) as tf.Scalar;
  });
}

/**
 * Mean of each value over the observed rows.
 *
 * @param x shape [N, …]; @param present as in `maskedMean`.
 * @returns the shape of one row; zeros when none was observed.
 */
export function maskedRowMean(x: tf.Tensor, present?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    if (!present) return tf.mean(x, 0);
    const weights = rowWeights(present, x.shape);
    return x.mul(weights).sum(0).div(weights.sum(0).maximum(tiny));
  });
}

/** 1 where a mask has an observed row, 0 where it has none; 1 without a mask. A comparison needs it of both sides. */
export function anyObserved(present?: tf.Tensor): tf.Scalar {
  return tf.tidy(() => (present ? (tf.minimum(present.sum().div(tiny), 1) as tf.Scalar) : tf.scalar(1)));
}

/** The mask with as many axes as what it weighs: [N] → [N, 1, …]. Shapes would else be stretched to [N, N] in silence. */
export function rowWeights(present: tf.Tensor, shape: readonly number[], name = 'present'): tf.Tensor {
  const count = shape[0] ?? 1;
  const sameShape = present.rank === shape.length && shape.every((size, axis) => size === present.shape[axis]);
  if (sameShape) return present;
  if (present.rank === 2 && present.shape[1] === 1) assertShape(name, present.shape, [count, 1]);
  else assertShape(name, present.shape, [count]);
  return present.reshape([count, ...shape.slice(1).map(() => 1)]);
}
