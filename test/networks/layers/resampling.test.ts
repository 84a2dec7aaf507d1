import assert from 'node:assert/strict';
import {test} from 'node:test';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';
import {averageHalf, depthToSpace, nearestUpsample} from '../../../src/networks/layers/resampling';
import {testOnEachBackend} from '../../backend/support';
import {near, normal} from './support';

testOnEachBackend('by hand: 1 2 over 3 6, twice as large; a b c d as pixels; the mean of four', () => {
  tf.tidy(() => {
    const x = tf.tensor4d([1, 2, 3, 6], [1, 2, 2, 1]);
    near(nearestUpsample(x), [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 6, 6, 3, 3, 6, 6], 0);
    near(averageHalf(x), [3], 1e-6);
    near(averageHalf(nearestUpsample(x)), [1, 2, 3, 6], 1e-6);
    // One row of three: the last column counts twice, and so does the row.
    near(averageHalf(tf.tensor4d([1, 3, 7], [1, 1, 3, 1])), [2, 7], 1e-6);
    // Two places of four channels each.
    near(depthToSpace(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 4])), [1, 2, 5, 6, 3, 4, 7, 8], 0);
  });
});

test('depth to space is that of TensorFlow, which has no gradient', async () => {
  await selectBackend();
  tf.tidy(() => {
    const x = normal([2, 3, 2, 12]) as tf.Tensor4D;
    near(depthToSpace(x), tf.depthToSpace(x, 2, 'NHWC').dataSync(), 0);
    assert.throws(() => tf.grad(y => tf.depthToSpace(y as tf.Tensor4D, 2, 'NHWC'))(x), /gradient/i);
    assert.throws(
      () => depthToSpace(normal([1, 2, 2, 6]) as tf.Tensor4D),
      /channels of depthToSpace.*multiple of 4, got 6/,
    );
  });
});

testOnEachBackend('enlarging is the adjoint of four times averaging: <up x, y> = 4·<x, half y>', () => {
  tf.tidy(() => {
    const [x, y] = [normal([2, 3, 2, 3]) as tf.Tensor4D, normal([2, 6, 4, 3], 2) as tf.Tensor4D];
    near(nearestUpsample(x).mul(y).sum(), [4 * x.mul(averageHalf(y)).sum().dataSync()[0]!], 1e-3);
  });
});
