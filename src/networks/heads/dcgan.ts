import {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {batchNorm} from '../layers/batch-norm';
import {convolution, transposedConvolution} from '../layers/convolution';
import {dense} from '../layers/dense';
import type {Parameters} from '../parameters';
import {channelsOf, cutTo, type GeneratorHead, type HeadSizes, planGrowthFrom4} from './head-type';

/** As in section 4 of the source. */
const std = 0.02;

/**
 * Transposed convolutions that double the sides and halve the channels, batch norm after all but the last, tanh at the end: with 256
 * channels, z → 4×4×256 → 8×8×128 → 16×16×64 → 32×32×3.
 *
 * Source: Radford et al. 2016, section 3 (arXiv:1511.06434). Differs from it: leaky ReLU in G too, and kernels of 4×4 instead of 5×5,
 * which stride 2 covers evenly.
 */
export function dcganHead(parameters: Parameters, path: string, spec: ModalitySpec, options: HeadSizes): GeneratorHead {
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const {baseHeight, baseWidth, doublings} = planGrowthFrom4(height, width);
  const widths = channelsOf(options.channels, Math.max(0, doublings - 1));
  const base = baseHeight * baseWidth * widths[0]!;
  const start = dense(parameters, `${path}/start`, options.inputDim, base, {bias: false, std});
  const norms = widths.map((count, i) => batchNorm(parameters, `${path}/norm${i}`, count));
  const grow = widths.slice(1).map((outputs, i) => {
    const sizes = {inputs: widths[i]!, outputs, size: 4, stride: 2, bias: false, std};
    return transposedConvolution(parameters, `${path}/grow${i + 1}`, sizes);
  });
  const last = {inputs: widths[widths.length - 1]!, outputs: channels, size: 4, stride: 2, std};
  const finish =
    doublings > 0
      ? transposedConvolution(parameters, `${path}/finish`, last)
      : convolution(parameters, `${path}/finish`, {...last, size: 3, stride: 1});
  return {
    apply(u, mode) {
      const small = start(u).reshape([u.shape[0], baseHeight, baseWidth, widths[0]!]);
      let h = leakyRelu(norms[0]!(small, mode));
      grow.forEach((up, i) => {
        h = leakyRelu(norms[i + 1]!(up(h), mode));
      });
      return cutTo(tf.tanh(finish(h)) as tf.Tensor4D, height, width);
    },
  };
}
