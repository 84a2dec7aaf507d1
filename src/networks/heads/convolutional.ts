import {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {conditionalBatchNorm} from '../layers/conditional-batch-norm';
import {convolution, transposedConvolution} from '../layers/convolution';
import {dense} from '../layers/dense';
import type {Parameters} from '../parameters';
import {channelsOf, cutTo, type GeneratorHead, type HeadSizes, planGrowth} from './head-type';

/** Transposed convolutions with norms that are told by u: the flagship's for pictures and spectrograms. */
export function convolutionalHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: HeadSizes,
): GeneratorHead {
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const {baseHeight, baseWidth, doublings} = planGrowth(height, width);
  const widths = channelsOf(options.channels, doublings);
  const start = dense(parameters, `${path}/start`, options.inputDim, baseHeight * baseWidth * widths[0]!, {
    bias: false,
  });
  const norms = widths.map((count, i) => conditionalBatchNorm(parameters, `${path}/norm${i}`, count, options.inputDim));
  const grow = widths.slice(1).map((outputs, i) =>
    transposedConvolution(parameters, `${path}/grow${i + 1}`, {
      inputs: widths[i]!,
      outputs,
      size: 4,
      stride: 2,
      bias: false,
    }),
  );
  const finish = convolution(parameters, `${path}/finish`, {
    inputs: widths[doublings]!,
    outputs: channels,
    size: 3,
    stride: 1,
  });
  return {
    apply(u, mode) {
      const base = start(u).reshape([u.shape[0], baseHeight, baseWidth, widths[0]!]) as tf.Tensor4D;
      let h = leakyRelu(norms[0]!(base, u, mode));
      // Each turn doubles the side and halves the channels.
      grow.forEach((up, i) => {
        h = leakyRelu(norms[i + 1]!(up(h), u, mode));
      });
      return cutTo(tf.tanh(finish(h)) as tf.Tensor4D, height, width);
    },
  };
}
