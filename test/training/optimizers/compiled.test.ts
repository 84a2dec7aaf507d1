import assert from 'node:assert/strict';
import {test} from 'node:test';
import {type CompiledStep, compileStep} from '../../../src/backend/compile';
import {nativeAvailability} from '../../../src/backend/native-availability';
import {selectBackend} from '../../../src/backend/select';
import {RandomCounter} from '../../../src/backend/stateless-random';
import type {RandomStream} from '../../../src/core/random';
import {type NamedVariables, tf} from '../../../src/core/tensorflow';
import {ExponentialMovingAverage} from '../../../src/training/ema';
import {Adam} from '../../../src/training/optimizers/adam';
import {AdamW} from '../../../src/training/optimizers/adam-w';
import type {Optimizer} from '../../../src/training/optimizers/optimizer';
import {RmsProp} from '../../../src/training/optimizers/rms-prop';
import {Sgd} from '../../../src/training/optimizers/sgd';
import {agreement, type Subject, weights} from '../../backend/compile/agreement';

const native = nativeAvailability();
const skip = !native.ready && native.reason;

/** A small regression with noise on its input, dropout, and an average of its weights. */
function regression(stream: RandomStream, make: (variables: NamedVariables) => Optimizer): Subject {
  const variables = {kernel: weights(stream, [5, 3]), bias: weights(stream, [3])};
  const averages = {kernel: weights(stream, [5, 3]), bias: weights(stream, [3])};
  const optimizer = make(variables);
  const average = new ExponentialMovingAverage(variables, averages, 0.99);
  const noise = new RandomCounter(1, 'compiled/noise');
  return {
    inputs: [[8, 5], []],
    variables: [...Object.values(variables), ...Object.values(averages)],
    step: (x, rate) => {
      const seen = x!.add(noise.normal([8, 5])).mul(noise.bernoulli([8, 5], 0.8));
      const wanted = x!.slice([0, 0], [8, 3]);
      const {value, grads} = tf.variableGrads(
        () =>
          seen
            .matMul(variables.kernel as unknown as tf.Tensor2D)
            .add(variables.bias)
            .sub(wanted)
            .square()
            .sum() as tf.Scalar,
        Object.values(variables),
      );
      const gradients = {kernel: grads[variables.kernel.name]!, bias: grads[variables.bias.name]!};
      // From 1e-4 to 3e-3, so that nothing overflows: NaN would equal NaN.
      optimizer.apply(gradients, tf.sigmoid(rate!.sub(7)) as tf.Scalar);
      average.update();
      return [value, noise.uniform([4]), noise.gumbel([2, 3])];
    },
    dispose: () => {
      optimizer.dispose();
      average.dispose();
      noise.dispose();
    },
  };
}

const optimizers: Readonly<Record<string, (variables: NamedVariables) => Optimizer>> = {
  adam: v => new Adam(v, {beta1: 0.5, beta2: 0.99, rateScale: name => (name === 'bias' ? 2 : 1)}),
  adamW: v => new AdamW(v, {beta1: 0.9, beta2: 0.999, weightDecay: 0.1, decays: name => name === 'kernel'}),
  rmsProp: v => new RmsProp(v, {momentum: 0.5}),
  'rmsProp, centered': v => new RmsProp(v, {centered: true}),
  sgd: v => new Sgd(v),
  'sgd with momentum': v => new Sgd(v, {momentum: 0.9}),
  'sgd with Nesterov’s momentum': v => new Sgd(v, {momentum: 0.9, nesterov: true}),
};

for (const [name, make] of Object.entries(optimizers)) {
  test(`${name}, with the average and random numbers: compiled steps are bit-equal to plain ones`, {skip}, async () => {
    await selectBackend({prefer: 'native'});
    const {unequal, compared, compiled} = agreement(stream => regression(stream, make), 30);
    assert.equal(compiled.refusal, null);
    assert.match(compiled.explain(), /Resource/, 'it was recorded');
    assert.equal(unequal, 0);
    assert.equal(compared, 30 * (1 + 4 + 6) + 2 * (15 + 3));
  });
}

test('a state taken from compiled steps resumes plain and compiled runs alike', {skip}, async () => {
  await selectBackend({prefer: 'native'});
  const run = (compile: boolean) => {
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, -2, 3])));
    let optimizer = new Adam({w: variable}, {beta1: 0.5, beta2: 0.99});
    const go = (from: number, to: number) => {
      const plain = (g: tf.Tensor, rate: tf.Tensor) => {
        optimizer.apply({w: g}, rate as tf.Scalar);
        return [g.sum()];
      };
      const step = compile ? compileStep(plain, {audit: 0, onRefusal: assert.fail}) : plain;
      for (let i = from; i < to; i++) tf.tidy(() => step(tf.tensor1d([Math.sin(i), i, -1]), tf.scalar(0.1 / (i + 1))));
      return () => (step as Partial<CompiledStep<[], unknown>>).dispose?.();
    };
    const end = go(0, 9);
    const state = optimizer.state();
    end();
    optimizer.dispose();
    optimizer = new Adam({w: variable}, {beta1: 0.5, beta2: 0.99});
    optimizer.restore(state);
    const endAgain = go(9, 20);
    const result = {weights: variable.dataSync().slice(), state: optimizer.state()};
    endAgain();
    optimizer.dispose();
    variable.dispose();
    return result;
  };
  const plain = run(false);
  assert.equal(plain.state.step, 20);
  assert.deepEqual(run(true), plain);
});
