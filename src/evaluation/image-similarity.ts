/** How alike two pictures are: structural similarity and mean squared error. */
import {UserError} from '../core/checks';
import {type MatrixLike, toMatrixPair} from './matrix';

/** One picture [H][W], or flat values of shape [H, W], [H, W, C] or [N, H, W, C]. */
export type PictureLike =
  | readonly (readonly number[])[]
  | {readonly data: Float32Array | Float64Array; readonly shape: readonly number[]};

export interface SsimOptions {
  /** Largest possible value less the smallest: 1 for [0, 1], 2 for [-1, 1], 255 for bytes. Defaults to 1. */
  readonly dataRange?: number;
  /** Side of the window, odd. Defaults to 7, or 11 for 'gaussian'. */
  readonly windowSize?: number;
  /** 'uniform' weighs all pixels of the window alike, with unbiased variances, as scikit-image; 'gaussian' (deviation 1.5, biased variances) is the original. Defaults to 'uniform'. */
  readonly window?: 'uniform' | 'gaussian';
}

/**
 * Structural similarity, mean over all windows that lie inside the picture, channels and pictures.
 *
 *   SSIM = (2 μ_a μ_b + c₁)(2 σ_ab + c₂) / ((μ_a² + μ_b² + c₁)(σ_a² + σ_b² + c₂)),   c₁ = (0.01 L)², c₂ = (0.03 L)²
 *
 * Source: Wang et al. 2004 (doi:10.1109/TIP.2003.819861), eq. 13; the uniform window as in scikit-image's structural_similarity.
 *
 * @param a, b pictures of the same shape. @returns in [-1, 1]; 1 for equal pictures.
 * @throws UserError when values span more than dataRange, or a picture is smaller than the window.
 */
export function ssim(a: PictureLike, b: PictureLike, options: SsimOptions = {}): number {
  const {dataRange = 1, window = 'uniform', windowSize = window === 'gaussian' ? 11 : 7} = options;
  const [x, y] = [toPictures('a', a), toPictures('b', b)];
  if (x.shape.join() !== y.shape.join()) {
    throw new UserError(
      `Expected a and b of ssim of equal shape, got [${x.shape.join(', ')}] and [${y.shape.join(', ')}].`,
    );
  }
  const [count, height, width, channels] = x.shape;
  if (!Number.isInteger(windowSize) || windowSize < 3 || windowSize % 2 === 0) {
    throw new UserError(`Expected windowSize of ssim to be an odd integer of at least 3, got ${windowSize}.`);
  }
  if (Math.min(height, width) < windowSize) {
    throw new UserError(
      `Expected pictures of ssim to have at least ${windowSize} × ${windowSize} pixels, got ${height} × ${width}.`,
    );
  }
  assertRange(dataRange, x.data, y.data);
  const weights = windowWeights(window, windowSize);
  // n / (n - 1) makes the variances of a window unbiased.
  const correction = window === 'uniform' ? windowSize ** 2 / (windowSize ** 2 - 1) : 1;
  let sum = 0;
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      const plane = (data: Float64Array): Float64Array =>
        Float64Array.from({length: height * width}, (_, i) => data[(n * height * width + i) * channels + c]!);
      sum += meanOfMap(plane(x.data), plane(y.data), height, width, weights, correction, dataRange);
    }
  }
  return sum / (count * channels);
}

/** Mean squared difference of two matrices or flat arrays of values; mse([[0, 2]], [[1, 4]]) is 2.5. */
export function mse(a: MatrixLike, b: MatrixLike): number {
  const [x, y] = toMatrixPair('mse', ['a', 'b'], [a, b]);
  if (x.rows !== y.rows)
    throw new UserError(`Expected a and b of mse to have equally many rows, got ${x.rows} and ${y.rows}.`);
  let sum = 0;
  for (let i = 0; i < x.data.length; i++) sum += (x.data[i]! - y.data[i]!) ** 2;
  return sum / x.data.length;
}

function meanOfMap(
  a: Float64Array,
  b: Float64Array,
  height: number,
  width: number,
  weights: Float64Array,
  correction: number,
  range: number,
): number {
  const average = (values: Float64Array): Float64Array => slide(values, height, width, weights);
  const product = (p: Float64Array, q: Float64Array): Float64Array => average(p.map((value, i) => value * q[i]!));
  const [ma, mb, aa, bb, ab] = [average(a), average(b), product(a, a), product(b, b), product(a, b)];
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
  let sum = 0;
  for (let i = 0; i < ma.length; i++) {
    const [p, q] = [ma[i]!, mb[i]!];
    const varianceA = correction * (aa[i]! - p * p);
    const varianceB = correction * (bb[i]! - q * q);
    const covariance = correction * (ab[i]! - p * q);
    sum += ((2 * p * q + c1) * (2 * covariance + c2)) / ((p * p + q * q + c1) * (varianceA + varianceB + c2));
  }
  return sum / ma.length;
}

/** Weighted means of all windows that lie inside, row by row: the weights of a window are products of those of its sides. */
function slide(values: Float64Array, height: number, width: number, weights: Float64Array): Float64Array {
  const [h, w] = [height - weights.length + 1, width - weights.length + 1];
  const across = new Float64Array(height * w);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < w; j++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * values[i * width + j + k]!;
      across[i * w + j] = sum;
    }
  }
  const out = new Float64Array(h * w);
  for (let i = 0; i < h; i++) {
    for (let j = 0; j < w; j++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * across[(i + k) * w + j]!;
      out[i * w + j] = sum;
    }
  }
  return out;
}

function windowWeights(window: 'uniform' | 'gaussian', size: number): Float64Array {
  const raw = Float64Array.from({length: size}, (_, i) =>
    window === 'uniform' ? 1 : Math.exp(-((i - (size - 1) / 2) ** 2) / (2 * 1.5 ** 2)),
  );
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map(value => value / total);
}

function toPictures(name: string, picture: PictureLike): {data: Float64Array; shape: [number, number, number, number]} {
  const flat =
    'shape' in picture
      ? picture
      : {data: Float64Array.from(picture.flat()), shape: [picture.length, picture[0]?.length ?? 0]};
  const {data, shape} = flat;
  const size = shape.reduce((product, n) => product * n, 1);
  if (shape.length < 2 || shape.length > 4 || size !== data.length || size === 0) {
    throw new UserError(
      `Expected ${name} of ssim to be of shape [H, W], [H, W, C] or [N, H, W, C], got [${shape.join(', ')}] with ${data.length} values.`,
    );
  }
  const bad = data.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) throw new UserError(`Expected ${name} of ssim to be finite, got ${data[bad]} at ${bad}.`);
  const [n, h, w, c] = shape.length === 4 ? shape : [1, shape[0], shape[1], shape[2] ?? 1];
  return {data: Float64Array.from(data), shape: [n!, h!, w!, c!]};
}

function assertRange(dataRange: number, ...all: readonly Float64Array[]): void {
  if (!(dataRange > 0)) throw new UserError(`Expected dataRange of ssim to be positive, got ${dataRange}.`);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of all) {
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (high - low > dataRange * (1 + 1e-6)) {
    throw new UserError(`Expected values of ssim to span at most dataRange, ${dataRange}, got ${low} to ${high}.`);
  }
}
