/**
 * Gradients against central differences, first and second order, on every backend present.
 *
 * First order: the change of f along a random direction d, (f(x + hd) − f(x − hd)) / 2h, against ∇f·d. Second order: the
 * same for g(x) = Σ wᵢ·∂f/∂xᵢ, which is what a gradient penalty differentiates. Inputs keep away from kinks.
 */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {assertClose, backends, randomValues, read, testOnEachBackend} from './support';

type Operation = (x: tf.Tensor) => tf.Tensor;

const x0 = [-1.3, -0.4, 0.3, 0.9, 1.7, -0.8];
const positive = x0.map(value => Math.abs(value) + 0.2);
const inUnit = x0.map(value => value / 2.2);

/** Name, inputs, function. Adding an operation is adding a row. */
const operations: readonly [name: string, inputs: readonly number[], f: Operation][] = [
  ['sigmoid', x0, x => tf.sigmoid(x)],
  ['tanh', x0, x => tf.tanh(x)],
  ['exp', x0, x => tf.exp(x)],
  ['log', positive, x => tf.log(x)],
  ['log1p', positive, x => tf.log1p(x)],
  ['sqrt', positive, x => tf.sqrt(x)],
  ['rsqrt', positive, x => tf.rsqrt(x)],
  ['square', x0, x => tf.square(x)],
  ['pow 3', x0, x => tf.pow(x, 3)],
  ['reciprocal', positive, x => tf.reciprocal(x)],
  ['relu', x0, x => tf.square(tf.relu(x))],
  ['relu6', x0, x => tf.square(tf.relu6(x))],
  ['leakyRelu', x0, x => tf.square(tf.leakyRelu(x, 0.2))],
  ['elu', x0, x => tf.elu(x)],
  ['selu', x0, x => tf.selu(x)],
  ['softplus', x0, x => tf.softplus(x)],
  ['logSigmoid', x0, x => tf.logSigmoid(x)],
  ['sin', x0, x => tf.sin(x)],
  ['cos', x0, x => tf.cos(x)],
  ['abs', x0, x => tf.pow(tf.abs(x), 3)],
  ['swish x·sigmoid(x)', x0, x => tf.mul(x, tf.sigmoid(x))],
  ['x·tanh(x)', x0, x => tf.mul(x, tf.tanh(x))],
  ['x·exp(x)', x0, x => tf.mul(x, tf.exp(x))],
  ['softmax', x0, x => tf.square(tf.softmax(x))],
  ['logSoftmax', x0, x => tf.square(tf.logSoftmax(x))],
  ['logSumExp', x0, x => tf.logSumExp(x)],
  ['clipByValue', x0, x => tf.square(tf.clipByValue(x, -1, 1))],
  ['maximum', x0, x => tf.square(tf.maximum(x, 0.1))],
  ['minimum', x0, x => tf.square(tf.minimum(x, 0.1))],
  ['max', x0, x => tf.square(tf.max(x))],
  ['where', x0, x => tf.where(tf.greater(x, 0), tf.square(x), x)],
  ['norm', x0, x => tf.norm(x)],
  ['mean', x0, x => tf.square(tf.mean(x))],
  ['variance', x0, x => tf.moments(x).variance],
  ['division', positive, x => tf.div(tf.sum(x), x)],
  ['asin', inUnit, x => tf.asin(x)],
  ['concat and slice', x0, x => tf.square(tf.concat([x, tf.sigmoid(x)]).slice([2], [7]))],
  ['tile and reshape', x0, x => tf.pow(tf.tile(x.reshape([2, 3]), [2, 1]), 3)],
  [
    'transpose and pad',
    x0,
    x =>
      tf.pow(
        tf.pad(tf.transpose(x.reshape([2, 3])), [
          [1, 0],
          [0, 1],
        ]),
        3,
      ),
  ],
  ['cumsum', x0, x => tf.square(tf.cumsum(x))],
  ['gather', x0, x => tf.pow(tf.gather(x, tf.tensor1d([5, 0, 0, 2], 'int32')), 3)],
  ['matMul', x0, x => tf.matMul(x.reshape([2, 3]), tf.sigmoid(x.reshape([2, 3])), false, true)],
  ['attention', x0, x => attention(x.reshape([1, 3, 2]))],
  ['instance norm', x0, x => normalise(x.reshape([1, 3, 2]))],
  [
    'fused matMul relu',
    x0,
    x => tf.square(tf.fused.matMul({a: x.reshape([2, 3]), b: kernel([3, 2]), bias: tf.zeros([2]), activation: 'relu'})),
  ],
  ['fused matMul sigmoid', x0, x => tf.fused.matMul({a: x.reshape([2, 3]), b: kernel([3, 2]), activation: 'sigmoid'})],
  ['convolutional critic', x0, x => critic(x.reshape([1, 3, 2, 1]) as tf.Tensor4D)],
  ['resizeNearestNeighbor', x0, x => tf.pow(resize(x, [4, 5], false), 3)],
  ['resizeNearestNeighbor, half pixels', x0, x => tf.pow(resize(x, [4, 5], true), 3)],
  ['conv2dTranspose', x0, x => upsample(x.reshape([1, 3, 2, 1]) as tf.Tensor4D)],
];

