import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';
import {batchNorm} from '../../../src/networks/layers/batch-norm';
import {instanceNorm, layerNorm} from '../../../src/networks/layers/example-norm';
import {near, normal, withParameters} from './support';

before(async () => {
  await selectBackend();
});

test('layer norm, by hand: (1, 3) becomes (-1, 1) whatever the other rows hold; γ and β act by channel', () => {
  withParameters(p => {
    const layer = layerNorm(p, 'l', 2);
    const x = tf.tensor2d([
      [1, 3],
      [100, -300],
    ]);
    near(layer(x), [-1, 1, 1, -1], 1e-4);
    p.trainable['l/gamma']!.assign(tf.tensor1d([2, 5]));
    p.trainable['l/beta']!.assign(tf.tensor1d([10, 0]));
    near(layer(x), [8, 5, 12, -5], 1e-3);
    // All values of an example together, places and channels: 0, 0, 2, 2 → -1, -1, 1, 1.
    p.trainable['l/gamma']!.assign(tf.tensor1d([1, 1]));
    p.trainable['l/beta']!.assign(tf.tensor1d([0, 0]));
    near(layer(tf.tensor4d([0, 2, 0, 2], [1, 1, 2, 2])), [-1, 1, -1, 1], 1e-4);
  });
});

test('instance norm, by hand: each channel by itself, over its places', () => {
  withParameters(p => {
    const layer = instanceNorm(p, 'l', 2);
    // Channel 0: 1, 3; channel 1: 70, -30. Both become ∓1.
    near(layer(tf.tensor4d([1, 70, 3, -30], [1, 1, 2, 2])), [-1, 1, 1, -1], 1e-4);
    // A constant channel becomes 0, not NaN.
    near(layer(tf.tensor4d([5, 1, 5, 2], [1, 1, 2, 2])).slice([0, 0, 0, 0], [1, 1, 2, 1]), [0, 0], 1e-4);
  });
});

test('batch norm, by hand: over examples and places; filler counts for nothing; stored statistics add up', () => {
  withParameters(p => {
    const layer = batchNorm(p, 'l', 1);
    const x = tf.tensor4d([1, 1, 3, 3], [2, 1, 2, 1]);
    near(layer(x, 'batch'), [-1, -1, 1, 1], 1e-4);
    for (const filler of [0, 900]) {
      const withFiller = tf.concat([x, tf.fill<tf.Rank.R4>([1, 1, 2, 1], filler)], 0);
      near(layer(withFiller, 'batch', tf.tensor1d([1, 1, 0])).slice([0, 0, 0, 0], [2, 1, 2, 1]), [-1, -1, 1, 1], 1e-4);
    }
    // Nothing observed: no NaN.
    assert.ok(
      layer(x, 'batch', tf.zeros([2]))
        .dataSync()
        .every(Number.isFinite),
    );
    for (const variable of Object.values(p.state)) variable.assign(tf.zerosLike(variable));
    for (let i = 0; i < 2; i++) layer(x, {accumulate: 0.5});
    near(layer(tf.tensor4d([2, 5], [2, 1, 1, 1]), 'stored'), [0, 3], 1e-3);
  });
});

test('norms of one example do not look at the others; that of a batch does', () => {
  withParameters(p => {
    const x = normal([3, 2, 2, 4]);
    const first = x.slice([0, 0, 0, 0], [1, 2, 2, 4]);
    for (const layer of [layerNorm(p, 'l', 4), instanceNorm(p, 'i', 4)])
      near(layer(x).slice([0, 0, 0, 0], [1, 2, 2, 4]), layer(first).dataSync(), 1e-5);
    const batch = batchNorm(p, 'b', 4);
    const apart = batch(x, 'batch').slice([0, 0, 0, 0], [1, 2, 2, 4]).sub(batch(first, 'batch')).abs().max();
    assert.ok(apart.dataSync()[0]! > 0.1);
  });
});
