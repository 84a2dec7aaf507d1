import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../../src/backend/select';
import {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';
import {
  annealedTemperature,
  gumbelNoise,
  gumbelSoftmax,
  straightThrough,
  toGumbel,
} from '../../../src/networks/layers/gumbel-softmax';
import {testOnEachBackend} from '../../backend/support';
import {near} from './support';

before(async () => {
  await selectBackend();
});

test('by hand: no noise and τ = 1 is softmax; τ = ½ squares the odds; cold ones choose', () => {
  tf.tidy(() => {
    const logits = tf.tensor2d([[Math.log(3), 0]]);
    const none = tf.zeros([1, 2]);
    near(gumbelSoftmax(logits, none, {temperature: 1}), [0.75, 0.25]);
    near(gumbelSoftmax(logits, none, {temperature: tf.scalar(0.5)}), [0.9, 0.1]);
    near(gumbelSoftmax(logits, tf.tensor2d([[0, 2]]), {temperature: 0.01}), [0, 1], 1e-6);
    assert.throws(() => gumbelSoftmax(logits, none, {temperature: 0}), /temperature to be above 0, got 0/);
    assert.throws(
      () => gumbelSoftmax(logits, tf.zeros([2, 2]), {temperature: 1}),
      /Gumbel noise of shape \[1, 2\], got \[2, 2\]/,
    );
  });
});

test('the largest value stands at word v with probability softmax(logits)ᵥ', () => {
  const [draws, logits] = [20_000, [0.5, -1, 1.2, 0]];
  const total = logits.reduce((sum, l) => sum + Math.exp(l), 0);
  const shares = tf.tidy(() => {
    const noise = gumbelNoise(new RandomStream(5, 'gumbel'), [draws, 4]);
    const samples = gumbelSoftmax(tf.tensor2d([logits]).tile([draws, 1]), noise, {temperature: 0.5, hard: true});
    return samples.mean(0).dataSync();
  });
  logits.forEach((l, v) => {
    const wanted = Math.exp(l) / total;
    // Four standard deviations of a share among 20,000.
    const margin = 4 * Math.sqrt((wanted * (1 - wanted)) / draws);
    assert.ok(Math.abs(shares[v]! - wanted) < margin, `${shares[v]} is not ${wanted} ± ${margin}`);
  });
});

test('noise is finite at both ends of its uniform values, .3665 at ½, and has mean .5772 and variance π²/6', () => {
  tf.tidy(() => {
    const ends = toGumbel(tf.tensor1d([0, 0.5, 1 - 2 ** -24, 1])).dataSync();
    assert.ok(ends.every(Number.isFinite) && ends[0]! < -2.8 && ends[3]! > 15);
    near([ends[1]!], [0.36651], 1e-4);
    const {mean, variance} = tf.moments(gumbelNoise(new RandomStream(6, 'gumbel'), [40_000]));
    near(mean, [0.5772], 0.03);
    near(variance, [Math.PI ** 2 / 6], 0.06);
  });
});

testOnEachBackend('straight-through is one-hot forward and has the soft slope backward', () => {
  tf.tidy(() => {
    near(
      straightThrough(
        tf.tensor2d([
          [0.2, 0.7, 0.1],
          [0.5, 0.1, 0.4],
        ]),
      ),
      [0, 1, 0, 1, 0, 0],
      0,
    );
    const [logits, noise, weights] = [
      tf.tensor2d([[0.3, -1, 0.8]]),
      tf.tensor2d([[0.2, 0.5, -0.4]]),
      tf.tensor2d([[1, -2, 0.5]]),
    ];
    const slope = (hard: boolean) =>
      tf
        .grad(x => gumbelSoftmax(x, noise, {temperature: 0.8, hard}).mul(weights).sum())(logits)
        .dataSync();
    near(slope(true), slope(false), 1e-6);
    assert.ok(slope(true).some(value => Math.abs(value) > 0.1));
  });
});

test('the temperature falls from start to end by equal factors', () => {
  near(
    [0, 0.5, 1, 2].map(done => annealedTemperature(done, 1, 0.25)),
    [1, 0.5, 0.25, 0.25],
    1e-12,
  );
});