/** Second order through these is impossible in TensorFlow.js: the gradient calls a kernel that has none. They say so. */
const firstOrderOnly: readonly [name: string, inputs: readonly number[], f: Operation][] = [
  ['maxPool', x0, x => tf.square(tf.maxPool(x.reshape([1, 3, 2, 1]) as tf.Tensor4D, 2, 1, 'valid'))],
];

function kernel(shape: number[]): tf.Tensor {
  return tf.tensor(randomValues(tf.util.sizeFromShape(shape), 99), shape);
}

function resize(x: tf.Tensor, size: [number, number], halfPixelCenters: boolean): tf.Tensor {
  return tf.image.resizeNearestNeighbor(x.reshape([2, 1, 3, 1]) as tf.Tensor4D, size, false, halfPixelCenters);
}

function attention(x: tf.Tensor): tf.Tensor {
  return tf.matMul(tf.softmax(tf.matMul(x, x, false, true)), x);
}

function normalise(x: tf.Tensor): tf.Tensor {
  const {mean, variance} = tf.moments(x, [1], true);
  return tf.pow(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), 3);
}

function critic(x: tf.Tensor4D): tf.Tensor {
  const hidden = tf.leakyRelu(tf.conv2d(x, kernel([3, 3, 1, 4]) as tf.Tensor4D, 2, 'same'), 0.2);
  return tf.tanh(tf.conv2d(hidden as tf.Tensor4D, kernel([2, 1, 4, 2]) as tf.Tensor4D, 1, 'same'));
}

function upsample(x: tf.Tensor4D): tf.Tensor {
  return tf.tanh(tf.conv2dTranspose(x, kernel([4, 4, 2, 1]) as tf.Tensor4D, [1, 6, 4, 2], 2, 'same'));
}

const step = 5e-3;
const weights = randomValues(6, 5);

function value(f: Operation, x: readonly number[]): number {
  return tf.tidy(() => tf.sum(tf.mul(f(tf.tensor1d([...x])), 1)).dataSync()[0]!);
}

/** Σ wᵢ·∂(Σf)/∂xᵢ. */
function slope(f: Operation): Operation {
  return x => tf.sum(tf.mul(tf.grad(y => tf.sum(f(y)))(x), tf.tensor1d(weights)));
}

/** ∇f·d by differentiation and by central differences. */
function compare(f: Operation, x: readonly number[]): {got: number; wanted: number} {
  const direction = randomValues(x.length, 17);
  const moved = (by: number): number[] => x.map((v, i) => v + by * direction[i]!);
  const gradient = read(tf.tidy(() => tf.grad(y => tf.sum(f(y)))(tf.tensor1d([...x]))));
  const got = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
  return {got, wanted: (value(f, moved(step)) - value(f, moved(-step))) / (2 * step)};
}

testOnEachBackend('first derivatives are those of finite differences', () => {
  for (const [name, inputs, f] of [...operations, ...firstOrderOnly]) {
    const {got, wanted} = compare(f, inputs);
    assertClose([got], [wanted], 0.01, name);
  }
});

