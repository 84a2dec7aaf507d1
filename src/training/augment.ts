/** Small changes that D sees on real and generated examples alike, so that it cannot learn the training set by heart. */
import type {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import type {ModalitySpec} from '../core/types';

/** One-hot matrices that move rows and columns, for N pictures: [N, H, H] and [N, W, W]. */
export interface Shifts {
  readonly rows: tf.Tensor3D;
  readonly columns: tf.Tensor3D;
}

/** How far a modality may be moved, in pixels, or in mel bands and frames. */
export function shiftLimits(spec: ModalitySpec): {rows: number; columns: number} | null {
  switch (spec.kind) {
    case 'image':
      return {rows: Math.max(1, Math.round(spec.height / 14)), columns: Math.max(1, Math.round(spec.width / 14))};
    case 'audio':
      return {rows: 1, columns: 3};
    case 'text':
      return null;
  }
}

export function drawShifts(
  stream: RandomStream,
  count: number,
  height: number,
  width: number,
  limits: {rows: number; columns: number},
): Shifts {
  return {
    rows: shiftMatrices(stream, count, height, limits.rows),
    columns: shiftMatrices(stream, count, width, limits.columns),
  };
}

/**
 * Moves each picture; what comes in from outside is -1, the background of pictures and spectrograms. Matrix products do
 * it, so that it has gradients of every order and the amounts are data, not code.
 *
 * Source: translation of DiffAugment, Zhao et al. 2020, section 3.2 (arXiv:2006.10738).
 *
 * @param x shape [N, H, W, C] in [-1, 1]. @returns the same shape.
 */
export function shift(x: tf.Tensor4D, {rows, columns}: Shifts): tf.Tensor4D {
  return tf.tidy(() => {
    const [n, height, width, channels] = x.shape;
    // [N, H, W, C] → [N, H, W·C]: rows move together.
    const moved = tf.matMul(rows, x.add(1).reshape([n, height, width * channels]));
    // → [N, C·H, W]: columns move together. With one channel both are reshapes only.
    const planar =
      channels === 1
        ? moved.reshape([n, height, width])
        : moved
            .reshape([n, height, width, channels])
            .transpose([0, 3, 1, 2])
            .reshape([n, channels * height, width]);
    const both = tf.matMul(planar as tf.Tensor3D, columns);
    const back =
      channels === 1
        ? both.reshape([n, height, width, 1])
        : both.reshape([n, channels, height, width]).transpose([0, 2, 3, 1]);
    return back.sub(1) as tf.Tensor4D;
  });
}

function shiftMatrices(stream: RandomStream, count: number, size: number, limit: number): tf.Tensor3D {
  const values = new Float32Array(count * size * size);
  for (let i = 0; i < count; i++) {
    const by = stream.integer(2 * limit + 1) - limit;
    for (let from = Math.max(0, -by); from < size - Math.max(0, by); from++)
      values[(i * size + from + by) * size + from] = 1;
  }
  return tf.tensor3d(values, [count, size, size]);
}
