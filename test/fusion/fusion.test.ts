import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import fc from 'fast-check';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {buildFusion, fusionNames} from '../../src/fusion/fusion';
import {Parameters} from '../../src/networks/parameters';

before(async () => {
  await selectBackend();
});

const modalities = ['image', 'caption', 'speech'];
const near = (got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5) => {
  for (let i = 0; i < wanted.length; i++)
    assert.ok(Math.abs(got[i]! - wanted[i]!) < tolerance, `${Array.from(got)} is not ${Array.from(wanted)}`);
};

/** Parameters away from their start, so that every path of the network matters. */
function built(name: (typeof fusionNames)[number]) {
  const parameters = new Parameters(new RandomStream(6, name));
  const fusion = buildFusion(name, parameters, 'f', {modalities, embeddingDim: 4});
  const stream = new RandomStream(7, name);
  for (const variable of Object.values(parameters.trainable))
    tf.tidy(() => variable.assign(tf.tensor(stream.normals(variable.size), variable.shape)));
  return {fusion, parameters};
}

test('decision level: [1, 0] and [0, 1] become [.7071, .7071]; one alone stays as it is', () => {
  tf.tidy(() => {
    const fusion = buildFusion('decisionLevel', new Parameters(new RandomStream(1, '')), 'f', {
      modalities: ['a', 'b'],
      embeddingDim: 2,
    });
    const codes = {
      a: tf.tensor2d([
        [1, 0],
        [1, 0],
      ]),
      b: tf.tensor2d([
        [0, 1],
        [0, 1],
      ]),
    };
    near(fusion.apply({codes, present: {a: tf.tensor1d([1, 1]), b: tf.tensor1d([1, 0])}}).dataSync(), [
      Math.SQRT1_2,
      Math.SQRT1_2,
      1,
      0,
    ]);
  });
});

for (const name of fusionNames) {
  test(`${name}: unit codes; absent values change nothing and get no gradient; nothing leaks`, () => {
    const alive = tf.memory().numTensors;
    const {fusion, parameters} = built(name);
    fc.assert(
      fc.property(fc.integer(), fc.integer({min: 1, max: 6}), (seed, bits) => {
        tf.tidy(() => {
          const stream = new RandomStream(seed, 'codes');
          const present = Object.fromEntries(modalities.map((m, k) => [m, tf.tensor1d([(bits >> k) & 1, 1])]));
          const codes = Object.fromEntries(modalities.map(m => [m, tf.tensor2d(stream.normals(8), [2, 4])]));
          const out = fusion.apply({codes, present});
          near(out.square().sum(1).dataSync(), [1, 1], 1e-4);
          const absent = modalities.find((_, k) => !((bits >> k) & 1))!;
          const run = (x: tf.Tensor) => fusion.apply({codes: {...codes, [absent]: x as tf.Tensor2D}, present});
          const other = run(
            tf.tensor2d([...stream.normals(4).map(v => 50 * v), ...codes[absent]!.dataSync().slice(4)], [2, 4]),
          );
          assert.deepEqual(other.dataSync(), out.dataSync());
          const slope = tf
            .grad(x =>
              run(x)
                .mul(tf.tensor1d([1, 2, 3, 4]))
                .sum(),
            )(codes[absent]!)
            .dataSync();
          assert.deepEqual(Array.from(slope.slice(0, 4), Math.abs), [0, 0, 0, 0]);
          assert.ok(slope.slice(4).some(v => v !== 0));
        });
      }),
      {numRuns: 12},
    );
    parameters.dispose();
    assert.equal(tf.memory().numTensors, alive);
  });
}

test('learnt fusions begin as the decision level', () => {
  tf.tidy(() => {
    const codes = Object.fromEntries(
      modalities.map((m, i) => [m, tf.tensor2d(new RandomStream(i, 'c').normals(8), [2, 4])]),
    );
    const present = Object.fromEntries(modalities.map(m => [m, tf.tensor1d([1, m === 'image' ? 0 : 1])]));
    const outs = fusionNames.map(name =>
      buildFusion(name, new Parameters(new RandomStream(1, name)), 'f', {modalities, embeddingDim: 4})
        .apply({codes, present})
        .dataSync(),
    );
    near(outs[0]!, outs[1]!);
    near(outs[2]!, outs[1]!);
  });
  assert.throws(
    () => buildFusion('sum' as never, new Parameters(new RandomStream(1, '')), 'f', {modalities, embeddingDim: 4}),
    /Unknown fusion "sum"; choose featureLevel, decisionLevel or structureLevel\./,
  );
});