testOnEachBackend('second derivatives are those of finite differences', () => {
  for (const [name, inputs, f] of operations) {
    const {got, wanted} = compare(slope(f), inputs);
    assertClose([got], [wanted], 0.02, name);
  }
});

// Not by testOnEachBackend: TensorFlow.js loses what it saved for a gradient when that gradient throws.
for (const backend of backends) {
  test(`${backend}: an operation without a second derivative says so`, async () => {
    await selectBackend({prefer: backend});
    for (const [name, inputs, f] of firstOrderOnly) {
      assert.throws(() => tf.tidy(() => compare(slope(f), inputs)), /gradient/i, name);
    }
  });
}

testOnEachBackend('the second derivative of a product with a saved output has both parts: x·sigmoid(x) at 1', () => {
  // s = sigmoid(1) = 0.731059; f″ = s(1 − s)·(2 + 1·(1 − 2s)) = 0.196612·(2 − 0.462117) = 0.302365.
  const second = tf.grad(x => tf.grad(y => tf.mul(y, tf.sigmoid(y)))(x));
  assertClose(read(tf.tidy(() => second(tf.scalar(1)))), [0.302365], 1e-5, 'second derivative');
});

testOnEachBackend('leakyRelu: slope 1 above zero, alpha at and below it', () => {
  const gradient = tf.tidy(() =>
    tf.grad(x => tf.leakyRelu(x, 0.2))(tf.tensor1d([-2, 0, 3]), tf.tensor1d([1, 10, 100])),
  );
  assertClose(read(gradient), [0.2, 2, 100], 1e-6, 'leakyRelu');
});

testOnEachBackend('the gradient of enlarging a picture reaches every example of a batch', () => {
  for (const [halfPixel, wanted] of [
    // 2 columns become 5. Without half pixels column 1 starts at ⌈1·5/2⌉ = 3; with them at the first i with (i + ½)·2/5 ≥ 1: 2.
    [false, [1 + 2 + 3, 4 + 5, 10 + 20 + 30, 40 + 50]],
    [true, [1 + 2, 3 + 4 + 5, 10 + 20, 30 + 40 + 50]],
  ] as const) {
    const dy = tf.tensor4d([1, 2, 3, 4, 5, 10, 20, 30, 40, 50], [2, 1, 5, 1]);
    const enlarge = (x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [1, 5], false, halfPixel);
    const gradient = tf.tidy(() => tf.grad(enlarge)(tf.zeros([2, 1, 2, 1]), dy));
    dy.dispose();
    assertClose(read(gradient), wanted, 1e-6, `half pixels ${halfPixel}`);
  }
});

testOnEachBackend('a gradient penalty (|∇D| − 1)² moves the critic’s weights as finite differences say', () => {
  const x = tf.tensor4d(randomValues(2 * 6 * 6 * 2, 31), [2, 6, 6, 2]);
  const filterValues = randomValues(3 * 3 * 2 * 4, 32);
  const penalty = (filter: tf.Tensor): tf.Scalar => {
    const score = (images: tf.Tensor) =>
      tf.sum(tf.tanh(tf.leakyRelu(tf.conv2d(images as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same'), 0.2)));
    const norms = tf.sqrt(tf.add(tf.sum(tf.square(tf.grad(score)(x)), [1, 2, 3]), 1e-8));
    return tf.mean(tf.square(tf.sub(norms, 1)));
  };
  const direction = randomValues(filterValues.length, 33);
  const at = (by: number): number =>
    tf.tidy(
      () =>
        penalty(
          tf.tensor4d(
            filterValues.map((v, i) => v + by * direction[i]!),
            [3, 3, 2, 4],
          ),
        ).dataSync()[0]!,
    );
  const gradient = read(tf.tidy(() => tf.grad(penalty)(tf.tensor4d(filterValues, [3, 3, 2, 4]))));
  const got = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
  assertClose([got], [(at(1e-3) - at(-1e-3)) / 2e-3], 0.02, 'penalty');
  x.dispose();
});
