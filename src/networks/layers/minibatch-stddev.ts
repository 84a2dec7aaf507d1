/** One more channel that says how much the examples of a group differ, so that D sees collapse. */
import {expected} from '../../core/checks';
import {tf} from '../../core/tensorflow';

/**
 * Splits N into groups, takes the standard deviation of every value within a group, averages it over values to one number
 * for each group, and appends it as a channel.
 *
 * Source: Karras et al. 2018, section 3 (arXiv:1710.10196).
 *
 * @param x shape [N, H, W, C]; @param groupSize examples in a group; must divide N, or N itself is the group.
 * @returns shape [N, H, W, C + 1]; the new channel is about 0 when all examples of a group are equal.
 */
export function minibatchStddev(x: tf.Tensor4D, groupSize: number): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const size = Math.min(groupSize, n);
  if (n % size !== 0) throw expected('the batch', `a multiple of ${size} examples for minibatch standard deviation`, n);
  return tf.tidy(() => {
    const grouped = x.reshape([n / size, size, height * width * channels]);
    const centred = grouped.sub(grouped.mean(1, true));
    // Inside the root: the slope of √ at 0 is infinite.
    const deviation = centred.square().mean(1).add(1e-8).sqrt().mean(1);
    const channel = deviation.reshape([n / size, 1, 1, 1, 1]).mul(tf.ones([1, size, height, width, 1]));
    return tf.concat([x, channel.reshape([n, height, width, 1]) as tf.Tensor4D], 3);
  });
}
