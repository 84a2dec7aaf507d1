/** Cutout: a hole in each picture, at a place of its own. */
import {assertInRange, assertShape} from '../core/checks';
import type {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';

/** The rows and the columns that a hole covers, 1 inside and 0 outside: [N, H] and [N, W]. */
export interface Holes {
  readonly rows: tf.Tensor2D;
  readonly columns: tf.Tensor2D;
}

/**
 * Rectangles of `share` of the height and the width, their centres anywhere in the picture, so that one may lie partly outside.
 *
 * @param share in [0, 1]; ½ in DiffAugment.
 */
export function drawHoles(stream: RandomStream, count: number, height: number, width: number, share = 0.5): Holes {
  assertInRange('share', share, 0, 1);
  const [rows, columns] = [new Float32Array(count * height), new Float32Array(count * width)];
  const cover = (covered: Float32Array, example: number, size: number) => {
    const side = holeSide(size, share);
    const first = stream.integer(size) - Math.floor(side / 2);
    for (let i = Math.max(0, first); i < Math.min(size, first + side); i++) covered[example * size + i] = 1;
  };
  for (let i = 0; i < count; i++) {
    cover(rows, i, height);
    cover(columns, i, width);
  }
  return {rows: tf.tensor2d(rows, [count, height]), columns: tf.tensor2d(columns, [count, width])};
}

/** Places that a hole covers along an axis where it lies wholly inside; half of them unless told. holeSide(7) is 4. */
export function holeSide(size: number, share = 0.5): number {
  return Math.round(share * size);
}

/**
 * Fills the holes; what lies in them gets no gradient.
 *
 * Source: DiffAugment, Zhao et al. 2020, section 3.2, "Cutout" (arXiv:2006.10738), after DeVries & Taylor 2017 (arXiv:1708.04552).
 *
 * @param x shape [N, H, W, C]; @param fill 0, the middle grey, unless told; -1 is silence in a spectrogram.
 * @returns the same shape.
 */
export function cutout(x: tf.Tensor4D, {rows, columns}: Holes, fill = 0): tf.Tensor4D {
  const [n, height, width] = x.shape;
  assertShape('the holes of rows', rows.shape, [n, height]);
  assertShape('the holes of columns', columns.shape, [n, width]);
  return tf.tidy(() => {
    const kept = tf.sub(1, rows.reshape([n, height, 1, 1]).mul(columns.reshape([n, 1, width, 1])));
    return x.sub(fill).mul(kept).add(fill) as tf.Tensor4D;
  });
}
