/** Batch normalisation with one learnt scale and shift a channel. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import {channelStatistics, type NormMode, normEpsilon} from './norm-mode';

/**
 * y = γ · (x - μ) / √(σ² + ε) + β;  μ and σ² for each channel, over all observed examples and places.
 *
 * Source: Ioffe & Szegedy 2015, algorithm 1 (arXiv:1502.03167). A discriminator shows real and generated examples to it in
 * batches of their own: in a mixed one each kind is told by what it does to the other's statistics.
 *
 * @returns a function of x [N, …, C] (rank 2 or 4), the mode, and `present` [N] (1 observed, 0 filler, which counts for
 *   nothing) with the shape of x. In 'batch' mode 1 and 3 become about -1 and 1.
 */
export function batchNorm(parameters: Parameters, path: string, channels: number) {
  const gamma = parameters.constant(`${path}/gamma`, [channels], 1);
  const beta = parameters.constant(`${path}/beta`, [channels], 0);
  const statistics = channelStatistics(parameters, path, channels);
  return watched(path, <T extends tf.Tensor>(x: T, mode: NormMode, present?: tf.Tensor1D): T => {
    const {mean, variance} = statistics(x, mode, present);
    const scale = gamma.mul(tf.rsqrt(variance.add(normEpsilon)));
    return x.mul(scale).add(beta.sub(scale.mul(mean))) as T;
  });
}
