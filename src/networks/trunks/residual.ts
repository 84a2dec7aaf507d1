import type {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {residualDown} from '../layers/residual-block';
import {selfAttention} from '../layers/self-attention';
import type {Parameters} from '../parameters';
import {planShrink, type Trunk, type TrunkOptions, type TrunkRole} from './trunk-type';

/** Channels stop growing at this many times the first ones. */
const growthLimit = 4;

/**
 * Residual blocks that halve the sides, down to about 4×4; in D every weight is spectrally normalised. With `attention`, places of the
 * grid after the first block look at one another.
 *
 * Source: the discriminator of Miyato et al. 2018, appendix B.4 (arXiv:1802.05957); attention as in Zhang et al. 2019 (arXiv:1805.08318).
 */
export function residualTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: TrunkOptions & {readonly role: TrunkRole; readonly attention: boolean},
): Trunk {
  const [fullHeight, fullWidth, channels] = partShape(spec) as [number, number, number];
  const {height, width, halvings} = planShrink(fullHeight, fullWidth);
  const spectral = options.role === 'discriminator';
  const counts = Array.from({length: halvings}, (_, i) => options.channels * Math.min(2 ** i, growthLimit));
  const blocks = counts.map((outputs, i) => {
    const inputs = i === 0 ? channels : counts[i - 1]!;
    return residualDown(parameters, `${path}/block${i + 1}`, {inputs, outputs, spectral, first: i === 0});
  });
  const look = options.attention ? selfAttention(parameters, `${path}/attention`, counts[0]!, {spectral}) : null;
  return {
    height,
    width,
    channels: counts[halvings - 1]!,
    spectral,
    apply: (x, mode) => {
      const h = blocks.reduce((grid, block, i) => {
        const next = block(grid, mode);
        return i === 0 && look ? look(next, mode) : next;
      }, x as tf.Tensor4D);
      return leakyRelu(h) as tf.Tensor4D;
    },
  };
}
