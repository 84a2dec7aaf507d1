import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import * as losses from '../../src/losses/adversarial';

// Real and fake differ, are signed and unsorted, so that a swap of the two cannot pass.
const real = [2, 0.5, -1];
const fake = [-3, 0, 1.5];
const sigma = (x: number) => 1 / (1 + Math.exp(-x));
const mean = (xs: number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;

const pairs: {
  name: string;
  d: losses.DiscriminatorLoss;
  g: losses.GeneratorLoss;
  expectedD: number;
  expectedG: number;
}[] = [
  {
    name: 'minimax',
    d: losses.minimaxDiscriminatorLoss,
    g: losses.minimaxGeneratorLoss,
    expectedD: -mean(real.map(x => Math.log(sigma(x)))) - mean(fake.map(x => Math.log(1 - sigma(x)))),
    expectedG: mean(fake.map(x => Math.log(1 - sigma(x)))),
  },
  {
    name: 'nonSaturating',
    d: losses.nonSaturatingDiscriminatorLoss,
    g: losses.nonSaturatingGeneratorLoss,
    expectedD: 0.6380895 + 0.8143873, // softplus(-2, -.5, 1) and softplus(-3, 0, 1.5), by pocket calculator
    expectedG: -mean(fake.map(x => Math.log(sigma(x)))),
  },
  // ½·mean(1, .25, 4) + ½·mean(9, 0, 2.25);  ½·mean(16, 1, .25)
  {
    name: 'leastSquares',
    d: losses.leastSquaresDiscriminatorLoss,
    g: losses.leastSquaresGeneratorLoss,
    expectedD: 0.875 + 1.875,
    expectedG: 2.875,
  },
  // mean fake -0.5, mean real 0.5
  {
    name: 'wasserstein',
    d: losses.wassersteinDiscriminatorLoss,
    g: losses.wassersteinGeneratorLoss,
    expectedD: -1,
    expectedG: 0.5,
  },
  // mean(0, .5, 2) + mean(0, 1, 2.5)
  {
    name: 'hinge',
    d: losses.hingeDiscriminatorLoss,
    g: losses.hingeGeneratorLoss,
    expectedD: 2.5 / 3 + 3.5 / 3,
    expectedG: 0.5,
  },
];

const value = (run: () => tf.Tensor) => tf.tidy(() => run().dataSync()[0]!);

for (const {name, d, g, expectedD, expectedG} of pairs) {
  test(`${name}: worked values, for [N] and [N, 1]`, () => {
    for (const shape of [[3], [3, 1]]) {
      assert.ok(Math.abs(value(() => d(tf.tensor(real, shape), tf.tensor(fake, shape))) - expectedD) < 1e-5);
      assert.ok(Math.abs(value(() => g(tf.tensor(fake, shape))) - expectedG) < 1e-5);
    }
  });

  test(`${name}: finite at scores of ±80, gradients too`, () => {
    const extreme = tf.tensor1d([80, -80]);
    for (const loss of [(x: tf.Tensor) => d(x, extreme), (x: tf.Tensor) => d(extreme, x), g]) {
      const [slope, at] = tf.tidy(() => [
        tf
          .grad(loss as (x: tf.Tensor) => tf.Scalar)(extreme)
          .dataSync(),
        loss(extreme).dataSync()[0]!,
      ]);
      assert.ok(Number.isFinite(at) && slope!.every(Number.isFinite), `${at} ${slope}`);
    }
    extreme.dispose();
  });

  test(`${name}: gradients equal central differences; each player pushes its own way; nothing leaks`, () => {
    const before = tf.memory().numTensors;
    const check = (loss: (x: tf.Tensor) => tf.Scalar, at: number[], direction: -1 | 1) => {
      const slope = tf.tidy(() => tf.grad(loss)(tf.tensor1d(at)).dataSync().slice());
      at.forEach((_, i) => {
        const step = 0.01;
        const shifted = (sign: number) =>
          value(() => loss(tf.tensor1d(at.map((x, j) => x + (i === j ? sign * step : 0)))));
        const difference = (shifted(1) - shifted(-1)) / (2 * step);
        assert.ok(Math.abs(slope[i]! - difference) < 2e-3, `${slope[i]} ${difference}`);
        assert.ok(direction * slope[i]! >= -1e-7);
      });
    };
    const low = [0.4, -0.3, -0.7]; // inside every margin, below every target
    check(x => d(x, tf.tensor1d(fake)), low, -1);
    check(x => d(tf.tensor1d(real), x), [0.4, 0.3, 0.7], 1);
    check(g, low, -1);
    assert.equal(tf.memory().numTensors, before);
  });
}
