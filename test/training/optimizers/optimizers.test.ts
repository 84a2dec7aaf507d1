import assert from 'node:assert/strict';
import {test} from 'node:test';
import {selectBackend} from '../../../src/backend/select';
import {RandomStream} from '../../../src/core/random';
import {type NamedVariables, tf} from '../../../src/core/tensorflow';
import {Adam} from '../../../src/training/optimizers/adam';
import {AdamW} from '../../../src/training/optimizers/adam-w';
import type {Optimizer} from '../../../src/training/optimizers/optimizer';
import {RmsProp} from '../../../src/training/optimizers/rms-prop';
import {Sgd} from '../../../src/training/optimizers/sgd';
import {testOnEachBackend} from '../../backend/support';
import * as textbook from './textbook';

interface Case {
  readonly name: string;
  readonly make: (variables: NamedVariables) => Optimizer;
  readonly textbook: textbook.Textbook;
  readonly slots: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'Adam',
    make: variables => new Adam(variables, {beta1: 0.9, beta2: 0.999}),
    textbook: textbook.adam(0.9, 0.999, 1e-8),
    slots: ['m', 'v'],
  },
  {
    name: 'Adam with a large ε',
    make: variables => new Adam(variables, {beta1: 0.5, beta2: 0.99, epsilon: 0.3}),
    textbook: textbook.adam(0.5, 0.99, 0.3),
    slots: ['m', 'v'],
  },
  {
    name: 'Adam with β₁ = 0',
    make: variables => new Adam(variables, {beta1: 0, beta2: 0.9}),
    textbook: textbook.adam(0, 0.9, 1e-8),
    slots: ['m', 'v'],
  },
  {
    name: 'AdamW',
    make: variables => new AdamW(variables, {beta1: 0.9, beta2: 0.99, weightDecay: 0.4}),
    textbook: textbook.adam(0.9, 0.99, 1e-8, 0.4),
    slots: ['m', 'v'],
  },
  {
    name: 'RMSProp',
    make: variables => new RmsProp(variables, {rho: 0.999, epsilon: 0.02}),
    textbook: textbook.rmsProp(0.999, 0, 0.02, false),
    slots: ['v', 'u'],
  },
  {
    name: 'RMSProp, centered, with momentum',
    make: variables => new RmsProp(variables, {rho: 0.95, momentum: 0.6, epsilon: 1e-3, centered: true}),
    textbook: textbook.rmsProp(0.95, 0.6, 1e-3, true),
    slots: ['a', 'v', 'u'],
  },
  {name: 'SGD', make: variables => new Sgd(variables), textbook: textbook.sgd(0, false), slots: []},
  {
    name: 'SGD with momentum',
    make: variables => new Sgd(variables, {momentum: 0.9}),
    textbook: textbook.sgd(0.9, false),
    slots: ['u'],
  },
  {
    name: 'SGD with Nesterov’s momentum',
    make: variables => new Sgd(variables, {momentum: 0.8, nesterov: true}),
    textbook: textbook.sgd(0.8, true),
    slots: ['u'],
  },
];

/** Whole quads, a quad and a rest, less than a quad. Weights of 1.1 to 2.9 of both signs, so that none comes near 0. */
const shapes: Readonly<Record<string, readonly number[]>> = {kernel: [2, 4], bias: [7], gain: []};
const sizeOf = (name: string) => tf.util.sizeFromShape([...shapes[name]!]);
const startOf = (name: string) => Float32Array.from({length: sizeOf(name)}, (_, i) => (i % 2 ? -1 : 1) * (1.1 + i / 4));
const makeVariables = (): NamedVariables =>
  tf.tidy(() =>
    Object.fromEntries(
      Object.keys(shapes).map(name => [name, tf.variable(tf.tensor(startOf(name), [...shapes[name]!]))] as const),
    ),
  );
const read = (variables: NamedVariables) => Object.values(variables).map(variable => variable.dataSync().slice());

