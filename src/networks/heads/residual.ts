import {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {conditionalBatchNorm} from '../layers/conditional-batch-norm';
import {convolution} from '../layers/convolution';
import {dense} from '../layers/dense';
import {residualUp} from '../layers/residual-block';
import {selfAttention} from '../layers/self-attention';
import type {Parameters} from '../parameters';
import {channelsOf, cutTo, type GeneratorHead, type HeadSizes, planGrowthFrom4} from './head-type';

/**
 * Residual blocks that double the sides, with norms that are told by u. With `attention`, places look at one another before the
 * last doubling, where a picture has its plan and not yet its pixels.
 *
 * Source: the generator of Miyato et al. 2018, appendix B.4 (arXiv:1802.05957); attention as in Zhang et al. 2019 (arXiv:1805.08318).
 */
export function residualHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {attention, ...options}: HeadSizes & {readonly attention: boolean},
): GeneratorHead {
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const {baseHeight, baseWidth, doublings} = planGrowthFrom4(height, width);
  const widths = channelsOf(options.channels, doublings);
  const conditionDim = options.inputDim;
  const start = dense(parameters, `${path}/start`, conditionDim, baseHeight * baseWidth * widths[0]!);
  const blocks = widths.slice(1).map((outputs, i) => {
    const sizes = {inputs: widths[i]!, outputs, conditionDim};
    return residualUp(parameters, `${path}/block${i + 1}`, sizes);
  });
  const lookBefore = doublings - 1;
  const look = attention ? selfAttention(parameters, `${path}/attention`, widths[Math.max(0, lookBefore)]!) : null;
  const final = widths[doublings]!;
  const norm = conditionalBatchNorm(parameters, `${path}/norm`, final, conditionDim);
  const finish = convolution(parameters, `${path}/finish`, {inputs: final, outputs: channels, size: 3, stride: 1});
  return {
    apply(u, mode) {
      let h = start(u).reshape([u.shape[0], baseHeight, baseWidth, widths[0]!]) as tf.Tensor4D;
      if (look && blocks.length === 0) h = look(h);
      // Each turn doubles the side and halves the channels.
      blocks.forEach((block, i) => {
        h = block(look && i === lookBefore ? look(h) : h, u, mode);
      });
      return cutTo(tf.tanh(finish(leakyRelu(norm(h, u, mode)))) as tf.Tensor4D, height, width);
    },
  };
}
