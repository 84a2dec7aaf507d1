import assert from 'node:assert/strict';
import {test} from 'node:test';

import {tf} from '../../src/core/tensorflow';
import type {Example, Modalities, Part} from '../../src/core/types';
import {decodeParts, FeatureCache, toBatch} from '../../src/features/batch';

/** Two pictures, a sentence and a sound: nothing is written for one of each kind. */
const modalities: Modalities = {
  left: {kind: 'image', height: 1, width: 2, channels: 1},
  right: {kind: 'image', height: 2, width: 1, channels: 1},
  words: {kind: 'text', vocabulary: ['<pad>', '<unk>', 'hello', 'world'], maxTokens: 2},
  beep: {
    kind: 'audio',
    sampleRateHz: 8000,
    clipSamples: 256,
    windowLengthSamples: 128,
    hopLengthSamples: 64,
    numMelBands: 4,
    minFrequencyHz: 100,
    maxFrequencyHz: 4000,
    floorDb: -40,
  },
};
const picture = (height: number, width: number, ...pixels: number[]): Part => ({
  height,
  width,
  channels: 1,
  pixels: Uint8Array.from(pixels),
});
const examples: Example[] = [
  {id: 'a', label: 3, parts: {left: picture(1, 2, 0, 255), words: 'hello'}},
  {
    id: 'b',
    parts: {
      right: picture(2, 1, 255, 255),
      beep: {sampleRateHz: 8000, samples: new Float32Array(256).map((_, n) => Math.sin(n))},
    },
  },
];

test('examples are stacked; what is absent is filler and says so', () => {
  const before = tf.memory().numTensors;
  const batch = toBatch(examples, new FeatureCache(modalities));
  assert.equal(batch.size, 2);
  assert.deepEqual([...batch.labels], [3, -1]);
  const shapes = Object.fromEntries(Object.entries(batch.parts).map(([name, tensor]) => [name, tensor.shape]));
  assert.deepEqual(shapes, {left: [2, 1, 2, 1], right: [2, 2, 1, 1], words: [2, 2, 4], beep: [2, 4, 4, 1]});
  const present = Object.fromEntries(Object.entries(batch.present).map(([name, mask]) => [name, [...mask.dataSync()]]));
  assert.deepEqual(present, {left: [1, 0], right: [0, 1], words: [1, 0], beep: [0, 1]});
  assert.deepEqual([...batch.parts['left']!.dataSync()], [-1, 1, -1, -1]);
  assert.deepEqual([...batch.parts['right']!.dataSync()], [-1, -1, 1, 1]);
  assert.deepEqual([...batch.parts['words']!.dataSync()], [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.ok([...batch.parts['beep']!.dataSync()].slice(0, 16).every(value => value === -1));
  assert.equal(Math.max(...batch.parts['beep']!.dataSync()), 1);
  tf.dispose([batch.parts, batch.present] as unknown as tf.TensorContainer);
  assert.equal(tf.memory().numTensors, before);
});

test('tensors become parts again, row by row', () => {
  const full: Example[] = ['hello world', 'world'].map((words, i) => ({
    id: `${i}`,
    parts: {left: picture(1, 2, i, 9), words},
  }));
  const batch = toBatch(full, new FeatureCache(modalities));
  const before = tf.memory().numTensors;
  const rows = decodeParts({left: batch.parts['left']!, words: batch.parts['words']!}, modalities);
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(
    rows,
    full.map(example => example.parts),
  );
  tf.dispose([batch.parts, batch.present] as unknown as tf.TensorContainer);
});

test('each part is encoded once', () => {
  const cache = new FeatureCache(modalities);
  const part = examples[0]!.parts['left']!;
  assert.equal(cache.encode('left', part), cache.encode('left', part));
  assert.equal(cache.encode('words', 'hello'), cache.encode('words', 'hello'));
  // The same pixels in another object are another part.
  assert.notEqual(cache.encode('left', part), cache.encode('left', picture(1, 2, 0, 255)));
});

test('unknown modalities, empty batches and wrong shapes are refused', () => {
  const cache = new FeatureCache(modalities);
  assert.throws(() => cache.encode('photo', 'x'), /Unknown modality "photo"; choose left, right, words or beep\./);
  assert.throws(() => toBatch([], cache), /Expected at least one example in a batch, got 0\./);
  assert.throws(() => toBatch([{id: 'x', parts: {toString: 'x'}}], cache), /Unknown modality "toString"/);
  assert.throws(
    () => toBatch([{id: 'x', parts: {left: 'x'}}], cache),
    /Expected the part to be a picture, got "text"\./,
  );
  const before = tf.memory().numTensors;
  assert.throws(() => toBatch([{id: 'x', parts: {beep: 'x'}}], cache), /Expected the part to be a sound/);
  assert.equal(tf.memory().numTensors, before, 'a batch that fails leaves no tensors');
  const wrong = tf.zeros([2, 3]);
  assert.throws(() => decodeParts({left: wrong}, modalities), /Expected left of shape \[N, 1, 2, 1\], got \[2, 3\]\./);
  const two = tf.zeros([2, 1, 2, 1]);
  const three = tf.zeros([3, 2, 1, 1]);
  assert.throws(
    () => decodeParts({left: two, right: three}, modalities),
    /Expected right of shape \[2, 2, 1, 1\], got \[3, 2, 1, 1\]\./,
  );
  tf.dispose([wrong, two, three]);
});
