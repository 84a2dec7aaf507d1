import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type BackendInfo, selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';
import {Adam} from '../../../src/training/optimizers/adam';

/** The textbook in float64. */
function reference(w: number, gradients: number[], rate: number, beta1: number, beta2: number): number {
  let [m, v] = [0, 0];
  gradients.forEach((g, i) => {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    w -= ((rate * Math.sqrt(1 - beta2 ** (i + 1))) / (1 - beta1 ** (i + 1))) * (m / (Math.sqrt(v) + 1e-8));
  });
  return w;
}

for (const name of ['native', 'wasm', 'cpu'] as BackendInfo['name'][]) {
  test(`${name}: equals the textbook, notices foreign writes, restores exactly, leaks nothing`, async context => {
    try {
      await selectBackend({prefer: name});
    } catch (error) {
      return context.skip((error as Error).message);
    }
    const gradients = [
      [0.5, -2],
      [-0.25, -1],
      [1.5, 0.001],
      [0, -3],
    ];
    const before = tf.memory().numTensors;
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, -0.5])));
    const adam = new Adam({w: variable}, {beta1: 0.5, beta2: 0.99});
    const update = (optimizer: Adam, g: number[]) => tf.tidy(() => optimizer.apply({w: tf.tensor1d(g)}, 0.1));
    update(adam, gradients[0]!);
    const alive = tf.memory().numTensors;
    for (const g of gradients.slice(1)) update(adam, g);
    assert.equal(tf.memory().numTensors, alive);
    [1, -0.5].forEach((start, i) => {
      const wanted = reference(
        start,
        gradients.map(g => g[i]!),
        0.1,
        0.5,
        0.99,
      );
      assert.ok(Math.abs(variable.dataSync()[i]! - wanted) < 1e-6, `${variable.dataSync()[i]} is not ${wanted}`);
    });

    // A copy with the state restored goes on bit for bit; the weights are written from outside.
    const copy = tf.tidy(() => tf.variable(tf.zeros([2])));
    const resumed = new Adam({w: copy}, {beta1: 0.5, beta2: 0.99});
    resumed.restore(adam.state());
    tf.tidy(() => copy.assign(tf.tensor1d(variable.dataSync())));
    for (const optimizer of [adam, resumed]) for (const g of gradients) update(optimizer, g);
    assert.deepEqual(copy.dataSync(), variable.dataSync());
    assert.throws(() => adam.apply({}, 0.1), /Expected a gradient for every variable, got none for w\./);
    adam.dispose();
    resumed.dispose();
    variable.dispose();
    copy.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

test('a variable may have its own share of the rate: the first step moves by about α times its share', async () => {
  await selectBackend({prefer: 'cpu'});
  const variables = tf.tidy(() => ({slow: tf.variable(tf.scalar(1)), fast: tf.variable(tf.scalar(1))}));
  const adam = new Adam(variables, {beta1: 0.5, beta2: 0.99, rateScale: name => (name === 'fast' ? 4 : 1)});
  tf.tidy(() => adam.apply({slow: tf.scalar(-0.3), fast: tf.scalar(7)}, 0.01));
  assert.ok(Math.abs(variables.slow.dataSync()[0]! - 1.01) < 1e-4);
  assert.ok(Math.abs(variables.fast.dataSync()[0]! - 0.96) < 1e-4);
  adam.dispose();
  tf.dispose(variables);
});
