import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {assertNoLeak, held} from '../../src/backend/memory';
import {selectBackend} from '../../src/backend/select';
import {HeapExhaustedError} from '../../src/backend/wasm/heap';
import {tf} from '../../src/core/tensorflow';

before(() => selectBackend({prefer: 'wasm'}));

test('a tensor above 4 GiB is refused with both sizes, and what was there still computes', () => {
  const kept = tf.tensor1d([1, 2, 3]);
  const count = held();
  // 2^30 + 4 floats are 2^32 + 16 bytes, which a 32-bit allocator understands as 16.
  assert.throws(
    () => tf.tidy(() => tf.fill([2 ** 30 + 4], 1)),
    (error: unknown) => {
      assert.ok(error instanceof HeapExhaustedError);
      assert.equal(error.askedBytes, 4 * (2 ** 30 + 4));
      assert.match(error.message, /^The wasm heap is full: 4295 MB were asked for and \d+ MB are in use/);
      return true;
    },
  );
  assert.deepEqual(held(), count);
  const sum = tf.sum(kept);
  assert.equal(sum.dataSync()[0], 6);
  tf.dispose([kept, sum]);
});

test('an allocator that gives up is noticed', () => {
  const backend = tf.backend() as unknown as {wasm: {_malloc: (bytes: number) => number}};
  const guarded = backend.wasm._malloc;
  // The guard asks the heap itself; 4 GB minus 64 bytes are within its arguments but above what it can give beside itself.
  assert.throws(() => guarded(2 ** 32 - 64), HeapExhaustedError);
});

test('assertNoLeak counts what is left, too much and too little', async () => {
  assert.equal(
    assertNoLeak(() => tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])),
    3,
  );
  assert.throws(() => assertNoLeak(() => tf.zeros([2])), /Expected 0 tensors to be left, got 1/);
  assertNoLeak(() => tf.zeros([2]), 1).dispose();
  const extra = tf.zeros([1]);
  assert.throws(() => assertNoLeak(() => extra.dispose()), /got -1/);
  await assert.rejects(
    assertNoLeak(async () => tf.zeros([2])),
    /got 1/,
  );
  await assertNoLeak(async () => tf.zeros([2]).dispose());
});

test('unsortedSegmentSum refuses an id that has no segment', () => {
  const x = tf.tensor1d([1, 2]);
  const ids = tf.tensor1d([0, 2], 'int32');
  assertNoLeak(() => {
    assert.throws(
      () => tf.tidy(() => tf.unsortedSegmentSum(x, ids, 2)),
      /Expected segmentIds\[1\] to be below numSegments 2, got 2\./,
    );
  });
  tf.dispose([x, ids]);
});

test('memory stays the same over 300 steps of training', () => {
  const filter = tf.variable(tf.tidy(() => tf.fill([3, 3, 1, 4], 0.1)));
  const images = tf.fill([8, 12, 12, 1], 0.5) as tf.Tensor4D;
  const step = () =>
    tf.tidy(() => {
      const loss = () =>
        tf.mean(
          tf.tanh(
            tf.conv2dTranspose(
              tf.conv2d(images, filter as tf.Tensor4D, 2, 'same'),
              filter as tf.Tensor4D,
              [8, 12, 12, 1],
              2,
              'same',
            ),
          ),
        ) as tf.Scalar;
      const {grads} = tf.variableGrads(loss, [filter as tf.Variable]);
      filter.assign(tf.sub(filter, tf.mul(0.01, Object.values(grads)[0]!)));
    });
  step();
  const heapBytes = () => (tf.backend() as unknown as {wasm: {HEAPU8: Uint8Array}}).wasm.HEAPU8.length;
  for (let i = 0; i < 20; i++) step();
  const bytes = heapBytes();
  assertNoLeak(() => {
    for (let i = 0; i < 300; i++) step();
  });
  assert.equal(heapBytes(), bytes);
  tf.dispose([filter, images]);
});
