/**
 * Gradients that TensorFlow.js 4.22 refuses, or gets wrong, for some shapes, axes or orders. They hold for every backend.
 * Found by `test/backend/conformance`.
 */
import {tf} from '../core/tensorflow';
import {averagePoolGradient} from './pool-gradient';
import {resizeBilinearGradient, resizeNearestGradient} from './resize-gradient';

/** What a gradient function returns: for each input, how to compute its gradient when it is wanted. */
type Gradients = ReturnType<tf.GradFunc>;
type Slope = tf.Tensor | tf.Tensor[];

export const moreGradients: readonly tf.GradConfig[] = [
  {kernelName: 'SquaredDifference', inputsToSave: ['a', 'b'], gradFunc: squaredDifferenceGradient},
  {kernelName: 'Maximum', inputsToSave: ['a', 'b'], gradFunc: extremeGradient(tf.greaterEqual, tf.less)},
  {kernelName: 'Minimum', inputsToSave: ['a', 'b'], gradFunc: extremeGradient(tf.lessEqual, tf.greater)},
  {kernelName: 'Cumsum', inputsToSave: [], gradFunc: cumsumGradient},
  {kernelName: 'SplitV', gradFunc: splitGradient},
  {kernelName: 'Conv2DBackpropFilter', inputsToSave: ['x', 'dy'], gradFunc: filterGradientGradient},
  {kernelName: 'AvgPool', inputsToSave: ['x'], gradFunc: averagePoolGradient},
  {kernelName: 'ResizeNearestNeighbor', inputsToSave: ['images'], gradFunc: resizeNearestGradient},
  {kernelName: 'ResizeBilinear', inputsToSave: ['images'], gradFunc: resizeBilinearGradient},
];

/** That of TensorFlow.js has the shape of the product: where an operand is repeated along outer axes, its share is the sum. */
export function broadcastMatMulGradient(stock: tf.GradConfig): tf.GradConfig {
  return {
    ...stock,
    gradFunc: (dy, saved, attributes) => {
      const gradients = stock.gradFunc(dy, saved, attributes);
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return {
        a: () => reducedTo(gradients['a']!() as tf.Tensor, a.shape),
        b: () => reducedTo(gradients['b']!() as tf.Tensor, b.shape),
      };
    },
  };
}

/** Those of TensorFlow.js are not summed over the axes along which an operand is repeated. */
function squaredDifferenceGradient(dy: Slope, [a, b]: tf.Tensor[]): Gradients {
  const slope = () => tf.mul(dy as tf.Tensor, tf.mul(2, tf.sub(a!, b!)));
  return {a: () => reducedTo(slope(), a!.shape), b: () => reducedTo(tf.neg(slope()), b!.shape)};
}

/** Of max(a, b) or min(a, b); where both are equal it is a's, as in TensorFlow.js. See `squaredDifferenceGradient`. */
function extremeGradient(ofA: typeof tf.greater, ofB: typeof tf.greater): tf.GradFunc {
  return (dy, [a, b]) => {
    const where = (chosen: tf.Tensor) => tf.mul(dy as tf.Tensor, tf.cast(chosen, 'float32'));
    return {a: () => reducedTo(where(ofA(a!, b!)), a!.shape), b: () => reducedTo(where(ofB(a!, b!)), b!.shape)};
  };
}

/** That of TensorFlow.js is transposed where the axis is not the last. */
function cumsumGradient(dy: Slope, _saved: tf.Tensor[], attributes: tf.NamedAttrMap): Gradients {
  const {axis, exclusive, reverse} = attributes as {axis: number; exclusive: boolean; reverse: boolean};
  return {x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse)};
}

/** That of TensorFlow.js fails where there is one part only. */
function splitGradient(dy: Slope, _saved: tf.Tensor[], attributes: tf.NamedAttrMap): Gradients {
  return {x: () => tf.concat(Array.isArray(dy) ? dy : [dy], attributes['axis'] as number)};
}

/** dw is linear in x and in dy. TensorFlow.js has no gradient of it, so the second order in x and w together failed. */
function filterGradientGradient(ddw: Slope, [x, dy]: tf.Tensor[], attributes: tf.NamedAttrMap): Gradients {
  const {strides, pad, dataFormat, dimRoundingMode} = attributes as unknown as {
    strides: number | [number, number];
    pad: 'same' | 'valid' | number;
    dataFormat: 'NHWC';
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const filter = ddw as tf.Tensor4D;
  const inputAttributes = {strides, pad, dataFormat, dimRoundingMode, inputShape: x!.shape};
  return {
    x: () =>
      tf
        .engine()
        .runKernel(
          'Conv2DBackpropInput',
          {dy, filter} as unknown as tf.NamedTensorMap,
          inputAttributes as unknown as tf.NamedAttrMap,
        ) as tf.Tensor,
    dy: () => tf.conv2d(x as tf.Tensor4D, filter, strides, pad, dataFormat, 1, dimRoundingMode),
  };
}

/** Summed over the axes that `shape` lacks or has as 1. */
function reducedTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (x.shape.length === shape.length && x.shape.every((size, axis) => size === shape[axis])) return x;
  const axes = tf.broadcast_util.getReductionAxes([...shape], x.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(x, axes) : x, [...shape]);
}
