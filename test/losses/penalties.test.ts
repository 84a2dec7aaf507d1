/** Penalties on networks with second-order gradients, on every backend; masks by input; clipping. (Worked values: cases.ts.) */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import {draganNoise, draganPenalty, wganGpPenalty} from '../../src/losses/lipschitz-penalties';
import {r1Penalty, r2Penalty} from '../../src/losses/penalties';
import type {ScoreFunction} from '../../src/losses/slopes';
import {clipWeights} from '../../src/losses/weight-clipping';
import {assertClose, randomValues, testOnEachBackend} from '../backend/support';

const values = (x: tf.Tensor) => Array.from(x.dataSync());
const pictureShape: [number, number, number, number] = [3, 6, 6, 2];
const wordsShape: [number, number] = [3, 4];
const picture = (seed: number) => tf.tensor4d(randomValues(3 * 6 * 6 * 2, seed), pictureShape);
const words = (seed: number) => tf.tensor2d(randomValues(12, seed), wordsShape);

/** A critic of two modalities: a convolution with leaky ReLU and a dense layer with tanh meet in a product. */
const critic =
  (filter: tf.Tensor, kernel: tf.Tensor): ScoreFunction =>
  (x, y) => {
    const seen = tf.tanh(tf.leakyRelu(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same'), 0.2)).mean([1, 2]);
    const read = tf.tanh(tf.matMul(y as tf.Tensor2D, kernel as tf.Tensor2D));
    return seen.mul(read).sum(1).add(seen.sum(1));
  };

const filterValues = randomValues(3 * 3 * 2 * 4, 3);
const kernelValues = randomValues(4 * 4, 4);

type Penalty = (score: ScoreFunction) => tf.Scalar;
const penalties: Readonly<Record<string, Penalty>> = {
  r1Penalty: score => r1Penalty(score, [picture(5), words(6)], 2),
  r2Penalty: score => r2Penalty(score, [picture(7), words(8)], 2),
  wganGpPenalty: score =>
    wganGpPenalty(score, [picture(5), words(6)], [picture(7), words(8)], tf.tensor1d([0.2, 0.9, 0.5])),
  draganPenalty: score => draganPenalty(score, [picture(5), words(6)], [picture(9), words(10)]),
  'wganGpPenalty, masked': score =>
    wganGpPenalty(score, [picture(5), words(6)], [picture(7), words(8)], tf.tensor1d([0.2, 0.9, 0.5]), 10, [
      tf.tensor1d([1, 0, 0]),
      tf.tensor1d([1, 1, 0]),
    ]),
};

for (const [name, penalty] of Object.entries(penalties)) {
  testOnEachBackend(`${name} moves a critic of two modalities as differences say`, () => {
    const at = (by: number, filterAlong: Float32Array, kernelAlong: Float32Array) =>
      tf.tidy(() => {
        const moved = (start: Float32Array, along: Float32Array) => start.map((v, i) => v + by * along[i]!);
        const filter = tf.tensor4d(moved(filterValues, filterAlong), [3, 3, 2, 4]);
        return penalty(critic(filter, tf.tensor2d(moved(kernelValues, kernelAlong), [4, 4]))).dataSync()[0]!;
      });
    const [filterSlope, kernelSlope] = tf.tidy(() =>
      tf
        .grads((filter, kernel) => penalty(critic(filter, kernel)))([
          tf.tensor4d(filterValues, [3, 3, 2, 4]),
          tf.tensor2d(kernelValues, [4, 4]),
        ])
        .map(slope => slope.dataSync() as Float32Array),
    ) as [Float32Array, Float32Array];
    for (const seed of [20, 21]) {
      const [a, b] = [randomValues(filterValues.length, seed), randomValues(kernelValues.length, seed + 10)];
      const difference = (at(4e-3, a, b) - at(-4e-3, a, b)) / 8e-3;
      const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
      const slope = dot(filterSlope, a) + dot(kernelSlope, b);
      const scale = Math.max(Math.abs(difference), 0.1 * Math.hypot(...filterSlope, ...kernelSlope));
      assert.ok(Math.abs(slope - difference) <= 3e-2 * scale, `${slope} is not ${difference}`);
    }
  });
}

testOnEachBackend('filler of one modality has no slope; a row without any part does not count', () => {
  tf.tidy(() => {
    // ½(w·x + u·y)² at x = (1, -2), y = 3: w·x + u·y = 4 + 6 = 10. With y as filler only w's slope counts: 10·√5.
    const [w, u] = [tf.tensor1d([2, -1]), tf.tensor1d([2])];
    const score: ScoreFunction = (x, y) => x.mul(w).sum(1).add(y.mul(u).sum(1)).square().mul(0.5);
    const x = tf.tensor2d([
      [1, -2],
      [5, 5],
    ]);
    const y = tf.tensor2d([[3], [7]]);
    const masks = [tf.tensor1d([1, 0]), tf.tensor1d([0, 0])];
    const half = tf.fill<tf.Rank.R1>([2], 0.5);
    assertClose(
      values(wganGpPenalty(score, [x, y], [x, y], half, 1, masks)),
      [(10 * Math.sqrt(5) - 1) ** 2],
      1e-5,
      'joint',
    );
    // Each input's mean is over its own observed rows: ½·100·5 and nothing.
    assertClose(values(r1Penalty(score, [x, y], 1, masks)), [250], 1e-5, 'R1');
    const none = tf.zeros<tf.Rank.R1>([2]);
    const steep = tf.grad(v => wganGpPenalty((a, b) => score(a.mul(v), b), [x, y], [x, y], half, 1, none));
    assert.deepEqual(values(steep(tf.scalar(1))), [0]);
  });
});

testOnEachBackend('a critic that is flat everywhere is pulled up without NaN', () => {
  tf.tidy(() => {
    const flat = (v: tf.Tensor) =>
      wganGpPenalty(x => x.mul(v).sum(1), [words(1)], [words(2)], tf.tensor1d([0.1, 0.5, 0.9]), 10);
    const {value, grad} = tf.valueAndGrad(flat)(tf.scalar(0));
    assertClose(values(value), [10], 1e-4, 'value');
    assert.ok(Number.isFinite(values(grad)[0]!), `${values(grad)}`);
  });
});

testOnEachBackend('the linear score of the comments: λ(‖w‖ - 1)², γ/2·‖w‖²', () => {
  tf.tidy(() => {
    const w = tf.tensor2d([[2], [-1], [0], [2]]);
    const score: ScoreFunction = x => tf.matMul(x as tf.Tensor2D, w);
    const half = tf.fill<tf.Rank.R1>([3], 0.5);
    assertClose(values(wganGpPenalty(score, [words(1)], [words(2)], half)), [40], 1e-4, 'WGAN-GP');
    assertClose(values(draganPenalty(score, [words(1)], [words(2)], tf.scalar(3))), [12], 1e-4, 'DRAGAN');
    assertClose(values(r1Penalty(score, [words(1)], 0.4)), [1.8], 1e-5, 'R1');
  });
});

test('the noise of DRAGAN has half the spread of the batch', () => {
  tf.tidy(() => {
    // Standard deviation of (1, 3, 1, 3) is 1.
    const real = tf.tensor2d([
      [1, 3],
      [1, 3],
    ]);
    assertClose(
      values(
        draganNoise(
          real,
          tf.tensor2d([
            [0, 1],
            [0.5, 0.2],
          ]),
        ),
      ),
      [0, 0.5, 0.25, 0.1],
      1e-6,
      'noise',
    );
    assert.throws(() => draganNoise(real, tf.zeros([2])), /Expected uniform of shape \[2, 2\], got \[2\]\./);
  });
});

test('what does not fit is named', () => {
  tf.tidy(() => {
    const score: ScoreFunction = x => x.sum(1);
    const half = tf.fill<tf.Rank.R1>([3], 0.5);
    assert.throws(() => r1Penalty(score, [], 1), /Expected the number of inputs to be at least 1, got 0\./);
    assert.throws(() => r1Penalty(score, [words(1)], -1), /Expected gamma to be at least 0, got -1\./);
    assert.throws(
      () => r1Penalty(score, [words(1)], 1, tf.ones([2])),
      /Expected present\[0\] of shape \[3\], got \[2\]\./,
    );
    assert.throws(
      () => r1Penalty(score, [words(1)], 1, []),
      /Expected present to be one mask for each of 1 inputs, got 0\./,
    );
    assert.throws(
      () => wganGpPenalty(score, [words(1)], [tf.zeros([3, 5])], half),
      /Expected fake\[0\] of shape \[3, 4\], got \[3, 5\]\./,
    );
    assert.throws(
      () => wganGpPenalty(score, [words(1)], [words(2)], tf.ones([3, 1])),
      /Expected amounts of shape \[3\], got \[3, 1\]\./,
    );
    assert.throws(
      () => draganPenalty(score, [words(1)], [words(2), words(3)]),
      /Expected the number of noise to be 1, got 2\./,
    );
  });
});

testOnEachBackend('weight clipping keeps what is inside, cuts what is outside, and does not hide NaN', () => {
  const variables = tf.tidy(() => ({
    a: tf.variable(tf.tensor1d([0.005, -0.3, 7])),
    b: tf.variable(tf.tensor1d([Number.NaN, 0.02])),
  }));
  clipWeights(variables, 0.01);
  assertClose(values(variables.a), [0.005, -0.01, 0.01], 1e-7, 'clipped');
  assertClose(values(variables.b), [Number.NaN, 0.01], 1e-7, 'NaN');
  assert.throws(() => clipWeights(variables, 0), /Expected limit to be a number above 0, got 0\./);
  tf.dispose(variables);
});
