import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {modelConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {CrossModalEncoder, Generator} from '../../src/model/players';
import {diagonalFrechetDistance, fitStyleDeviations} from '../../src/training/style-prior';
import {tinyFeatures, tinyModalities, tinyModel} from '../support/tiny-data';

before(async () => {
  await selectBackend();
});

test('diagonal Fréchet distance, by hand: gaps of 1 and 2 are 5', () => {
  const moments = (mean: number, deviation: number) => ({
    means: Float32Array.of(mean, 3),
    deviations: Float32Array.of(deviation, 0.5),
  });
  assert.equal(diagonalFrechetDistance(moments(1, 4), moments(2, 2)), 5);
  assert.equal(diagonalFrechetDistance(moments(1, 4), moments(1, 4)), 0);
});

test('finds the width that the training pictures were drawn with; text keeps 1; nothing leaks', () => {
  const config = modelConfig(tinyModalities, tinyModel);
  const encoder = new CrossModalEncoder(config, 1);
  const generator = new Generator(config, 1);
  const stream = new RandomStream(9, 'truth');
  const content = {
    components: 1,
    dim: 8,
    weights: Float32Array.of(1),
    means: stream.normals(8),
    deviations: new Float32Array(8).fill(0.05),
  };
  // Style must matter: modulation far from its start.
  for (const [name, variable] of Object.entries(generator.parameters.trainable)) {
    if (name.includes('modulation'))
      tf.tidy(() => variable.assign(tf.tensor(stream.normals(variable.size), variable.shape).mul(0.3)));
  }
  // A world whose pictures come from this very generator, with styles 1.4 times as wide as N(0, 1).
  const made = tf.tidy(() => {
    const codes = tf.tile(tf.tensor2d(content.means, [1, 8]), [400, 1]);
    const unit = codes.div(codes.square().sum(1, true).sqrt()) as tf.Tensor2D;
    const style = tf.tensor2d(stream.normals(1600), [400, 4]).mul(1.4) as tf.Tensor2D;
    return generator.part('front', unit, style, 'stored').dataSync().slice() as Float32Array;
  });
  const parts = Array.from({length: 400}, (_, i) => ({height: 8, width: 8, channels: 1, pixels: new Uint8Array(1), i}));
  const data = {
    modalities: {front: tinyModalities['front']!, name: tinyModalities['name']!},
    pair: () => parts.map(part => ({id: String(part.i), parts: {front: part, name: part.i % 2 ? 'left' : 'right'}})),
  };
  const features = {
    encode: (name: string, part: never) =>
      name === 'front'
        ? made.subarray((part as {i: number}).i * 64, ((part as {i: number}).i + 1) * 64)
        : tinyFeatures.encode(name, part),
  };
  const alive = tf.memory().numTensors;
  const found = fitStyleDeviations(encoder, generator, content, data, features, config, 5);
  assert.equal(tf.memory().numTensors, alive);
  assert.equal(found['name'], 1);
  assert.ok(Math.abs(found['front']! - 1.4) <= 0.11, `${found['front']}`);
  for (const player of [encoder, generator]) player.parameters.dispose();
});
