import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {leakyRelu} from '../../src/networks/layers/activations';
import {conditionalBatchNorm} from '../../src/networks/layers/conditional-batch-norm';
import {convolution, transposedConvolution} from '../../src/networks/layers/convolution';
import {dense} from '../../src/networks/layers/dense';
import {gruCell} from '../../src/networks/layers/gru';
import {fixedStddev, measuredStddev, minibatchStddev} from '../../src/networks/layers/minibatch-stddev';
import {Parameters} from '../../src/networks/parameters';

before(async () => {
  await selectBackend();
});

const fresh = () => new Parameters(new RandomStream(3, 'test'));
const near = (got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5) => {
  assert.equal(got.length, wanted.length);
  for (let i = 0; i < got.length; i++)
    assert.ok(Math.abs(got[i]! - wanted[i]!) < tolerance, `${Array.from(got)} is not ${Array.from(wanted)}`);
};

test('parameters: one seed, one start; names are unique; N(0, std²)', () => {
  const [a, b] = [fresh(), fresh()];
  const [wa, wb] = [a.normal('w', [200, 50], 0.3), b.normal('w', [200, 50], 0.3)];
  assert.deepEqual(wa.dataSync(), wb.dataSync());
  const {mean, variance} = tf.moments(wa);
  near(mean.dataSync(), [0], 0.01);
  near(variance.dataSync(), [0.09], 0.004);
  assert.throws(() => a.constant('w', [1], 0), /got "w" twice/);
  assert.equal(a.count(), 10_000);
  tf.dispose([mean, variance]);
  for (const parameters of [a, b]) parameters.dispose();
});

