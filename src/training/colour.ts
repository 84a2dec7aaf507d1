/**
 * Colour changes of DiffAugment: brightness, saturation, contrast. Each has gradients of every order, and its amounts are data.
 *
 * Source: Zhao et al. 2020, section 3.2, "Color" (arXiv:2006.10738), with the ranges of the authors' code.
 */
import {assertShape} from '../core/checks';
import type {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';

/** One number of each for every picture, shape [N]. */
export interface ColourAmounts {
  /** Added to every value, in [-0.5, 0.5). */
  readonly brightness: tf.Tensor1D;
  /** Times the distance from the pixel's own grey, in [0, 2). */
  readonly saturation: tf.Tensor1D;
  /** Times the distance from the picture's mean, in [0.5, 1.5). */
  readonly contrast: tf.Tensor1D;
}

/** Each amount is drawn evenly from `from` to `from + range`. */
export const colourRanges = {
  brightness: {from: -0.5, range: 1},
  saturation: {from: 0, range: 2},
  contrast: {from: 0.5, range: 1},
} as const satisfies Record<keyof ColourAmounts, {from: number; range: number}>;

export function drawColour(stream: RandomStream, count: number): ColourAmounts {
  const draw = ({from, range}: {from: number; range: number}) =>
    tf.tensor1d(Float32Array.from({length: count}, () => from + range * stream.uniform()));
  const {brightness, saturation, contrast} = colourRanges;
  return {brightness: draw(brightness), saturation: draw(saturation), contrast: draw(contrast)};
}

/**
 * Brightness, then saturation, then contrast.
 *
 * @param x shape [N, H, W, C], in [-1, 1]; the result may reach beyond. @returns the same shape; unchanged by 0, 1 and 1.
 */
export function changeColour(x: tf.Tensor4D, {brightness, saturation, contrast}: ColourAmounts): tf.Tensor4D {
  return tf.tidy(() => changeContrast(changeSaturation(changeBrightness(x, brightness), saturation), contrast));
}

/** x + b for each picture: [N, H, W, C] and [N] to [N, H, W, C]. Of a spectrogram it is a gain, see `gainAmount`. */
export function changeBrightness(x: tf.Tensor4D, amounts: tf.Tensor1D): tf.Tensor4D {
  return tf.tidy(() => x.add(perExample(x, amounts)));
}

/** (x - m)·s + m, m the mean over a pixel's channels: 0 makes it grey, 1 leaves it. A grey picture stays as it is. */
export function changeSaturation(x: tf.Tensor4D, amounts: tf.Tensor1D): tf.Tensor4D {
  if (x.shape[3] === 1) return x.clone();
  return tf.tidy(() => stretch(x, x.mean(3, true), amounts));
}

/** (x - m)·c + m, m the mean of the whole picture: 1 leaves it. */
export function changeContrast(x: tf.Tensor4D, amounts: tf.Tensor1D): tf.Tensor4D {
  return tf.tidy(() => stretch(x, x.mean([1, 2, 3], true), amounts));
}

function stretch(x: tf.Tensor4D, middle: tf.Tensor, amounts: tf.Tensor1D): tf.Tensor4D {
  return middle.add(x.sub(middle).mul(perExample(x, amounts))) as tf.Tensor4D;
}

function perExample(x: tf.Tensor4D, amounts: tf.Tensor1D): tf.Tensor4D {
  assertShape('amounts', amounts.shape, [x.shape[0]]);
  return amounts.reshape([x.shape[0], 1, 1, 1]);
}
