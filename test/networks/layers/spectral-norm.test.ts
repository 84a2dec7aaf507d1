import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';
import {convolution} from '../../../src/networks/layers/convolution';
import {dense} from '../../../src/networks/layers/dense';
import {spectralNorm} from '../../../src/networks/layers/spectral-norm';
import {testOnEachBackend} from '../../backend/support';
import {near, normal, withParameters} from './support';

before(async () => {
  await selectBackend();
});

/** [inputs, outputs] = [4, 3]; numpy 2.2.6, linalg.svd: 3.4112243, 3.0618985, 1.8843637. */
const matrix = [2, -1, 0, 0.5, 3, 1, -1, 0.25, 1.5, 1, 1, -2];
/** sin(0.7·i - 7.7) for i = 0 … 23 as [2, 2, 2, 3], laid out as [8, 3]; numpy's largest singular value is 3.0924424. */
const kernel = Array.from({length: 24}, (_, i) => Math.sin(0.7 * i - 7.7));

testOnEachBackend('forty turns of power iteration find the largest singular value to 1e-3', () => {
  for (const [values, shape, largest] of [
    [matrix, [4, 3], 3.4112243],
    [kernel, [2, 2, 2, 3], 3.0924424],
  ] as const) {
    withParameters(p => {
      const w = p.normal('l/kernel', [...shape], 1);
      w.assign(tf.tensor([...values], [...shape]));
      const weight = spectralNorm(p, 'l', w);
      for (let i = 0; i < 40; i++) tf.tidy(() => void weight('batch'));
      const scaled = weight('stored').dataSync();
      const sigma = values[0]! / scaled[0]!;
      assert.ok(Math.abs(sigma - largest) < 1e-3 * largest, `${sigma} is not ${largest}`);
      near(
        scaled,
        values.map(value => value / largest),
        2e-3,
      );
    });
  }
});

test('diagonal (3, 2) becomes (1, 2/3); one turn is not enough; use moves nothing, training moves u alone', () => {
  withParameters(p => {
    const w = p.normal('l/kernel', [2, 2], 1);
    w.assign(
      tf.tensor2d([
        [3, 0],
        [0, 2],
      ]),
    );
    const weight = spectralNorm(p, 'l', w);
    const u = p.buffers['l/u']!;
    u.assign(tf.tensor1d([0, 1])); // The wrong axis, but for a little.
    u.assign(tf.tensor1d([0.1, 1]));
    const before = u.dataSync().slice();
    assert.ok(weight('stored').dataSync()[0]! > 1.3);
    assert.deepEqual(u.dataSync(), before);
    for (let i = 0; i < 30; i++) weight('batch');
    assert.notDeepEqual(u.dataSync(), before);
    near(weight('stored'), [1, 0, 0, 2 / 3], 1e-5);
    near(w, [3, 0, 0, 2], 0);
  });
});

test('the slope of σ is v uᵀ: that of W/σ along W is 0, for W/σ does not change when W grows', () => {
  withParameters(p => {
    const w = p.normal('l/kernel', [4, 3], 1);
    w.assign(tf.tensor2d(matrix, [4, 3]));
    const weight = spectralNorm(p, 'l', w);
    for (let i = 0; i < 60; i++) tf.tidy(() => void weight('batch'));
    const direction = normal([4, 3], 4);
    const {grads} = tf.variableGrads(() => weight('batch').mul(direction).sum() as tf.Scalar, [w]);
    const gradient = Object.values(grads)[0]!;
    near(gradient.mul(w).sum().dataSync(), [0], 1e-5);
    // By hand: ∂/∂W (D·W/σ) = D/σ - (D·W)/σ² · v uᵀ; and without σ's share it would be D/σ.
    const share = gradient.sub(direction.div(3.4112243));
    assert.ok(share.abs().max().dataSync()[0]! > 0.05);
    // Rank one: every 2×2 minor of the share vanishes.
    const s = share.arraySync() as number[][];
    for (let i = 1; i < 4; i++) near([s[0]![0]! * s[i]![1]! - s[0]![1]! * s[i]![0]!], [0], 1e-5);
  });
});

test('layers with it stretch nothing by more than 1, and save u', () => {
  withParameters(p => {
    const layer = dense(p, 'd', 6, 5, {spectral: true, std: 3, bias: false});
    const down = convolution(p, 'c', {inputs: 2, outputs: 3, size: 3, stride: 1, spectral: true, std: 3});
    assert.deepEqual(
      Object.keys(p.all()).filter(name => name.endsWith('/u')),
      ['d/u', 'c/u'],
    );
    const x = normal([50, 6]);
    for (let i = 0; i < 80; i++) tf.tidy(() => void [layer(x, 'batch'), down(tf.zeros([1, 4, 4, 2]), 'batch')]);
    const stretch = layer(x, 'stored').norm(2, 1).div(x.norm(2, 1)).max().dataSync()[0]!;
    assert.ok(stretch > 0.5 && stretch < 1.001, String(stretch));
    const reshaped = p.trainable['c/kernel']!.reshape([18, 3]) as tf.Tensor2D;
    const sum = down(tf.ones([1, 3, 3, 2]), 'stored').slice([0, 1, 1, 0], [1, 1, 1, 3]);
    const raw = tf.matMul(tf.ones([1, 18]), reshaped);
    const sigma = raw.dataSync()[0]! / sum.dataSync()[0]!;
    const largest = Math.max(...(tf.matMul(reshaped, reshaped, true).norm().dataSync() as Float32Array)) ** 0.5;
    // σ² ≤ ‖WᵀW‖_F ≤ √3·σ².
    assert.ok(sigma <= largest * 1.001 && sigma >= largest / 3 ** 0.25 - 1e-3);
  });
});
