import type {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {convolution} from '../layers/convolution';
import type {Parameters} from '../parameters';
import type {Trunk, TrunkOptions} from './trunk-type';

/** Two strided convolutions, no norm: small, quick, the flagship's. */
export function convolutionalTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: TrunkOptions,
): Trunk {
  const [height, width, inputs] = partShape(spec) as [number, number, number];
  const [narrow, wide] = [options.channels, 2 * options.channels];
  const first = convolution(parameters, `${path}/convolution1`, {inputs, outputs: narrow, size: 4, stride: 2});
  const second = convolution(parameters, `${path}/convolution2`, {inputs: narrow, outputs: wide, size: 4, stride: 2});
  return {
    height: Math.ceil(Math.ceil(height / 2) / 2),
    width: Math.ceil(Math.ceil(width / 2) / 2),
    channels: wide,
    spectral: false,
    // [N, H, W, C] → [N, H/2, W/2, narrow] → [N, H/4, W/4, wide]
    apply: x => leakyRelu(second(leakyRelu(first(x)))) as tf.Tensor4D,
  };
}