/** Gradients of `steps` steps, from 1e-2 to 1.5 in size; each weight has a bias of its own. */
function gradientsOf(name: string, steps: number): Float32Array[] {
  const stream = new RandomStream(3, `gradients/${name}`);
  const size = sizeOf(name);
  return Array.from({length: steps}, () =>
    Float32Array.from({length: size}, (_, i) => 10 ** (-i / 5) * (2 * stream.uniform() - 0.5)),
  );
}
const gradients = Object.fromEntries(Object.keys(shapes).map(name => [name, gradientsOf(name, 40)]));
const rateAt = (step: number) => 0.01 / (1 + step / 10);

function train(optimizer: Optimizer, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    tf.tidy(() => {
      const g = Object.fromEntries(
        Object.keys(shapes).map(name => [name, tf.tensor(gradients[name]![step]!, [...shapes[name]!])] as const),
      );
      optimizer.apply(g, step % 2 ? rateAt(step) : tf.scalar(rateAt(step)));
    });
  }
}

for (const {name, make, textbook: reference, slots} of cases) {
  testOnEachBackend(`${name}: 30 steps equal the textbook in float64 to 1e-6`, () => {
    const variables = makeVariables();
    const optimizer = make(variables);
    train(optimizer, 0, 30);
    for (const variable of Object.keys(shapes)) {
      const got = variables[variable]!.dataSync();
      startOf(variable).forEach((start, i) => {
        const move = reference();
        let wanted: number = start;
        for (let step = 0; step < 30; step++) {
          wanted = move(wanted, gradients[variable]![step]![i]!, step + 1, rateAt(step));
        }
        const error = Math.abs(got[i]! - wanted);
        assert.ok(error <= 1e-6 * Math.abs(wanted), `${variable}[${i}] is ${got[i]}, and ${wanted} was expected`);
        assert.ok(Math.abs(wanted - start) > 1e-3, 'the test would not see a weight that stays');
      });
    }
    optimizer.dispose();
    tf.dispose(variables);
  });

  testOnEachBackend(`${name}: resumed from a state, it goes on bit for bit and leaks nothing`, () => {
    const [whole, resumed] = [makeVariables(), makeVariables()];
    const uninterrupted = make(whole);
    train(uninterrupted, 0, 5);
    const alive = tf.memory().numTensors;
    train(uninterrupted, 5, 20);
    assert.equal(tf.memory().numTensors, alive);
    const first = make(resumed);
    train(first, 0, 12);
    const state = first.state();
    assert.equal(state.step, 12);
    assert.deepEqual(Object.keys(state.slots), Object.keys(shapes));
    for (const of of Object.values(state.slots)) assert.deepEqual(Object.keys(of), slots);
    const kept = structuredClone(state);
    first.dispose();
    const second = make(resumed);
    second.restore(state);
    train(second, 12, 20);
    assert.deepEqual(read(resumed), read(whole));
    assert.deepEqual(second.state(), uninterrupted.state());
    assert.equal(second.step, 20);
    assert.deepEqual(state, kept, 'a state that was handed over changes no more');
    uninterrupted.dispose();
    second.dispose();
    tf.dispose([whole, resumed]);
  });
}

testOnEachBackend('a variable that somebody assigns between two steps is moved from there', () => {
  for (const {make} of cases) {
    const [assigned, fresh] = [makeVariables(), makeVariables()];
    const optimizers = [make(assigned), make(fresh)] as const;
    train(optimizers[0], 0, 3);
    optimizers[1].restore(optimizers[0].state());
    tf.tidy(() => {
      for (const variables of [assigned, fresh]) variables['bias']!.assign(tf.range(1, 8).mul(0.3));
      for (const name of ['kernel', 'gain'])
        fresh[name]!.assign(tf.tensor(assigned[name]!.dataSync(), [...shapes[name]!]));
    });
    for (const optimizer of optimizers) train(optimizer, 3, 6);
    assert.deepEqual(read(assigned), read(fresh));
    for (const optimizer of optimizers) optimizer.dispose();
    tf.dispose([assigned, fresh]);
  }
});

