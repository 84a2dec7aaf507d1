import type {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {batchNorm} from '../layers/batch-norm';
import {convolution} from '../layers/convolution';
import {layerNorm} from '../layers/example-norm';
import type {NormMode} from '../layers/norm-mode';
import type {Parameters} from '../parameters';
import {planShrink, type Trunk, type TrunkOptions, type TrunkRole} from './trunk-type';

/**
 * Strided convolutions with twice the channels at half the sides, down to about 4×4, with batch norm after all but the first.
 *
 * Source: Radford et al. 2016, section 3 (arXiv:1511.06434). Differs from it: kernels of 4×4 instead of 5×5, which stride 2 covers
 * evenly; layer norm in E, which reads each example by itself.
 */
export function dcganTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: TrunkOptions & {readonly role: TrunkRole},
): Trunk {
  const [fullHeight, fullWidth, channels] = partShape(spec) as [number, number, number];
  const {height, width, halvings} = planShrink(fullHeight, fullWidth);
  const counts = Array.from({length: halvings}, (_, i) => options.channels << i);
  const stages = counts.map((outputs, i) => {
    const inputs = i === 0 ? channels : counts[i - 1]!;
    const shrink = convolution(parameters, `${path}/convolution${i + 1}`, {
      inputs,
      outputs,
      size: 4,
      stride: 2,
      std: 0.02,
      bias: i === 0,
    });
    return {shrink, norm: i === 0 ? null : norm(parameters, `${path}/norm${i + 1}`, outputs, options.role)};
  });
  return {
    height,
    width,
    channels: counts[halvings - 1]!,
    spectral: false,
    apply: (x, mode, present) =>
      // Each stage halves the sides and doubles the channels.
      stages.reduce((h, {shrink, norm: by}) => {
        const y = shrink(h);
        return leakyRelu(by ? by(y, mode, present) : y) as tf.Tensor4D;
      }, x as tf.Tensor4D),
  };
}

function norm(parameters: Parameters, path: string, channels: number, role: TrunkRole) {
  if (role === 'discriminator') return batchNorm(parameters, path, channels);
  const layer = layerNorm(parameters, path, channels);
  return (x: tf.Tensor4D, _mode: NormMode, _present?: tf.Tensor1D): tf.Tensor4D => layer(x);
}
