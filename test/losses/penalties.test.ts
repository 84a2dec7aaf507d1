import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import {r1Penalty} from '../../src/losses/penalties';

test('R1 of a linear score is γ/2·‖w‖², of a quadratic one depends on x; its gradient is exact', () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const x = tf.tensor2d([
      [1, -2],
      [3, 0.5],
    ]);
    const w = tf.tensor2d([[2], [-1]]);
    assert.ok(Math.abs(r1Penalty(xs => xs.matMul(w), [x], 0.4).dataSync()[0]! - 0.2 * 5) < 1e-6);
    // D(x) = ½ v x₀² → slope v·x₀ → γ/2·v²·mean(1, 9) = 5·γ/2·v², derivative 5·γ·v
    const penalty = (v: tf.Tensor) => r1Penalty(xs => xs.slice([0, 0], [2, 1]).square().mul(v).mul(0.5), [x], 0.4);
    const {value, grad} = tf.valueAndGrad(penalty as (v: tf.Tensor) => tf.Scalar)(tf.scalar(3));
    assert.ok(Math.abs(value.dataSync()[0]! - 9) < 1e-5);
    assert.ok(Math.abs(grad.dataSync()[0]! - 6) < 1e-5);
  });
  assert.equal(tf.memory().numTensors, before);
});
