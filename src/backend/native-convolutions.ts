/** Convolutions where TensorFlow's usual kernel is wrong or slow on the native engine. */
import {tf} from '../core/tensorflow';
import {runNativeOp} from './native-op';

type KernelArguments = Parameters<tf.KernelFunc>[0];

/**
 * TensorFlow 2.21 with oneDNN leaves part of the result unwritten, so anything, for one input channel with stride 1 down
 * and more across where the output is narrow. A second channel of zeros changes no sum and avoids that path.
 */
export function convolveTwoChannels(convolve: tf.KernelFunc, args: KernelArguments): tf.TensorInfo | tf.TensorInfo[] {
  const {x, filter} = args.inputs as {x: tf.TensorInfo; filter: tf.TensorInfo};
  const {strides, dataFormat} = args.attrs as unknown as {strides: number | [number, number]; dataFormat: string};
  const [down, across] = typeof strides === 'number' ? [strides, strides] : strides;
  if (down === across || x.shape[3] !== 1 || dataFormat === 'NCHW') return convolve(args);
  return tf.tidy(() => {
    const wide = tf.pad(x as tf.Tensor4D, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 1],
    ]);
    const deep = tf.pad(filter as tf.Tensor4D, [
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
    return convolve({...args, inputs: {x: wide, filter: deep}}) as tf.Tensor;
  });
}

/** Channels up to which Eigen's kernel is the faster one: 2 to 5 times at 1 to 4 channels, as fast at 8 (AVX-512, one thread). */
const fewChannels = 4;

/**
 * The input gradient of a convolution, which is a transposed convolution too, to so few channels that oneDNN's kernel has
 * nothing to put side by side. oneDNN leaves convolutions with explicit padding to Eigen, so the padding is spelled out.
 *
 * @returns null where the usual kernel is right.
 */
export function backToFewChannels({inputs, attrs}: KernelArguments): tf.TensorInfo | null {
  const {dy, filter} = inputs as {dy: tf.TensorInfo; filter: tf.TensorInfo};
  const {strides, pad, dataFormat, dimRoundingMode, inputShape} = attrs as unknown as {
    strides: number | [number, number];
    pad: 'valid' | 'same' | number;
    dataFormat: 'NHWC' | 'NCHW';
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
    inputShape: [number, number, number, number];
  };
  if (filter.shape[2]! > fewChannels || dataFormat !== 'NHWC' || typeof pad !== 'string') return null;
  const filterShape = filter.shape as [number, number, number, number];
  const {padInfo, strideHeight, strideWidth} = tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const {top, bottom, left, right} = padInfo;
  const attributes = {
    T: {type: 'float32'},
    strides: {integers: [1, strideHeight, strideWidth, 1]},
    padding: {text: 'EXPLICIT'},
    explicit_paddings: {integers: [0, 0, top, bottom, left, right, 0, 0]},
    data_format: {text: dataFormat},
    dilations: {integers: [1, 1, 1, 1]},
  } as const;
  const sizes = tf.tensor1d(inputShape, 'int32');
  const [result] = runNativeOp('Conv2DBackpropInput', attributes, [sizes, filter, dy], 1);
  sizes.dispose();
  return result!;
}
