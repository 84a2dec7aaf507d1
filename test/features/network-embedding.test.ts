import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {networkEmbedding} from '../../src/features/network-embedding';

before(async () => {
  await selectBackend();
});

function classifier(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({inputShape: [4, 4, 1], filters: 2, kernelSize: 3, kernelInitializer: 'ones', name: 'seen'}),
      tf.layers.flatten(),
      tf.layers.dense({units: 3, kernelInitializer: 'ones', name: 'known'}),
      tf.layers.activation({activation: 'relu', name: 'bent'}),
      tf.layers.dense({units: 10, name: 'answer'}),
      tf.layers.softmax({name: 'shares'}),
    ],
  });
}

test('the penultimate layer of a classifier, with its activation; another by name, averaged over places; no leaks', () => {
  const model = classifier();
  const alive = tf.memory().numTensors;
  const embedding = networkEmbedding(model);
  assert.deepEqual([embedding.layer, embedding.dim], ['bent', 3]);
  tf.tidy(() => {
    const pictures = tf.concat([tf.ones([1, 4, 4, 1]), tf.fill([1, 4, 4, 1], -1)], 0);
    // A filter of nine ones over ones gives 9 in each of 2 × 2 places and 2 filters: 72; below 0 it is cut.
    assert.deepEqual([...embedding.embed(pictures).dataSync()], [72, 72, 72, 0, 0, 0]);
    const inner = networkEmbedding(model, 'seen');
    assert.deepEqual([...inner.embed(pictures).dataSync()], [9, 9, -9, -9]);
    assert.equal(inner.dim, 2);
    assert.throws(() => embedding.embed(tf.ones([1, 5, 4, 1])), /of shape \[N, 4, 4, 1\], got \[1, 5, 4, 1\]/);
  });
  assert.equal(tf.memory().numTensors, alive);
  assert.throws(() => networkEmbedding(model, 'none'), /one of .*seen, .*, answer, shares, got "none"/);
  const short = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [2]})]});
  assert.throws(() => networkEmbedding(short), /at least 2 layers with weights, got 1/);
  for (const each of [model, short]) each.dispose();
});