test('dense is x W + b, by hand; leaky ReLU of -1 is -0.2', () => {
  const p = fresh();
  const layer = dense(p, 'd', 2, 3);
  p.trainable['d/kernel']!.assign(
    tf.tensor2d([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  );
  p.trainable['d/bias']!.assign(tf.tensor1d([0.5, 0, -1]));
  near(
    tf.tidy(() => layer(tf.tensor2d([[1, -1]])).dataSync()),
    [-2.5, -3, -4],
  );
  near(
    tf.tidy(() => leakyRelu(tf.tensor1d([-1, 2])).dataSync()),
    [-0.2, 2],
  );
  p.dispose();
});

test('convolution halves, its transpose doubles, and the transpose is the adjoint: <conv x, y> = <x, convᵀ y>', () => {
  const p = fresh();
  const down = convolution(p, 'c', {inputs: 2, outputs: 3, size: 4, stride: 2, bias: false});
  const up = transposedConvolution(p, 't', {inputs: 3, outputs: 2, size: 4, stride: 2, bias: false});
  tf.tidy(() => {
    p.trainable['t/kernel']!.assign(p.trainable['c/kernel']! as unknown as tf.Tensor);
    const stream = new RandomStream(4, 'x');
    const x = tf.tensor4d(stream.normals(2 * 6 * 8 * 2), [2, 6, 8, 2]);
    const y = tf.tensor4d(stream.normals(2 * 3 * 4 * 3), [2, 3, 4, 3]);
    assert.deepEqual(down(x).shape, [2, 3, 4, 3]);
    assert.deepEqual(up(y).shape, [2, 6, 8, 2]);
    near(down(x).mul(y).sum().dataSync(), up(y).mul(x).sum().dataSync(), 1e-3);
  });
  p.dispose();
});

test('conditional batch norm: mean 0 and variance 1 for condition 0; scale and shift as told; stored statistics add up', () => {
  const p = fresh();
  const layer = conditionalBatchNorm(p, 'n', 2, 3);
  tf.tidy(() => {
    const x = tf.tensor4d(
      new RandomStream(5, 'x').normals(4 * 3 * 3 * 2).map((v, i) => (i % 2 ? 7 + 3 * v : v - 2)),
      [4, 3, 3, 2],
    );
    const zero = tf.zeros<tf.Rank.R2>([4, 3]);
    const plain = layer(x, zero, 'batch');
    const {mean, variance} = tf.moments(plain, [0, 1, 2]);
    near(mean.dataSync(), [0, 0], 1e-4);
    near(variance.dataSync(), [1, 1], 1e-3);

    // W = 0 but for one entry a role: condition [1, 0, 0] gives γ = 1 + [2, 0] and β = [0, 5].
    const w = new Float32Array(3 * 4);
    [w[0], w[3]] = [2, 5];
    p.trainable['n/modulation/kernel']!.assign(tf.tensor2d(w, [3, 4]));
    const told = layer(x, tf.tile(tf.tensor2d([[1, 0, 0]]), [4, 1]), 'batch');
    near(
      told.dataSync(),
      plain
        .mul(tf.tensor1d([3, 1]))
        .add(tf.tensor1d([0, 5]))
        .dataSync(),
      1e-4,
    );

    for (const variable of Object.values(p.state)) variable.assign(tf.zerosLike(variable));
    for (let i = 0; i < 4; i++) layer(x, zero, {accumulate: 0.25});
    near(layer(x, zero, 'stored').dataSync(), plain.dataSync(), 1e-4);
  });
  p.dispose();
});

test('minibatch standard deviation, by hand: pairs (1, 3) and (5, 5) differ by 1 and 0', () => {
  tf.tidy(() => {
    const out = minibatchStddev(tf.tensor4d([1, 3, 5, 5], [4, 1, 1, 1]), 2);
    near(out.dataSync(), [1, 1, 3, 1, 5, 0, 5, 0], 2e-4);
    // A masked row is no neighbour: (1, 3) differ by 1, and two of three by √(2·2 / 3)·(2·5 / 9) less than three would.
    const ofTwo = Math.sqrt(4 / 3) * (10 / 9);
    for (const filler of [0, 900]) {
      const masked = minibatchStddev(tf.tensor4d([1, 3, filler], [3, 1, 1, 1]), 3, tf.tensor1d([1, 1, 0]));
      near(masked.dataSync().slice(0, 4), [1, ofTwo, 3, ofTwo], 2e-4);
      // One member alone, and none: the mean of the groups that tell something.
      const rows = [1, 3, filler, 7, filler, filler, filler, filler, filler, 10, 10, 13];
      const mask = tf.tensor1d([1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1]);
      const [whole, mean] = [Math.SQRT2, (ofTwo + Math.SQRT2) / 2];
      const channel = minibatchStddev(tf.tensor4d(rows, [12, 1, 1, 1]), 3, mask).slice([0, 0, 0, 1], [-1, 1, 1, 1]);
      near(
        channel.dataSync(),
        [ofTwo, mean, mean, whole].flatMap(value => [value, value, value]),
        2e-4,
      );
    }
    near(fixedStddev(tf.tensor4d([4, 5], [2, 1, 1, 1]), tf.scalar(0.5)).dataSync(), [4, 0.5, 5, 0.5]);
    assert.throws(() => minibatchStddev(tf.zeros([5, 1, 1, 1]), 2), /multiple of 2 examples.*got 5/);
  });
});

test('what is stored of the minibatch deviation is the mean of what was told, and all that counts in use', () => {
  const p = fresh();
  const layer = measuredStddev(p, 'deviation', 2);
  tf.tidy(() => {
    const x = (...values: number[]) => tf.tensor4d(values, [values.length, 1, 1, 1]);
    near(layer(x(4, 5), 'stored').dataSync(), [4, 0, 5, 0]);
    // Pairs (1, 3) and (5, 5) differ by 1 and 0, the pair (2, 8) by 3: half of ½ and half of 3.
    layer(x(1, 3, 5, 5), {accumulate: 0.5});
    layer(x(2, 8), {accumulate: 0.5});
    layer(x(0, 100), 'batch');
    near(layer(x(4, 5), 'stored').dataSync(), [4, 1.75, 5, 1.75], 2e-4);
  });
  p.dispose();
});

test('minibatch deviation of half of the members is that of whole groups on average, and without a gap the same', () => {
  tf.tidy(() => {
    const stream = new RandomStream(6, 'members');
    const x = tf.tensor4d(stream.normals(4096 * 6), [4096, 1, 1, 6]);
    const meanOf = (present?: tf.Tensor1D) => {
      const channel = minibatchStddev(x, 8, present).slice([0, 0, 0, 6], [-1, 1, 1, 1]);
      return channel.mean().dataSync()[0]!;
    };
    const half = tf.tensor1d(Float32Array.from({length: 4096}, () => (stream.uniform() < 0.5 ? 1 : 0)));
    // 0.903 of σ for eight members (c₄(8)·√(7/8)); the deviation of what is left alone would be 0.76.
    assert.ok(Math.abs(meanOf() - 0.903) < 0.01, `${meanOf()}`);
    assert.ok(Math.abs(meanOf(half) - 0.903) < 0.02, `${meanOf(half)}`);
    const [all, masked] = [minibatchStddev(x, 8), minibatchStddev(x, 8, tf.ones<tf.Rank.R1>([4096]))];
    assert.ok(masked.sub(all).abs().max().dataSync()[0]! < 1e-6);
  });
});

test('GRU, by hand: zero weights halve the memory; a kept gate keeps it; an open one takes the candidate', () => {
  const p = fresh();
  const cell = gruCell(p, 'g', 1, 1);
  for (const variable of Object.values(p.trainable)) variable.assign(tf.zerosLike(variable));
  const step = () => tf.tidy(() => cell(tf.tensor2d([[2]]), tf.tensor2d([[0.6]])).dataSync()[0]!);
  assert.ok(Math.abs(step() - 0.3) < 1e-6);
  p.trainable['g/gates/bias']!.assign(tf.tensor1d([-50, 50])); // reset shut, keep open
  assert.ok(Math.abs(step() - 0.6) < 1e-6);
  p.trainable['g/gates/bias']!.assign(tf.tensor1d([50, -50])); // reset open, keep shut: tanh(0.5·2 + 0.25·0.6)
  p.trainable['g/candidate/kernel']!.assign(tf.tensor2d([[0.5], [0.25]]));
  assert.ok(Math.abs(step() - Math.tanh(1.15)) < 1e-5);
  p.dispose();
});
