/** How a layer that looks at the whole batch in training works in use, and how statistics of a batch are taken. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';

/**
 * Which statistics normalise: those of the batch at hand; the stored ones; or those of the batch, while `accumulate` of
 * them (a share of 1) is added to the stored ones. Layers with a state of another kind, such as spectral norm, move it in
 * every mode but 'stored'.
 */
export type NormMode = 'batch' | 'stored' | {readonly accumulate: number};

/** Added to a variance, so that what is constant does not divide by zero. */
export const normEpsilon = 1e-5;

/**
 * Mean and variance of each channel over everything else, of the batch or stored, shape [C] each.
 *
 * @returns a function of x [..., C] (rank 2 or 4), the mode, and who is present ([N], 1 observed, 0 filler: filler does not count).
 */
export function channelStatistics(parameters: Parameters, path: string, channels: number) {
  const storedMean = parameters.moving(`${path}/mean`, [channels], 0);
  const storedVariance = parameters.moving(`${path}/variance`, [channels], 1);
  return (x: tf.Tensor, mode: NormMode, present?: tf.Tensor1D): {mean: tf.Tensor; variance: tf.Tensor} => {
    if (mode === 'stored') return {mean: storedMean, variance: storedVariance};
    const {mean, variance} = present ? observedMoments(x, present) : tf.moments(x, allButLast(x));
    if (typeof mode === 'object') {
      storedMean.assign(storedMean.add(mean.mul(mode.accumulate)));
      storedVariance.assign(storedVariance.add(variance.mul(mode.accumulate)));
    }
    return {mean, variance};
  };
}

function observedMoments(x: tf.Tensor, present: tf.Tensor1D): {mean: tf.Tensor; variance: tf.Tensor} {
  const weights = present.reshape([x.shape[0]!, ...new Array<number>(x.rank - 1).fill(1)]);
  const places = x.shape.slice(1, -1).reduce((product, n) => product * n, 1);
  const count = tf.maximum(present.sum().mul(places), 1);
  const mean = x.mul(weights).sum(allButLast(x)).div(count);
  const variance = x.sub(mean).square().mul(weights).sum(allButLast(x)).div(count);
  return {mean, variance};
}

function allButLast(x: tf.Tensor): number[] {
  return x.shape.slice(0, -1).map((_, axis) => axis);
}
