import assert from 'node:assert/strict';
import {test} from 'node:test';
import {assertNoLeak} from '../../src/backend/memory';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {assertClose, randomValues, testOnEachBackend} from './support';

const x0 = [-1.3, 0.4, 2.1];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

testOnEachBackend('second order through what was computed before the inner gradient began', () => {
  // g = (h²)′ = 2 h h′ with h = σ(x), so Σ g has the slopes 2 (h′² + h h″); the inner gradient sees h only on the outer tape.
  const total = (x: tf.Tensor): tf.Scalar => {
    const h = tf.sigmoid(x);
    return tf.sum(tf.grads(() => tf.sum(tf.mul(h, h)))([x])[0]!);
  };
  const slopes = x0.map(x => {
    const h = sigmoid(x);
    const slope = h * (1 - h);
    return 2 * (slope * slope + h * slope * (1 - 2 * h));
  });
  assertNoLeak(() => {
    tf.tidy(() => assertClose(tf.grad(total)(tf.tensor1d(x0)).dataSync(), slopes, 1e-5, 'slopes'));
  });
});

test('wasm: what a gradient needs later is kept without a kernel call', async () => {
  await selectBackend({prefer: 'wasm'});
  const weights = tf.tensor2d(randomValues(12, 1), [4, 3]);
  const x = tf.tensor2d(randomValues(8, 2), [2, 4]);
  const kernel = tf.getKernel('Identity', 'wasm')!;
  let calls = 0;
  tf.unregisterKernel('Identity', 'wasm');
  tf.registerKernel({
    ...kernel,
    kernelFunc: request => {
      calls++;
      return kernel.kernelFunc(request);
    },
  });
  try {
    assertNoLeak(() => {
      const slopes = tf.grad(w => tf.sum(tf.tanh(tf.matMul(x, w as tf.Tensor2D))) as tf.Tensor)(weights);
      assert.ok(slopes.dataSync().every(slope => slope !== 0));
      slopes.dispose();
    });
    assert.equal(calls, 0);
  } finally {
    tf.unregisterKernel('Identity', 'wasm');
    tf.registerKernel(kernel);
    tf.dispose([weights, x]);
  }
});
