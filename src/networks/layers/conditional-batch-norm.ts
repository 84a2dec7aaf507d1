/** Batch normalisation whose scale and shift are told by a condition, one pair for each example and channel. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import {dense} from './dense';
import {channelStatistics, type NormMode, normEpsilon} from './norm-mode';

export type {NormMode} from './norm-mode';

/**
 * y = γ(u) · (x - μ) / √(σ² + ε) + β(u), with γ = 1 + u·Wγ and β = u·Wβ; μ and σ² over N, H and W for each channel.
 *
 * Source: de Vries et al. 2017, section 3.2 (arXiv:1707.00683).
 *
 * @returns a function of x [N, H, W, C] and u [N, conditionDim] with the shape of x; for u = 0 in 'batch' mode its mean is 0 and its variance 1.
 */
export function conditionalBatchNorm(parameters: Parameters, path: string, channels: number, conditionDim: number) {
  const modulation = dense(parameters, `${path}/modulation`, conditionDim, 2 * channels, {std: 0.02});
  const statistics = channelStatistics(parameters, path, channels);
  return watched(path, (x: tf.Tensor4D, condition: tf.Tensor2D, mode: NormMode): tf.Tensor4D => {
    const {mean, variance} = statistics(x, mode);
    const [gamma, beta] = tf.split(modulation(condition), 2, 1);
    // Folded into one scale and one shift for each example and channel: two passes over the pixels instead of four.
    const scale = gamma!.add(1).mul(tf.rsqrt(variance.add(normEpsilon)));
    const shift = beta!.sub(scale.mul(mean));
    const n = x.shape[0];
    return x.mul(scale.reshape([n, 1, 1, channels])).add(shift.reshape([n, 1, 1, channels])) as tf.Tensor4D;
  });
}
