/** The gradient of `tf.avgPool`, right at the borders on every backend and differentiable again. */
import {tf} from '../core/tensorflow';

/**
 * Each number of dy [N, OH, OW, C] is shared evenly by the pixels of x [N, H, W, C] that lie in its window:
 * dx = Rᵀ·(dy / pixels in the window)·S, where R and S say which rows and columns are in which window. The kernels of
 * TensorFlow.js divide by the window's size at the borders too, where a part of it lies outside.
 */
export function averagePoolGradient(
  dy: tf.Tensor | tf.Tensor[],
  [x]: tf.Tensor[],
  attributes: tf.NamedAttrMap,
): ReturnType<tf.GradFunc> {
  const {filterSize, strides, pad, dimRoundingMode} = attributes as unknown as {
    filterSize: number | [number, number];
    strides: number | [number, number];
    pad: 'same' | 'valid' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const shape = x!.shape as [number, number, number, number];
  const [count, height, width, channels] = shape;
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const {outHeight, outWidth} = info;
  return {
    x: () => {
      const rows = windows(height, outHeight, info.strideHeight, info.filterHeight, info.padInfo.top);
      const columns = windows(width, outWidth, info.strideWidth, info.filterWidth, info.padInfo.left);
      const across = tf.reshape(dy as tf.Tensor, [count, outHeight, outWidth * channels]);
      const down = tf.reshape(tf.matMul(rows, across), [count * height, outWidth, channels]);
      return tf.reshape(tf.matMul(columns, down), shape);
    },
  };
}

/** [1, size, outSize]: 1 / (positions in window i) where position s is one of them. Rows and columns are counted apart. */
function windows(size: number, outSize: number, stride: number, filter: number, before: number): tf.Tensor3D {
  const matrix = new Float32Array(size * outSize);
  for (let i = 0; i < outSize; i++) {
    const from = Math.max(0, i * stride - before);
    const to = Math.min(size, i * stride - before + filter);
    for (let s = from; s < to; s++) matrix[s * outSize + i] = 1 / (to - from);
  }
  return tf.tensor3d(matrix, [1, size, outSize]);
}
