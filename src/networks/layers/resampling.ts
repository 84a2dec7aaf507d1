/**
 * Twice or half the pixels. Made of reshapes, products and sums alone, so that gradients of every order are right on every
 * backend; the resizing and pooling operations of TensorFlow.js have none, or wrong ones.
 */
import {expected} from '../../core/checks';
import {tf} from '../../core/tensorflow';

/** Every pixel becomes 2×2 equal ones: [N, H, W, C] → [N, 2H, 2W, C]; the row 1 2 becomes the rows 1 1 2 2 and 1 1 2 2. */
export function nearestUpsample(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const spread = x.reshape([n * height, 1, width, 1, channels]).mul(tf.ones([1, 2, 1, 2, 1]));
  return spread.reshape([n, 2 * height, 2 * width, channels]) as tf.Tensor4D;
}

/**
 * Channels become pixels: [N, H, W, 4C] → [N, 2H, 2W, C]. A place with the channels (a, b, c, d) becomes the pixels a b over c d.
 *
 * Source: the sub-pixel layer of Shi et al. 2016, section 2.2 (arXiv:1609.05158), in TensorFlow's order of channels.
 */
export function depthToSpace(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  if (channels % 4 !== 0) throw expected('the channels of depthToSpace', 'a multiple of 4', channels);
  // [N·H, W, 2 rows, 2 columns · C] → rows before W; no axis more than four, which every backend can transpose.
  const rowsFirst = x.reshape([n * height, width, 2, channels / 2]).transpose([0, 2, 1, 3]);
  return rowsFirst.reshape([n, 2 * height, 2 * width, channels / 4]) as tf.Tensor4D;
}

/** The mean of every 2×2 pixels: [N, H, W, C] → [N, ⌈H/2⌉, ⌈W/2⌉, C]. Of an odd side the last line counts twice. 1 2 over 3 6 becomes 3. */
export function averageHalf(x: tf.Tensor4D): tf.Tensor4D {
  const even = evenSides(x);
  const [n, height, width, channels] = even.shape;
  const rows = even.reshape([(n * height) / 2, 2, width * channels]).mean(1);
  const columns = rows.reshape([(n * height * width) / 4, 2, channels]).mean(1);
  return columns.reshape([n, height / 2, width / 2, channels]) as tf.Tensor4D;
}

function evenSides(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  const tall = height % 2 === 0 ? x : tf.concat([x, x.slice([0, height - 1, 0, 0], [-1, 1, -1, -1])], 1);
  return width % 2 === 0 ? tall : tf.concat([tall, tall.slice([0, 0, width - 1, 0], [-1, -1, 1, -1])], 2);
}
