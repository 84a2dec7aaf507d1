/** Sharpness: blur makes neighbours alike, noise makes them differ more than they do in the world. */
import {expected, UserError} from '../core/checks';
import type {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import {meanOf} from './classes';
import {bootstrapSpreadInterval, type Interval} from './intervals';

/**
 * Mean absolute difference of horizontally and vertically neighbouring values, one number a row.
 *
 * @param values pictures [N, H, W, C] or spectrograms [N, M, F, 1]; more than one pixel.
 * @returns N numbers ≥ 0; 1.5 for [[0, 1], [2, 3]], whose differences are 1 and 1 across, 2 and 2 down; 0 for an even surface.
 */
export function neighbourDifferences(values: tf.Tensor4D): Float32Array {
  const [, height, width, channels] = values.shape;
  const pairs = channels * (height * (width - 1) + width * (height - 1));
  if (pairs === 0) throw expected('values', 'pictures with neighbouring pixels', `shape [${values.shape.join(', ')}]`);
  return tf.tidy(() => {
    const across = values.slice([0, 0, 1, 0]).sub(values.slice([0, 0, 0, 0], [-1, -1, width - 1, -1]));
    const down = values.slice([0, 1, 0, 0]).sub(values.slice([0, 0, 0, 0], [-1, height - 1, -1, -1]));
    const sum = across
      .abs()
      .sum([1, 2, 3])
      .add(down.abs().sum([1, 2, 3]));
    return sum.div(pairs).dataSync() as Float32Array;
  });
}

/** Means of neighbourDifferences, generated against real: 1 as sharp as the world, below 1 blurred, above 1 noisy. */
export function sharpnessRatio(real: ArrayLike<number>, generated: ArrayLike<number>): number {
  const ofReal = meanOf(real);
  if (!(ofReal > 0)) throw new UserError(`Expected the sharpness of real data to be positive, got ${ofReal}.`);
  return meanOf(generated) / ofReal;
}

/** The ratio with its 95 % interval over draws of the generated rows. */
export function sharpnessScore(
  real: ArrayLike<number>,
  generated: ArrayLike<number>,
  stream: RandomStream,
): {value: number; ci95: Interval} {
  const value = sharpnessRatio(real, generated);
  const resampled = (rows: Int32Array): number =>
    sharpnessRatio(
      real,
      Float32Array.from(rows, row => generated[row]!),
    );
  return {value, ci95: bootstrapSpreadInterval(value, generated.length, resampled, stream, 100)};
}
