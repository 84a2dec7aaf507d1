import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';
import {lstmCell} from '../../../src/networks/layers/lstm';
import {agreement, projectionHead} from '../../../src/networks/layers/projection-head';
import {residualDense, residualDown, residualUp} from '../../../src/networks/layers/residual-block';
import {near, normal, withParameters} from './support';

before(async () => {
  await selectBackend();
});

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

test('LSTM, by hand: zero weights keep σ(1) of the memory; each gate does its own work', () => {
  withParameters(p => {
    const cell = lstmCell(p, 'l', 1, 1);
    for (const variable of Object.values(p.trainable)) variable.assign(tf.zerosLike(variable));
    const memory = tf.tensor2d([[0.9, 0.6]]);
    const step = (x = 2) => cell(tf.tensor2d([[x]]), memory);
    const kept = 0.6 * sigmoid(1);
    near(step(), [0.5 * Math.tanh(kept), kept], 1e-6);
    // Gates in the order input, forget, output, proposal. Forget shut, input open: the proposal alone.
    p.trainable['l/gates/bias']!.assign(tf.tensor1d([50, -50, 50, 0.3]));
    const proposal = Math.tanh(0.3);
    near(step(), [Math.tanh(proposal), proposal], 1e-6);
    // Input shut, forget open, output shut: the memory stays and nothing is said of it.
    p.trainable['l/gates/bias']!.assign(tf.tensor1d([-50, 50, -50, 7]));
    near(step(), [0, 0.6], 1e-6);
    // Weights of x and h, both into the proposal: tanh(0.5·2 - 0.25·0.9).
    p.trainable['l/gates/bias']!.assign(tf.tensor1d([50, -50, 50, 0]));
    p.trainable['l/gates/kernel']!.assign(tf.tensor2d([0, 0, 0, 0.5, 0, 0, 0, -0.25], [2, 4]));
    near(step().slice([0, 1], [1, 1]), [Math.tanh(1 - 0.225)], 1e-5);
  });
});

test('projection head, by hand: ψ(h) + v(h)·c; with a one-hot class the class embedding alone', () => {
  withParameters(p => {
    const head = projectionHead(p, 'h', 2, 3);
    p.trainable['h/realism/kernel']!.assign(tf.tensor2d([[1], [-1]]));
    p.trainable['h/realism/bias']!.assign(tf.tensor1d([0.5]));
    p.trainable['h/projection/kernel']!.assign(
      tf.tensor2d([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
    const {realism, projection} = head(tf.tensor2d([[2, 3]]));
    near(realism, [-0.5]);
    near(projection, [14, 19, 24]);
    near(agreement(projection, tf.tensor2d([[0, 1, 0]])), [19]);
    near(agreement(tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4]])), [11]);
  });
});

test('residual blocks: without their last weights they are their shortcut; shapes double and halve', () => {
  withParameters(p => {
    const flat = residualDense(p, 'dense', 4);
    const up = residualUp(p, 'up', {inputs: 2, outputs: 3, conditionDim: 5});
    const down = residualDown(p, 'down', {inputs: 3, outputs: 4});
    for (const name of ['dense/second/kernel', 'up/second/kernel', 'down/second/kernel'])
      p.trainable[name]!.assign(tf.zerosLike(p.trainable[name]!));
    const h = normal([3, 4]) as tf.Tensor2D;
    near(flat(h), h.dataSync(), 0);
    const [x, u] = [normal([2, 3, 2, 2]) as tf.Tensor4D, normal([2, 5]) as tf.Tensor2D];
    const large = up(x, u, 'batch');
    assert.deepEqual(large.shape, [2, 6, 4, 3]);
    // Its shortcut, enlarged: four equal pixels.
    near(large.slice([0, 0, 0, 0], [2, 1, 1, 3]), large.slice([0, 1, 1, 0], [2, 1, 1, 3]).dataSync(), 1e-6);
    assert.deepEqual(down(large, 'batch').shape, [2, 3, 2, 4]);
    assert.deepEqual(down(normal([1, 5, 7, 3]) as tf.Tensor4D, 'batch').shape, [1, 3, 4, 4]);
  });
});