testOnEachBackend('what a clone of a variable holds does not move with it', () => {
  for (const {make} of cases) {
    const variables = makeVariables();
    const optimizer = make(variables);
    const clones = Object.values(variables).map(variable => variable.clone());
    train(optimizer, 0, 2);
    for (const [i, name] of Object.keys(shapes).entries()) {
      assert.deepEqual(clones[i]!.dataSync(), startOf(name));
      assert.notDeepEqual(variables[name]!.dataSync(), startOf(name));
    }
    optimizer.dispose();
    tf.dispose([variables, clones]);
  }
});

testOnEachBackend('NaN in one gradient makes NaN of that weight and of no other', () => {
  for (const {make, name} of cases) {
    const variables = makeVariables();
    const optimizer = make(variables);
    for (let i = 0; i < 2; i++) {
      tf.tidy(() => {
        const g = Object.fromEntries(
          Object.entries(variables).map(([key, v]) => [key, tf.onesLike(v as unknown as tf.Tensor)] as const),
        );
        optimizer.apply({...g, bias: tf.tensor1d([1, 2, 3, Number.NaN, 5, 6, Number.NaN])}, 0.1);
      });
    }
    const got = [...variables['bias']!.dataSync()].map(Number.isNaN);
    assert.deepEqual(got, [false, false, false, true, false, false, true], name);
    assert.ok(variables['kernel']!.dataSync().every(Number.isFinite));
    optimizer.dispose();
    tf.dispose(variables);
  }
});

testOnEachBackend('the first step of Adam moves by α against the sign, whatever the size of the gradient', () => {
  const variables = {w: tf.tidy(() => tf.variable(tf.zeros([4])))};
  const adam = new Adam(variables, {beta1: 0.9, beta2: 0.999, epsilon: 0});
  tf.tidy(() => adam.apply({w: tf.tensor1d([1e-4, -3e2, 7, -0.5])}, 0.02));
  variables.w.dataSync().forEach((w, i) => {
    assert.ok(Math.abs(w - (i % 2 ? 0.02 : -0.02)) <= 1e-6 * 0.02, `${w}`);
  });
  adam.dispose();
  tf.dispose(variables);
});

testOnEachBackend('a variable may have its own share of the rate, and of what decays', () => {
  const variables = tf.tidy(() => ({slow: tf.variable(tf.scalar(1)), fast: tf.variable(tf.scalar(1))}));
  const rateScale = (name: string) => (name === 'fast' ? 4 : 1);
  const adam = new Adam(variables, {beta1: 0.5, beta2: 0.99, rateScale});
  tf.tidy(() => adam.apply({slow: tf.scalar(-0.3), fast: tf.scalar(7)}, 0.01));
  assert.ok(Math.abs(variables.slow.dataSync()[0]! - 1.01) < 1e-6);
  assert.ok(Math.abs(variables.fast.dataSync()[0]! - 0.96) < 1e-6);
  // Without a gradient only decay is left: 0.96 · (1 - 4·0.5·0.1).
  const decaying = new AdamW(variables, {
    beta1: 0.5,
    beta2: 0.99,
    weightDecay: 0.1,
    rateScale,
    decays: name => name === 'fast',
  });
  tf.tidy(() => decaying.apply({slow: tf.scalar(0), fast: tf.scalar(0)}, 0.5));
  assert.ok(Math.abs(variables.slow.dataSync()[0]! - 1.01) < 1e-6);
  assert.ok(Math.abs(variables.fast.dataSync()[0]! - 0.768) < 1e-6);
  adam.dispose();
  decaying.dispose();
  tf.dispose(variables);
});

