import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {type ModalitySpec, partShape} from '../../src/core/types';
import {buildDiscriminatorTrunk} from '../../src/networks/discriminator-trunk';
import {buildEncoder} from '../../src/networks/encoder';
import {buildGeneratorHead, planGrowth} from '../../src/networks/generator-head';
import {Parameters} from '../../src/networks/parameters';

before(async () => {
  await selectBackend();
});

const specs: Record<string, ModalitySpec> = {
  'grey 28×28': {kind: 'image', height: 28, width: 28, channels: 1},
  'RGB 13×20, sizes that do not halve': {kind: 'image', height: 13, width: 20, channels: 3},
  text: {kind: 'text', vocabulary: ['<pad>', '<unk>', 'a', 'seven'], maxTokens: 5},
  sound: {
    kind: 'audio',
    sampleRateHz: 8000,
    clipSamples: 1536,
    windowLengthSamples: 256,
    hopLengthSamples: 128,
    numMelBands: 16,
    minFrequencyHz: 0,
    maxFrequencyHz: 4000,
    floorDb: -60,
  },
};

for (const [name, spec] of Object.entries(specs)) {
  test(`${name}: shapes, ranges and no leak in the parts of E, G and D`, () => {
    const alive = tf.memory().numTensors;
    const parameters = new Parameters(new RandomStream(2, name));
    const encoder = buildEncoder(parameters, 'e', spec, {embeddingDim: 6, channels: 4, hiddenUnits: 10});
    const head = buildGeneratorHead(parameters, 'g', spec, {inputDim: 9, channels: 8, hiddenUnits: 12});
    const trunk = buildDiscriminatorTrunk(parameters, 'd', spec, {
      contentDim: 6,
      styleDim: 3,
      channels: 4,
      hiddenUnits: 10,
      groupSize: 2,
    });
    tf.tidy(() => {
      const u = tf.tensor2d(new RandomStream(1, 'u').normals(4 * 9), [4, 9]);
      const made = head.apply(u, 'batch');
      assert.deepEqual(made.shape, [4, ...partShape(spec)]);
      const [low, high] = [made.min().dataSync()[0]!, made.max().dataSync()[0]!];
      assert.ok(low >= (spec.kind === 'text' ? 0 : -1) && high <= 1 && high > low);
      if (spec.kind === 'text')
        made
          .sum(2)
          .dataSync()
          .forEach(sum => {
            assert.ok(Math.abs(sum - 1) < 1e-5);
          });
      encoder
        .apply(made)
        .square()
        .sum(1)
        .dataSync()
        .forEach(length => {
          assert.ok(Math.abs(length - 1) < 1e-4);
        });
      const {realism, projection, style} = trunk.apply(made, 'batch');
      assert.deepEqual(
        [realism.shape, projection.shape, style?.shape],
        [[4], [4, 6], spec.kind === 'text' ? undefined : [4, 3]],
      );
    });
    parameters.dispose();
    assert.equal(tf.memory().numTensors, alive);
  });
}

test('growth: 28 from 7, 32 from 8, 64×48 from 8×6, 13×20 from 4×5 and cut', () => {
  assert.deepEqual(planGrowth(28, 28), {baseHeight: 7, baseWidth: 7, doublings: 2});
  assert.deepEqual(planGrowth(32, 32), {baseHeight: 8, baseWidth: 8, doublings: 2});
  assert.deepEqual(planGrowth(64, 48), {baseHeight: 8, baseWidth: 6, doublings: 3});
  assert.deepEqual(planGrowth(13, 20), {baseHeight: 4, baseWidth: 5, doublings: 2});
});
