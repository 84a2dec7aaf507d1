import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';
import {buildCrossModalMixer} from '../../../src/networks/cross-modal';
import {attend} from '../../../src/networks/layers/attention';
import {crossModalAttention} from '../../../src/networks/layers/cross-modal-attention';
import {selfAttention} from '../../../src/networks/layers/self-attention';
import {near, normal, withParameters} from './support';

before(async () => {
  await selectBackend();
});

type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;

test('attention, by hand: equal scores take the mean; scores (log 3, 0) take three parts of four; filler takes none', () => {
  tf.tidy(() => {
    const values = tf.tensor3d([8, 0, 100], [1, 3, 1]);
    const keys = (a: number, b: number, c: number) => tf.tensor3d([a, b, c], [1, 3, 1]);
    const one = tf.ones<tf.Rank.R3>([1, 1, 1]);
    near(attend(one, keys(5, 5, 5), values), [36], 1e-4);
    near(attend(one, keys(Math.log(3), 0, 50), values, tf.tensor2d([[1, 1, 0]])), [6], 1e-4);
    near(attend(one, keys(1, 2, 3), values, tf.zeros([1, 3])), [0], 0);
    // Scores are divided by √D: with D = 4 and q·k = 2·log 3 the weights are 3 : 1 again.
    const q = tf.fill<tf.Rank.R3>([1, 1, 4], 1);
    const k = tf.tensor3d([...Array(4).fill(Math.log(3) / 2), ...Array(4).fill(0)], [1, 2, 4]);
    near(attend(q, k, tf.tensor3d([8, 0], [1, 2, 1])), [6], 1e-4);
  });
});

test('self-attention is nothing at the start; then a place takes from one far away, and permuting places permutes the answers', () => {
  withParameters(p => {
    const layer = selfAttention(p, 's', 8);
    const x = normal([2, 3, 3, 8]) as tf.Tensor4D;
    near(layer(x), x.dataSync(), 0);
    p.trainable['s/gamma']!.assign(tf.scalar(1));
    const y = layer(x);
    const corner = x.add(
      tf
        .oneHot(tf.tensor1d([71], 'int32'), 72)
        .reshape([1, 3, 3, 8])
        .mul(3),
    ) as tf.Tensor4D;
    const moved = layer(corner).sub(y).slice([0, 0, 0, 0], [1, 1, 1, 8]).abs().max().dataSync()[0]!;
    assert.ok(moved > 1e-3, 'the first place does not see the last one');
    near(layer(x.reverse([1, 2])), y.reverse([1, 2]).dataSync(), 1e-5);
  });
});

test('cross-modal attention: absent context changes nothing, NaN included; present context does; heads must divide', () => {
  withParameters(p => {
    const layer = crossModalAttention(p, 'c', {dim: 4, contextDim: 3, heads: 2});
    const x = normal([2, 2, 4]) as T3;
    const context = normal([2, 3, 3], 5) as T3;
    const nan = tf.fill<tf.Rank.R3>([2, 3, 3], Number.NaN);
    near(layer(x, nan, tf.zeros([2, 3])), x.dataSync(), 0);
    const seen = layer(
      x,
      context,
      tf.tensor2d([
        [1, 1, 0],
        [1, 1, 0],
      ]),
    );
    assert.ok(seen.sub(x).abs().min().dataSync()[0]! > 1e-5);
    // Only the third is filler: whatever it holds, the same.
    const other = tf.concat([context.slice([0, 0, 0], [2, 2, 3]), nan.slice([0, 0, 0], [2, 1, 3])], 1) as T3;
    near(
      layer(
        x,
        other,
        tf.tensor2d([
          [1, 1, 0],
          [1, 1, 0],
        ]),
      ),
      seen.dataSync(),
      1e-6,
    );
    // An example sees its own context alone.
    near(
      layer(x.slice([0, 0, 0], [1, 2, 4]), context.slice([0, 0, 0], [1, 3, 3])),
      layer(x, context).slice([0, 0, 0], [1, 2, 4]).dataSync(),
      1e-6,
    );
    assert.throws(
      () => crossModalAttention(p, 'bad', {dim: 4, heads: 3}),
      /heads of bad to be a divisor of its 4 values, got 3/,
    );
    assert.throws(() => layer(x, normal([2, 3, 4]) as T3), /context of c of shape \[2, N, 3\], got \[2, 3, 4\]/);
  });
});

test('the mixer: alone a modality stays as it is; absent ones are neither seen nor needed; one modality needs no weights', () => {
  withParameters(p => {
    const mix = buildCrossModalMixer(p, 'm', {modalities: ['a', 'b', 'c'], dim: 4, layers: 2, heads: 2});
    const [a, b, c] = [1, 2, 3].map(seed => normal([2, 4], seed) as T2) as [T2, T2, T2];
    const [all, none] = [tf.ones<tf.Rank.R1>([2]), tf.zeros<tf.Rank.R1>([2])];
    near(mix({a, b, c}, {a: all, b: none, c: none})['a']!, a.dataSync(), 0);
    const two = mix({a, b, c}, {a: all, b: all, c: none})['a']!;
    near(mix({a, b, c: c.mul(9) as T2}, {a: all, b: all, c: none})['a']!, two.dataSync(), 1e-6);
    assert.ok(two.sub(a).abs().max().dataSync()[0]! > 1e-3);
    near(mix({a, b, c})['b']!, mix({a, b, c}, {a: all, b: all, c: all})['b']!.dataSync(), 1e-6);
  });
  withParameters(p => {
    const mix = buildCrossModalMixer(p, 'm', {modalities: ['only'], dim: 4, layers: 2});
    const x = normal([2, 4]) as T2;
    near(mix({only: x})['only']!, x.dataSync(), 0);
    assert.equal(p.count(), 0);
  });
});
