import assert from 'node:assert/strict';
import {test} from 'node:test';

import {tf} from '../../src/core/tensorflow';
import type {Example, ImageModality, Modalities, TextModality} from '../../src/core/types';
import {FeatureCache, toBatch} from '../../src/features/batch';
import {isPresent, presenceOf, stackParts} from '../../src/features/stack-parts';

/** Names that every object inherits are modalities like any other. */
const picture: ImageModality = {kind: 'image', height: 1, width: 2, channels: 1};
const sentence: TextModality = {kind: 'text', vocabulary: ['<pad>', '<unk>', 'yes'], maxTokens: 1};
const modalities: Modalities = {constructor: picture, toString: sentence};
const examples: Example[] = [
  {id: 'a', parts: {constructor: {height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 255)}}},
  {id: 'b', parts: {toString: 'yes'}},
];

test('parts are stacked with their own values; filler is -1 for a picture and 0 for text', () => {
  const before = tf.memory().numTensors;
  const asked: string[] = [];
  const stacked = stackParts(examples, modalities, (name, part) => {
    asked.push(`${name}: ${typeof part}`);
    return name === 'toString' ? Float32Array.of(0, 0.25, 0.75) : Float32Array.of(0.5, -0.25);
  });
  assert.deepEqual(asked, ['constructor: object', 'toString: string'], 'absent parts are not asked for');
  assert.deepEqual(stacked['constructor']!.shape, [2, 1, 2, 1]);
  assert.deepEqual([...stacked['constructor']!.dataSync()], [0.5, -0.25, -1, -1]);
  assert.deepEqual(stacked['toString']!.shape, [2, 1, 3]);
  assert.deepEqual([...stacked['toString']!.dataSync()], [0, 0, 0, 0, 0.25, 0.75]);
  tf.dispose(stacked);
  assert.equal(tf.memory().numTensors, before);
});

test('only own keys with a part are present', () => {
  assert.deepEqual(
    examples.map(example => [isPresent(example, 'constructor'), isPresent(example, 'toString')]),
    [
      [true, false],
      [false, true],
    ],
  );
  // A caller without exact optional types can write this.
  const undefinedPart = {id: 'c', parts: {toString: undefined}} as unknown as Example;
  assert.equal(isPresent(undefinedPart, 'toString'), false);
  const presence = presenceOf([...examples, undefinedPart], modalities);
  assert.deepEqual(presence, {constructor: Float32Array.of(1, 0, 0), toString: Float32Array.of(0, 1, 0)});
});

test('training and batches lay the same values down', () => {
  const cache = new FeatureCache(modalities);
  const batch = toBatch(examples, cache);
  const stacked = stackParts(examples, modalities, (name, part) => cache.encode(name, part));
  for (const name of Object.keys(modalities)) {
    assert.deepEqual([...stacked[name]!.dataSync()], [...batch.parts[name]!.dataSync()], name);
    assert.deepEqual([...batch.present[name]!.dataSync()], [...presenceOf(examples, modalities)[name]!], name);
  }
  tf.dispose([stacked, batch.parts, batch.present] as unknown as tf.TensorContainer);
});

test('a part that is refused leaves no tensors behind', () => {
  const before = tf.memory().numTensors;
  const refuse = (name: string): Float32Array => {
    if (name === 'toString') throw new Error('no');
    return new Float32Array(2);
  };
  assert.throws(() => stackParts(examples, modalities, refuse), /no/);
  assert.equal(tf.memory().numTensors, before);
});
