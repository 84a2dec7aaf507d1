/** What TensorFlow.js 4.22 gets wrong at single values and not for whole ops, on every backend present. */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';
import {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';
import {assertClose, read, testOnEachBackend} from '../support';

testOnEachBackend('clipByValue leaves NaN alone, and so do relu6, tanh, leakyRelu, maximum, sums and products', () => {
  const x = tf.tensor1d([Number.NaN, 2]);
  const results = {
    clipByValue: tf.clipByValue(x, -1, 1),
    relu6: tf.relu6(x),
    tanh: tf.tanh(x),
    leakyRelu: tf.leakyRelu(x, 0.2),
    add: tf.add(x, 1),
    sum: tf.tidy((): tf.Tensor => tf.sum(tf.stack([x, x], 1), 1)),
    matMul: tf.tidy((): tf.Tensor => tf.matMul(tf.reshape(x, [2, 1]), tf.ones([1, 1]))),
  };
  for (const [name, result] of Object.entries(results)) {
    const values = read(result);
    assert.ok(Number.isNaN(values[0]), `${name}(NaN) is ${values[0]}`);
    assert.ok(Number.isFinite(values[1]), `${name}(2) is ${values[1]}`);
  }
  x.dispose();
});

testOnEachBackend('tensors that share memory keep their values when one is changed or disposed', () => {
  const start = tf.tensor1d([1, 2, 3]);
  const weights = tf.variable(start);
  const copy: tf.Tensor = tf.clone(weights as unknown as tf.Tensor);
  const shaped = tf.reshape(copy, [3, 1]);
  const changed: tf.Tensor1D = tf.tidy(() => tf.add(weights, 10));
  weights.assign(changed);
  assertClose(read(copy), [1, 2, 3], 0, 'a clone of a variable');
  assertClose(read(shaped), [1, 2, 3], 0, 'a clone of the clone');
  assertClose(weights.dataSync() as Float32Array, [11, 12, 13], 0, 'the variable');
  tf.dispose([start, weights, changed]);
});

testOnEachBackend('conv3d with a stride above the filter is right or refused', backend => {
  const x = tf.tensor5d([1, 2, 3, 4, 5, 6, 7], [1, 7, 1, 1, 1]);
  const filter = tf.ones([1, 1, 1, 1, 1]) as tf.Tensor5D;
  const convolve = (): tf.Tensor => tf.conv3d(x, filter, [3, 1, 1], 'same');
  // Seven places, steps of three: ⌈7 / 3⌉ = 3 results and no padding, so the places 0, 3 and 6.
  if (backend === 'native') assertClose(read(convolve()), [1, 4, 7], 0, 'conv3d');
  else {
    const message = `conv3d with padding "same" and strides [3,1,1] above its filter's size [1,1,1] is wrong in TensorFlow.js 4.22 on ${backend}: pad with tf.pad and use "valid", or use the native backend.`;
    assert.throws(convolve, {name: 'UserError', message});
  }
  tf.dispose([x, filter]);
});

testOnEachBackend('gather refuses an index out of range and names it, also in a gradient', () => {
  const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
  for (const [axis, wrong] of [
    [0, 3],
    [0, -1],
    [1, 2],
  ] as const) {
    const ids = tf.tensor1d([0, wrong], 'int32');
    const message = new RegExp(`(index value|indices\\[1\\] =) ${wrong} is not in \\[0, \\d`);
    assert.throws(() => tf.tidy(() => void tf.gather(table, ids, axis)), message);
    const total = (x: tf.Tensor) => tf.sum(tf.gather(x, ids, axis));
    assert.throws(() => tf.tidy(() => void tf.grad(total)(table)), message);
    ids.dispose();
  }
  table.dispose();
});

testOnEachBackend('dilation2d of what is below zero, and of windows that lie outside altogether', () => {
  tf.tidy(() => {
    const x = tf.tensor4d([-1, -4, -2, -3], [1, 2, 2, 1]);
    const filter = tf.tensor3d([-0.5, -1, 0, -2], [2, 2, 1]);
    // -1 - 0.5, -4 - 1, -2 + 0 and -3 - 2.
    assertClose(read(tf.dilation2d(x, filter, 1, 'valid')), [-1.5], 0, 'dilation2d');
    // The same; -4 - 0.5 and -3 + 0; -2 - 0.5 and -3 - 1; -3 - 0.5.
    assertClose(read(tf.dilation2d(x, filter, 1, 'same')), [-1.5, -3, -2.5, -3.5], 0, 'with the padding "same"');
    const weighted = (x: tf.Tensor, w: tf.Tensor) =>
      tf
        .dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'same')
        .mul(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]))
        .sum();
    const [dx, dw] = tf.grads(weighted)([x, filter]);
    // The results came from the places 0, 3, 2 and 3, under the filter's 0, 2, 0 and 0.
    assertClose(read(dx!), [1, 0, 3, 6], 0, 'the gradient of x');
    assertClose(read(dw!), [8, 0, 2, 0], 0, 'the gradient of the filter');
    // Taps two apart around a picture of one place: at -1 and 1.
    const outside = tf.dilation2d(tf.ones([1, 1, 1, 1]) as tf.Tensor4D, tf.zeros([2, 1, 1]), 1, 'same', [2, 1]);
    // The smallest number of 32 bits; on cpu the smallest whole number that JavaScript knows exactly.
    assert.ok(read(outside)[0]! <= -(2 ** 53 - 1));
  });
});

test('seed 0 is a seed: the streams of this package repeat from it, and nothing in it draws from TensorFlow.js', () => {
  const draw = (seed: number) => Array.from(new RandomStream(seed, 'test').normals(5));
  assert.deepEqual(draw(0), draw(0));
  assert.notDeepEqual(draw(0), draw(1));
  // tf.randomNormal, truncatedNormal, randomGamma and multinomial take 0 for no seed at all, which cannot be mended from outside.
  const calls = /\btf\.(random\w+|truncatedNormal|multinomial|dropout)\(|Math\.random\(/;
  const source = join(__dirname, '..', '..', '..', 'src');
  for (const file of readdirSync(source, {recursive: true, encoding: 'utf8'})) {
    if (!file.endsWith('.ts')) continue;
    const code = readFileSync(join(source, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    assert.doesNotMatch(code, calls, file);
  }
});