testOnEachBackend('wrong gradients, rates and states are named, and change nothing', () => {
  const variables = makeVariables();
  const adam = new Adam(variables, {beta1: 0.5, beta2: 0.99});
  train(adam, 0, 2);
  const before = {weights: read(variables), state: adam.state()};
  tf.tidy(() => {
    const g = Object.fromEntries(
      Object.entries(variables).map(([key, v]) => [key, tf.onesLike(v as unknown as tf.Tensor)] as const),
    );
    const {gain: _, ...partial} = g;
    assert.throws(() => adam.apply(partial, 0.1), /Expected a gradient for every variable, got none for gain\./);
    assert.throws(
      () => adam.apply({...g, bias: tf.ones([1, 7])}, 0.1),
      /Expected the gradient of bias of shape \[7\], got \[1, 7\]\./,
    );
    assert.throws(() => adam.apply(g, Number.NaN), /Expected learningRate to be a finite number, got NaN\./);
    assert.throws(
      () => adam.apply(g, tf.ones([2]) as tf.Tensor as tf.Scalar),
      /Expected learningRate of shape \[\], got \[2\]\./,
    );
  });
  const {state} = before;
  assert.throws(() => adam.restore({...state, kind: 'sgd'}), /Expected the state to be one of adam, got one of sgd\./);
  assert.throws(() => adam.restore({...state, step: 1.5}), /step to be an integer from 0 to 2147483647, got 1\.5\./);
  assert.throws(
    () => adam.restore({...state, slots: {...state.slots, other: {}}}),
    /Expected a state of the same variables, got one with other\./,
  );
  const {v: _, ...onlyM} = state.slots['kernel']!;
  assert.throws(
    () => adam.restore({...state, slots: {...state.slots, kernel: onlyM}}),
    /Expected v of kernel in the optimizer's state, got none\./,
  );
  const short = {...state.slots['kernel']!, m: new Float32Array(3)};
  assert.throws(
    () => adam.restore({...state, slots: {...state.slots, kernel: short}}),
    /Expected m of kernel in the state to be 8 numbers, got 3 numbers\./,
  );
  assert.deepEqual({weights: read(variables), state: adam.state()}, before);
  adam.dispose();
  tf.dispose(variables);
});

test('options that are no numbers, or out of range, are refused', async () => {
  await selectBackend({prefer: 'cpu'});
  const variables = makeVariables();
  const refusals: readonly (readonly [() => Optimizer, RegExp])[] = [
    [() => new Adam(variables, {beta1: Number.NaN, beta2: 0.9}), /beta1 to be at least 0 and below 1, got NaN/],
    [() => new Adam(variables, {beta1: 0.5, beta2: 1}), /beta2 to be at least 0 and below 1, got 1/],
    [() => new Adam(variables, {beta1: 0.5, beta2: 0.9, epsilon: -1}), /epsilon to be a number of at least 0, got -1/],
    [() => new AdamW(variables, {beta1: 0.5, beta2: 0.9, weightDecay: Number.NaN}), /weightDecay .* got NaN/],
    [() => new RmsProp(variables, {rho: 1.1}), /rho to be at least 0 and below 1, got 1\.1/],
    [() => new RmsProp(variables, {momentum: -0.1}), /momentum to be at least 0 and below 1, got -0\.1/],
    [() => new Sgd(variables, {momentum: Number.POSITIVE_INFINITY}), /momentum .* got Infinity/],
    [() => new Sgd(variables, {nesterov: true}), /momentum to be above 0 for nesterov, got 0/],
    [() => new Sgd(variables, {rateScale: () => Number.NaN}), /the rate's share of kernel .* got NaN/],
    [() => new Sgd({}), /Expected variables to be at least one, got none at all\./],
  ];
  const alive = tf.memory().numTensors;
  for (const [make, message] of refusals) assert.throws(make, message);
  assert.equal(tf.memory().numTensors, alive);
  const whole = tf.tidy(() => tf.variable(tf.scalar(3, 'int32')));
  assert.throws(() => new Sgd({whole}), /Expected the type of whole to be float32, got "int32"\./);
  tf.dispose([variables, whole]);
});
