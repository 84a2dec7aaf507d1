/** Sharpness: blur makes neighbours alike, noise makes them differ more than they do in the world. */
import {expected, UserError} from '../core/checks';
import {tf} from '../core/tensorflow';

/**
 * Mean absolute difference of horizontally and vertically neighbouring values, over all rows and channels.
 *
 * @param values pictures [N, H, W, C] or spectrograms [N, M, F, 1]; H and W not both 1.
 * @returns ≥ 0; 1.5 for [[0, 1], [2, 3]], whose differences are 1 and 1 across, 2 and 2 down; 0 for an even surface.
 */
export function neighbourDifference(values: tf.Tensor4D): number {
  const [count, height, width, channels] = values.shape;
  const pairs = count * channels * (height * (width - 1) + width * (height - 1));
  if (pairs === 0) throw expected('values', 'pictures with neighbouring pixels', `shape [${values.shape.join(', ')}]`);
  return tf.tidy(() => {
    const across = values.slice([0, 0, 1, 0]).sub(values.slice([0, 0, 0, 0], [-1, -1, width - 1, -1]));
    const down = values.slice([0, 1, 0, 0]).sub(values.slice([0, 0, 0, 0], [-1, height - 1, -1, -1]));
    return across.abs().sum().add(down.abs().sum()).dataSync()[0]! / pairs;
  });
}

/** Generated against real: 1 as sharp as the world, below 1 blurred, above 1 noisy. */
export function sharpnessRatio(real: number, generated: number): number {
  if (!(real > 0)) throw new UserError(`Expected the sharpness of real data to be positive, got ${real}.`);
  return generated / real;
}
