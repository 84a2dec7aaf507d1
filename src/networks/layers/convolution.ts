/** Convolutions and their transposes, 'same' padding. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';

export interface ConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Side of the square kernel, in pixels. */
  readonly size: number;
  readonly stride: number;
  readonly bias?: boolean;
}

/** @returns a function from [N, H, W, inputs] to [N, ⌈H/stride⌉, ⌈W/stride⌉, outputs]; He start for leaky ReLU. */
export function convolution(parameters: Parameters, path: string, options: ConvolutionOptions) {
  const {inputs, outputs, size, stride} = options;
  const std = Math.sqrt(2 / (inputs * size * size));
  const kernel = parameters.normal(`${path}/kernel`, [size, size, inputs, outputs], std) as unknown as tf.Tensor4D;
  const bias = options.bias === false ? null : parameters.constant(`${path}/bias`, [outputs], 0);
  return (x: tf.Tensor): tf.Tensor4D => {
    const y = tf.conv2d(x as tf.Tensor4D, kernel, stride, 'same');
    return (bias ? y.add(bias) : y) as tf.Tensor4D;
  };
}

/** @returns a function from [N, H, W, inputs] to [N, H·stride, W·stride, outputs]. */
export function transposedConvolution(parameters: Parameters, path: string, options: ConvolutionOptions) {
  const {inputs, outputs, size, stride} = options;
  // Each output pixel sums (size / stride)² taps of every input channel.
  const std = Math.sqrt((2 * stride * stride) / (inputs * size * size));
  const kernel = parameters.normal(`${path}/kernel`, [size, size, outputs, inputs], std) as unknown as tf.Tensor4D;
  const bias = options.bias === false ? null : parameters.constant(`${path}/bias`, [outputs], 0);
  return (x: tf.Tensor): tf.Tensor4D => {
    const [n, height, width] = x.shape as [number, number, number, number];
    const y = tf.conv2dTranspose(
      x as tf.Tensor4D,
      kernel,
      [n, height * stride, width * stride, outputs],
      stride,
      'same',
    );
    return (bias ? y.add(bias) : y) as tf.Tensor4D;
  };
}
