import assert from 'node:assert/strict';
import fc from 'fast-check';
import {tf} from '../../src/core/tensorflow';
import {assertClose, randomValues, read, testOnEachBackend} from './support';

const wide = Float32Array.of(-Infinity, -50, -8, -2.5, -1, -1e-3, 0, 1e-3, 1, 2.5, 8, 50, Infinity, Number.NaN);

testOnEachBackend('tanh, leakyRelu, relu6 and clipByValue over the whole line, with NaN in and NaN out', () => {
  const at = (f: (x: tf.Tensor) => tf.Tensor) => read(tf.tidy(() => f(tf.tensor1d(wide))));
  assertClose(
    at(x => tf.tanh(x)),
    wide.map(Math.tanh),
    3e-7,
    'tanh',
  );
  assertClose(
    at(x => tf.leakyRelu(x, 0.2)),
    wide.map(v => (v > 0 ? v : 0.2 * v)),
    1e-7,
    'leakyRelu',
  );
  assertClose(
    at(x => tf.relu6(x)),
    wide.map(v => Math.min(6, Math.max(0, v))),
    0,
    'relu6',
  );
  assertClose(
    at(x => tf.clipByValue(x, -2, 3)),
    wide.map(v => Math.min(3, Math.max(-2, v))),
    0,
    'clipByValue',
  );
  // assertClose lets NaN equal NaN only, but a silent zero is what this test is about.
  for (const f of [
    tf.tanh,
    tf.relu,
    tf.relu6,
    (x: tf.Tensor) => tf.leakyRelu(x, 0.2),
    (x: tf.Tensor) => tf.clipByValue(x, -2, 3),
  ]) {
    assert.ok(Number.isNaN(at(f as (x: tf.Tensor) => tf.Tensor)[13]));
  }
});

testOnEachBackend('leakyRelu and clipByValue take whole numbers', () => {
  const integers = () => tf.tensor1d([-5, 0, 7], 'int32');
  assertClose(read(tf.tidy(() => tf.leakyRelu(integers().toFloat(), 0.5))), [-2.5, 0, 7], 0, 'leakyRelu');
  assertClose(read(tf.tidy(() => tf.clipByValue(integers().toFloat(), -2, 3))), [-2, 0, 3], 0, 'clipByValue');
});

testOnEachBackend('unsortedSegmentSum adds the rows of each segment and leaves out negative ids', () => {
  const cases = fc.record({
    rows: fc.integer({min: 1, max: 40}),
    rowShape: fc.array(fc.integer({min: 1, max: 4}), {maxLength: 2}),
    segments: fc.integer({min: 1, max: 9}),
    seed: fc.nat(1e6),
  });
  fc.assert(
    fc.property(cases, ({rows, rowShape, segments, seed}) => {
      const length = rowShape.reduce((a, b) => a * b, 1);
      const x = randomValues(rows * length, seed);
      // From −1 on.
      const ids = Int32Array.from(randomValues(rows, seed + 1), v => Math.floor(((v + 1) / 2) * (segments + 1)) - 1);
      const wanted = new Float64Array(segments * length);
      ids.forEach((id, i) => {
        for (let j = 0; j < length && id >= 0; j++) wanted[id * length + j]! += x[i * length + j]!;
      });
      const got = tf.tidy(() =>
        tf.unsortedSegmentSum(tf.tensor(x, [rows, ...rowShape]), tf.tensor1d(ids, 'int32'), segments),
      );
      assert.deepEqual(got.shape, [segments, ...rowShape]);
      assertClose(read(got), wanted, 1e-5, JSON.stringify({rows, rowShape, segments, seed}));
    }),
    {seed: 6, numRuns: 60},
  );
});

testOnEachBackend('the gradient of an embedding counts each use of a row', () => {
  const gradient = tf.tidy(() => {
    const ids = tf.tensor2d(
      [
        [2, 0],
        [2, 2],
      ],
      [2, 2],
      'int32',
    );
    const dy = tf.tensor3d([1, 10, 2, 20, 3, 30, 4, 40], [2, 2, 2]);
    return tf.grad(table => tf.gather(table, ids))(tf.zeros([4, 2]), dy);
  });
  assertClose(read(gradient), [2, 20, 0, 0, 8, 80, 0, 0], 0, 'embedding');
});

testOnEachBackend('the same step gives the same bits twice', () => {
  const once = () => {
    const x = tf.tensor4d(randomValues(4 * 8 * 8 * 3, 1), [4, 8, 8, 3]);
    const filter = tf.tensor4d(randomValues(3 * 3 * 3 * 8, 2), [3, 3, 3, 8]);
    const weight = tf.tensor2d(randomValues(128 * 5, 3), [128, 5]);
    const loss = (f: tf.Tensor, w: tf.Tensor) =>
      tf.sum(tf.tanh(tf.matMul(tf.leakyRelu(tf.conv2d(x, f as tf.Tensor4D, 2, 'same'), 0.2).reshape([4, 128]), w)));
    const [df, dw] = tf.grads(loss)([filter, weight]);
    return tf.concat([df!.flatten(), dw!.flatten()]);
  };
  const first = read(tf.tidy(once));
  assert.deepEqual(read(tf.tidy(once)), first);
  assert.ok(first.some(v => v !== 0));
});
