/** One more channel that says how much the examples of a group differ, so that D sees collapse. */
import {expected} from '../../core/checks';
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import type {NormMode} from './norm-mode';

/**
 * Splits N into groups, takes the standard deviation of every value within a group, averages it over values to one number
 * for each group, and appends it as a channel.
 *
 * Source: Karras et al. 2018, section 3 (arXiv:1710.10196).
 *
 * @param x shape [N, H, W, C]; @param groupSize examples in a group; must divide N, or N itself is the group.
 * @param present 1 observed, 0 filler, shape [N]: filler rows do not count as members of their group. What is left of a group says what
 *   the whole group would on average, else D could tell real from fake by how many are missing; one member alone says nothing, and has
 *   the mean of the other groups.
 * @returns shape [N, H, W, C + 1]; the new channel is about 0 when all examples of a group are equal, 1 for the pair (1, 3).
 */
export function minibatchStddev(x: tf.Tensor4D, groupSize: number, present?: tf.Tensor1D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const size = Math.min(groupSize, n);
  if (n % size !== 0) throw expected('the batch', `a multiple of ${size} examples for minibatch standard deviation`, n);
  return tf.tidy(() => {
    const grouped = x.reshape([n / size, size, height * width * channels]);
    const members = present ? present.reshape([n / size, size, 1]) : null;
    // Inside the root: the slope of √ at 0 is infinite.
    const deviation = members ? maskedVariance(grouped, members) : variance(grouped);
    const ofGroups = deviation.add(1e-8).sqrt().mean(1);
    const channel = (members ? asOfWholeGroups(ofGroups, members.sum([1, 2]), size) : ofGroups)
      .reshape([n / size, 1, 1, 1, 1])
      .mul(tf.ones([1, size, height, width, 1]));
    return tf.concat([x, channel.reshape([n, height, width, 1]) as tf.Tensor4D], 3);
  });
}

/**
 * The same as a layer: told by the batch in training, and a share of it stored with `accumulate`; in use what was stored, so that an
 * example is judged by itself.
 */
export function measuredStddev(parameters: Parameters, path: string, groupSize: number) {
  const deviation = parameters.moving(path, [], 0);
  return (x: tf.Tensor4D, mode: NormMode, present?: tf.Tensor1D): tf.Tensor4D => {
    if (mode === 'stored') return fixedStddev(x, deviation);
    const told = minibatchStddev(x, groupSize, present);
    if (typeof mode === 'object') {
      const measured = told.slice([0, 0, 0, x.shape[3]], [-1, 1, 1, 1]).mean();
      deviation.assign(deviation.add(measured.mul(mode.accumulate)));
    }
    return told;
  };
}

/** The same channel with one number for all, for use after training, where an example must not depend on its neighbours. */
export function fixedStddev(x: tf.Tensor4D, deviation: tf.Tensor): tf.Tensor4D {
  const [n, height, width] = x.shape;
  return tf.concat([x, tf.ones([n, height, width, 1]).mul(deviation) as tf.Tensor4D], 3);
}

function variance(grouped: tf.Tensor): tf.Tensor {
  return grouped.sub(grouped.mean(1, true)).square().mean(1);
}

function maskedVariance(grouped: tf.Tensor, members: tf.Tensor): tf.Tensor {
  const count = tf.maximum(members.sum(1, true), 1);
  const mean = grouped.mul(members).sum(1, true).div(count);
  return grouped
    .sub(mean)
    .square()
    .mul(members)
    .sum(1)
    .div(count.squeeze([2]));
}

/**
 * Of n members the standard deviation is c(n)·√((n - 1) / n) of the true one on average, c(n) ≈ (4n - 4) / (4n - 3) for a normal
 * distribution: divided by that, and multiplied by the same of a whole group. Exactly as it was where no member is missing.
 *
 * Source: Johnson, Kotz & Balakrishnan 1994, Continuous Univariate Distributions, volume 1, section 13.8.
 */
function asOfWholeGroups(deviations: tf.Tensor, memberCounts: tf.Tensor, size: number): tf.Tensor {
  const n = tf.maximum(memberCounts, 2);
  const ofVariance = n.mul(size - 1).div(n.sub(1).mul(size));
  const ofRoot = n
    .mul(4)
    .sub(3)
    .mul(size - 1)
    .div(n.sub(1).mul(4 * size - 3));
  // 1 for two members and more, 0 for fewer.
  const tells = memberCounts.sub(1).clipByValue(0, 1);
  // One factor that depends on no weight: gradients, and theirs, have one product to pass.
  const whole = deviations.mul(ofVariance.sqrt().mul(ofRoot).mul(tells));
  const ofOthers = whole.sum().div(tf.maximum(tells.sum(), 1));
  return whole.add(ofOthers.mul(tf.sub(1, tells)));
}
