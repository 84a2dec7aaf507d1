/** Steps whose heavy ops run in pieces, against the same steps whole. */
import assert from 'node:assert/strict';
import {before, describe, test} from 'node:test';
import {compileStep, Program} from '../../../src/backend/compile';
import {nativeAvailability} from '../../../src/backend/native-availability';
import {selectBackend} from '../../../src/backend/select';
import {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';
import {Adam} from '../../../src/training/optimizers/adam';
import {weights} from './agreement';

const available = nativeAvailability();

describe('heavy ops in pieces', {skip: !available.ready && available.reason}, () => {
  before(() => selectBackend({prefer: 'native'}));

  /** Convolutions, a transposed one and products, forward and backward, large enough to be cut. */
  function run(batch: number, pieces: number) {
    const stream = new RandomStream(5, 'split-rows');
    const kernels = [
      weights(stream, [5, 5, 4, 32], 0.1),
      weights(stream, [32], 0.1),
      weights(stream, [8 * 8 * 32, 96], 0.1),
      weights(stream, [96, 8 * 8 * 32], 0.1),
      weights(stream, [4, 4, 4, 32], 0.1),
    ] as const;
    const [down, bias, dense, back, up] = kernels;
    const optimizer = new Adam(Object.fromEntries(kernels.map((kernel, i) => [`w${i}`, kernel])), {
      beta1: 0.5,
      beta2: 0.999,
    });
    const program = new Program(pieces);
    const step = compileStep(
      (x: tf.Tensor4D, rate: tf.Scalar) => {
        const codeOf = () => {
          const seen = tf.leakyRelu(tf.conv2d(x, down as tf.Tensor4D, 2, 'same').add(bias), 0.2);
          return tf.tanh(seen.reshape([batch, 8 * 8 * 32]).matMul(dense));
        };
        const {value, grads} = tf.variableGrads(() => {
          const drawn = tf.relu(codeOf().matMul(back)).reshape([batch, 8, 8, 32]) as tf.Tensor4D;
          const image = tf.conv2dTranspose(drawn, up as tf.Tensor4D, [batch, 16, 16, 4], 2, 'same');
          return tf.tanh(image).sub(x).square().mean();
        }, [...kernels]);
        const names = Object.fromEntries(kernels.map((kernel, i) => [`w${i}`, grads[kernel.name]!]));
        // A result of the step that exists in pieces only, read before the weights change.
        const code = codeOf();
        optimizer.apply(names, rate);
        return {loss: value, code};
      },
      {program, strict: true, audit: 0},
    );
    const results: Float32Array[] = [];
    for (let i = 0; i < 6; i++) {
      tf.tidy(() => {
        const x = tf.tensor4d(stream.normals(batch * 16 * 16 * 4), [batch, 16, 16, 4]);
        const {loss, code} = step(x, tf.scalar(0.01));
        results.push(loss.dataSync() as Float32Array, code.dataSync() as Float32Array);
      });
    }
    results.push(...kernels.map(kernel => kernel.dataSync() as Float32Array));
    const ops = program.emitted.flatMap(({nodes}) => nodes.map(({op}) => op));
    step.dispose();
    optimizer.dispose();
    tf.dispose([...kernels]);
    return {results, count: (op: string) => ops.filter(name => name === op).length};
  }

  test('give the same numbers bit for bit, in two pieces and in three', () => {
    const before = tf.memory().numTensors;
    const whole = run(18, 1);
    for (const pieces of [2, 3]) {
      const cut = run(18, pieces);
      assert.deepEqual(cut.results, whole.results, `${pieces} pieces`);
      assert.equal(cut.count('Conv2DBackpropInput'), pieces * whole.count('Conv2DBackpropInput'));
      assert.equal(
        cut.count('Conv2DBackpropFilter'),
        whole.count('Conv2DBackpropFilter'),
        'sums over the batch are whole',
      );
      // Two of the convolutions stand side by side, and the third beside a sum over the batch: enough for two cores, not for three.
      assert.equal(whole.count('Conv2D'), 3);
      assert.equal(cut.count('Conv2D'), pieces === 2 ? 3 : 9);
      assert.equal(cut.count('LeakyRelu'), pieces === 2 ? 2 : 6, 'activations stay in pieces');
      // To the weights products are not cut.
      assert.equal(whole.count('BatchMatMulV2'), 7);
      assert.equal(cut.count('BatchMatMulV2'), pieces === 2 ? 10 : 2 + 5 * 3);
    }
    assert.equal(tf.memory().numTensors, before);
  });

  test('a batch that has no equal pieces stays whole', () => {
    const whole = run(17, 1);
    const cut = run(17, 2);
    assert.deepEqual(cut.results, whole.results);
    assert.equal(cut.count('Conv2D'), whole.count('Conv2D'));
    assert.equal(cut.count('ConcatV2'), 0);
  });
});
