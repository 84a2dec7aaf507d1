/** Convolutions and their transposes, 'same' padding. */
import {assertShape} from '../../core/checks';
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import type {NormMode} from './norm-mode';
import {spectralNorm} from './spectral-norm';

export interface ConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Side of the square kernel, in pixels. */
  readonly size: number;
  readonly stride: number;
  readonly bias?: boolean;
  /** Standard deviation of the kernel at the start; that of He for leaky ReLU unless told. */
  readonly std?: number;
  /** The kernel is divided by its largest singular value. */
  readonly spectral?: boolean;
}

/** @returns a function from [N, H, W, inputs] to [N, ⌈H/stride⌉, ⌈W/stride⌉, outputs]; its mode matters with spectral norm only. */
export function convolution(parameters: Parameters, path: string, options: ConvolutionOptions) {
  const {inputs, outputs, size, stride} = options;
  const std = options.std ?? Math.sqrt(2 / (inputs * size * size));
  const kernel = parameters.normal(`${path}/kernel`, [size, size, inputs, outputs], std);
  const bias = options.bias === false ? null : parameters.constant(`${path}/bias`, [outputs], 0);
  const normalised = options.spectral ? spectralNorm(parameters, path, kernel) : null;
  return watched(path, (x: tf.Tensor, mode: NormMode = 'stored'): tf.Tensor4D => {
    assertShape(`the input of ${path}`, x.shape, [null, null, null, inputs]);
    const y = tf.conv2d(x as tf.Tensor4D, (normalised?.(mode) ?? kernel) as tf.Tensor4D, stride, 'same');
    return (bias ? y.add(bias) : y) as tf.Tensor4D;
  });
}

/** @returns a function from [N, H, W, inputs] to [N, H·stride, W·stride, outputs]. */
export function transposedConvolution(
  parameters: Parameters,
  path: string,
  options: Omit<ConvolutionOptions, 'spectral'>,
) {
  const {inputs, outputs, size, stride} = options;
  // Each output pixel sums (size / stride)² taps of every input channel.
  const std = options.std ?? Math.sqrt((2 * stride * stride) / (inputs * size * size));
  const kernel = parameters.normal(`${path}/kernel`, [size, size, outputs, inputs], std) as unknown as tf.Tensor4D;
  const bias = options.bias === false ? null : parameters.constant(`${path}/bias`, [outputs], 0);
  return watched(path, (x: tf.Tensor): tf.Tensor4D => {
    assertShape(`the input of ${path}`, x.shape, [null, null, null, inputs]);
    const [n, height, width] = x.shape as [number, number, number, number];
    const y = tf.conv2dTranspose(
      x as tf.Tensor4D,
      kernel,
      [n, height * stride, width * stride, outputs],
      stride,
      'same',
    );
    return (bias ? y.add(bias) : y) as tf.Tensor4D;
  });
}
