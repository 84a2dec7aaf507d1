/** The gradients of `tf.image.resizeNearestNeighbor` and `tf.image.resizeBilinear`, right on every backend and differentiable again. */
import {tf} from '../core/tensorflow';

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

type GradFunc = (
  dy: tf.Tensor | tf.Tensor[],
  saved: tf.Tensor[],
  attributes: tf.NamedAttrMap,
) => ReturnType<tf.GradFunc>;

/**
 * Each pixel of dy [N, OH, OW, C] goes back to the pixel of x [N, H, W, C] that it shows: dx = Rᵀ·dy·S with the matrices of
 * zeros and ones that choose rows and columns. TensorFlow.js calls a kernel here that ignores `halfPixelCenters` everywhere,
 * reads the wrong example of a batch on cpu, and has no gradient of its own.
 */
export const resizeNearestGradient = resizeGradient((place, size, {alignCorners}) => {
  const source = Math.max(0, Math.min(size - 1, alignCorners ? Math.round(place) : Math.floor(place)));
  return [[source, 1]];
});

/**
 * The same with two pixels for each, by their shares. The kernel that TensorFlow.js calls ignores `halfPixelCenters`, and it
 * has no gradient.
 */
export const resizeBilinearGradient = resizeGradient((place, size, {halfPixelCenters, alignCorners}) => {
  const exact = halfPixelCenters && !alignCorners ? place - 0.5 : place;
  const low = Math.max(0, Math.floor(exact));
  const share = Math.max(0, exact - Math.floor(exact));
  return [
    [low, 1 - share],
    [Math.min(size - 1, Math.ceil(exact)), share],
  ];
});

/** Which pixels a place between pixels is made of: their numbers and their shares. */
type Sources = (place: number, size: number, attributes: ResizeAttributes) => readonly (readonly [number, number])[];

function resizeGradient(sources: Sources): GradFunc {
  return (dy, [images], attributes) => {
    const [count, height, width, channels] = images!.shape as [number, number, number, number];
    const [, outHeight, outWidth] = (dy as tf.Tensor).shape as [number, number, number, number];
    const options = attributes as unknown as ResizeAttributes;
    return {
      images: () => {
        const rows = tf.reshape(dy as tf.Tensor, [count, outHeight, outWidth * channels]);
        const summedRows = tf.matMul(selection(height, outHeight, options, sources), rows);
        const columns = tf.reshape(summedRows, [count * height, outWidth, channels]);
        const summed = tf.matMul(selection(width, outWidth, options, sources), columns);
        return tf.reshape(summed, images!.shape);
      },
    };
  };
}

/** [1, size, outSize]: the share of input position s in output position i, chosen as the forward kernel chooses it. */
function selection(size: number, outSize: number, options: ResizeAttributes, sources: Sources): tf.Tensor3D {
  const corners = options.alignCorners && outSize > 1 ? 1 : 0;
  const scale = (size - corners) / (outSize - corners);
  const matrix = new Float32Array(size * outSize);
  for (let i = 0; i < outSize; i++) {
    const place = scale * (options.halfPixelCenters ? i + 0.5 : i);
    for (const [source, share] of sources(place, size, options)) matrix[source * outSize + i]! += share;
  }
  return tf.tensor3d(matrix, [1, size, outSize]);
}
