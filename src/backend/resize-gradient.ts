/** The gradient of `tf.image.resizeNearestNeighbor`, right on every backend and differentiable again. */
import {tf} from '../core/tensorflow';

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * Each pixel of dy [N, OH, OW, C] goes back to the pixel of x [N, H, W, C] that it shows: dx = Rᵀ·dy·S with the matrices of
 * zeros and ones that choose rows and columns. TensorFlow.js calls a kernel here that ignores `halfPixelCenters` everywhere,
 * reads the wrong example of a batch on cpu, and has no gradient of its own.
 */
export function resizeNearestGradient(
  dy: tf.Tensor | tf.Tensor[],
  [images]: tf.Tensor[],
  attributes: tf.NamedAttrMap,
): ReturnType<tf.GradFunc> {
  const [count, height, width, channels] = images!.shape as [number, number, number, number];
  const [, outHeight, outWidth] = (dy as tf.Tensor).shape as [number, number, number, number];
  const options = attributes as unknown as ResizeAttributes;
  return {
    images: () => {
      const rows = tf.reshape(dy as tf.Tensor, [count, outHeight, outWidth * channels]);
      const summedRows = tf.matMul(selection(height, outHeight, options), rows);
      const columns = tf.reshape(summedRows, [count * height, outWidth, channels]);
      const summed = tf.matMul(selection(width, outWidth, options), columns);
      return tf.reshape(summed, images!.shape);
    },
  };
}

/** [1, size, outSize]: 1 where output position i shows input position s, chosen as the forward kernel chooses it. */
function selection(size: number, outSize: number, {alignCorners, halfPixelCenters}: ResizeAttributes): tf.Tensor3D {
  const corners = alignCorners && outSize > 1 ? 1 : 0;
  const scale = (size - corners) / (outSize - corners);
  const matrix = new Float32Array(size * outSize);
  for (let i = 0; i < outSize; i++) {
    const place = scale * (halfPixelCenters ? i + 0.5 : i);
    const source = Math.max(0, Math.min(size - 1, alignCorners ? Math.round(place) : Math.floor(place)));
    matrix[source * outSize + i] = 1;
  }
  return tf.tensor3d(matrix, [1, size, outSize]);
}
