/** What the JavaScript and wasm backends cannot convolve over three axes. */
import {UserError} from '../core/checks';
import {tf} from '../core/tensorflow';

const kernels = ['Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2'];

/**
 * TensorFlow.js computes a negative padding where the stride is above the filter's size and the padding is 'same', and then
 * leaves out what it should read first. Such a convolution is refused instead. Called once for a backend.
 */
export function refuseWideStrides(backendName: 'cpu' | 'wasm'): void {
  for (const kernelName of kernels) {
    const config = tf.getKernel(kernelName, backendName);
    if (!config) continue;
    tf.unregisterKernel(kernelName, backendName);
    const kernelFunc: tf.KernelFunc = args => {
      const {strides, pad, filterShape} = args.attrs as unknown as {
        strides: number | readonly number[];
        pad: string;
        filterShape?: readonly number[];
      };
      const filter = (filterShape ?? (args.inputs['filter'] as tf.TensorInfo).shape).slice(0, 3);
      const steps = typeof strides === 'number' ? [strides, strides, strides] : strides;
      if (pad === 'same' && filter.some((size, axis) => steps[axis]! > size)) {
        throw new UserError(
          `conv3d with padding "same" and strides [${steps}] above its filter's size [${filter}] is wrong in TensorFlow.js 4.22 on ${backendName}: pad with tf.pad and use "valid", or use the native backend.`,
        );
      }
      return config.kernelFunc(args);
    };
    tf.registerKernel({...config, kernelFunc});
  }
}
