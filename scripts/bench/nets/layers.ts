/** Layers that the benchmark's networks are written in: the least that TensorFlow.js offers, so that peers can do the same. */
import {tf} from '../../../src/core/tensorflow';
import type {Parameters} from '../../../src/networks/parameters';

/** α of leakyRelu. */
export const slope = 0.2;

export function leaky(x: tf.Tensor): tf.Tensor {
  return tf.leakyRelu(x, slope);
}

/** [N, H, W, from] → [N, ⌈H/2⌉, ⌈W/2⌉, to], with a bias. */
export function halving(parameters: Parameters, path: string, size: number, from: number, to: number) {
  const kernel = parameters.normal(`${path}/kernel`, [size, size, from, to], (size * size * from) ** -0.5);
  const bias = parameters.constant(`${path}/bias`, [to], 0);
  return (x: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as tf.Tensor4D, kernel as unknown as tf.Tensor4D, 2, 'same').add(bias);
}

/** [N, H, W, from] → [N, 2H, 2W, to], with a bias. Each value is made of a quarter of the kernel. */
export function doubling(parameters: Parameters, path: string, size: number, from: number, to: number) {
  const kernel = parameters.normal(`${path}/kernel`, [size, size, to, from], 2 * (size * size * from) ** -0.5);
  const bias = parameters.constant(`${path}/bias`, [to], 0);
  return (x: tf.Tensor): tf.Tensor => {
    const [count, height, width] = x.shape as [number, number, number, number];
    const shape: [number, number, number, number] = [count, 2 * height, 2 * width, to];
    return tf.conv2dTranspose(x as tf.Tensor4D, kernel as unknown as tf.Tensor4D, shape, 2, 'same').add(bias);
  };
}
