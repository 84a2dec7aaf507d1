/** Normalisations that look at one example alone: nothing changes between training and use, and filler harms nobody. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import {normEpsilon} from './norm-mode';

/**
 * Layer normalisation: y = γ · (x - μ) / √(σ² + ε) + β;  μ and σ² over all values of one example, γ and β one for each channel.
 *
 * Source: Ba et al. 2016, section 3 (arXiv:1607.06450).
 *
 * @returns a function of x [N, …, C] with its shape; the row (1, 3) becomes about (-1, 1).
 */
export function layerNorm(parameters: Parameters, path: string, channels: number) {
  return exampleNorm(parameters, path, channels, rank => range(1, rank));
}

/**
 * Instance normalisation: the same, but μ and σ² of each channel by itself, over its places.
 *
 * Source: Ulyanov et al. 2016, section 2, equation 5 (arXiv:1607.08022).
 *
 * @returns a function of x [N, H, W, C] with its shape; a channel with the values (1, 3) becomes about (-1, 1), whatever the others hold.
 */
export function instanceNorm(parameters: Parameters, path: string, channels: number) {
  return exampleNorm(parameters, path, channels, rank => range(1, rank - 1));
}

function exampleNorm(parameters: Parameters, path: string, channels: number, axes: (rank: number) => number[]) {
  const gamma = parameters.constant(`${path}/gamma`, [channels], 1);
  const beta = parameters.constant(`${path}/beta`, [channels], 0);
  return watched(path, <T extends tf.Tensor>(x: T): T => {
    const {mean, variance} = tf.moments(x, axes(x.rank), true);
    return x
      .sub(mean)
      .mul(tf.rsqrt(variance.add(normEpsilon)))
      .mul(gamma)
      .add(beta) as T;
  });
}

/** range(1, 4) is [1, 2, 3]. */
function range(from: number, to: number): number[] {
  return Array.from({length: to - from}, (_, i) => from + i);
}
