/** What every head takes and gives: G's part for one modality, from content and style to an example. */
import type {tf} from '../../core/tensorflow';
import type {NormMode} from '../layers/norm-mode';

export interface HeadSizes {
  /** Length of the input u: content and style side by side. */
  readonly inputDim: number;
  /** Channels of the smallest resolution; halved at each doubling, at least 8. */
  readonly channels: number;
  /** Units of layers that have no places, and of a memory. */
  readonly hiddenUnits: number;
}

/** How a text head chooses its words; without it words are passed on as probabilities. */
export interface WordSampling {
  /** Gumbel values, [N, T, V]. */
  readonly gumbel: tf.Tensor3D;
  /** τ > 0; a tensor where it changes from step to step. */
  readonly temperature: tf.Scalar | number;
  /** One word at each place, with the gradient of its probability (straight-through). */
  readonly hard?: boolean;
}

export interface GeneratorHead {
  /** u [N, inputDim] → an example in the modality's units. `sampling` is for text. */
  apply(u: tf.Tensor2D, mode: NormMode, sampling?: WordSampling): tf.Tensor;
}

export interface Growth {
  readonly baseHeight: number;
  readonly baseWidth: number;
  readonly doublings: number;
}

/** How a picture grows: doublings from a base of at most 8 pixels a side; the last picture is cut to H×W. 28×28 grows 7 → 14 → 28. */
export function planGrowth(height: number, width: number): Growth {
  let doublings = 0;
  while (Math.max(height, width) / 2 ** doublings > 8) doublings++;
  return {baseHeight: Math.ceil(height / 2 ** doublings), baseWidth: Math.ceil(width / 2 ** doublings), doublings};
}

/** Doublings from a base whose smaller side is 4 to 7: 32×32 grows 4 → 8 → 16 → 32, 28×28 grows 7 → 14 → 28. */
export function planGrowthFrom4(height: number, width: number): Growth {
  let doublings = 0;
  while (Math.min(height, width) / 2 ** (doublings + 1) >= 4) doublings++;
  return {baseHeight: Math.ceil(height / 2 ** doublings), baseWidth: Math.ceil(width / 2 ** doublings), doublings};
}

/** Channels at the base and after each doubling: halved, at least 8. channelsOf(64, 2) is [64, 32, 16]. */
export function channelsOf(base: number, doublings: number): number[] {
  return Array.from({length: doublings + 1}, (_, i) => Math.max(8, base >> i));
}

/** The upper left H×W of a picture that grew a little beyond. */
export function cutTo(x: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const tooLarge = x.shape[1] !== height || x.shape[2] !== width;
  return tooLarge ? x.slice([0, 0, 0, 0], [-1, height, width, -1]) : x;
}
