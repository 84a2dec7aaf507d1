import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {type NamedVariables, tf} from '../../../src/core/tensorflow';
import {Adam} from '../../../src/training/optimizers/adam';
import {AdamW} from '../../../src/training/optimizers/adam-w';
import type {Optimizer} from '../../../src/training/optimizers/optimizer';
import {RmsProp} from '../../../src/training/optimizers/rms-prop';
import {Sgd} from '../../../src/training/optimizers/sgd';
import {testOnEachBackend} from '../../backend/support';

interface Golden {
  readonly rate: number;
  readonly start: number[];
  /** One list a step, one number a weight. */
  readonly gradients: number[][];
  /** After all steps, by optimizer. */
  readonly weights: Readonly<Record<string, number[]>>;
}

const file = path.join(__dirname, '../../golden/optimizers-torch.json');
const golden: Golden = JSON.parse(fs.readFileSync(file, 'utf8'));

const optimizers: Readonly<Record<string, (variables: NamedVariables) => Optimizer>> = {
  adam: variables => new Adam(variables, {beta1: 0.9, beta2: 0.999}),
  adamLargeEpsilon: variables => new Adam(variables, {beta1: 0.5, beta2: 0.99, epsilon: 0.1}),
  adamW: variables => new AdamW(variables, {beta1: 0.9, beta2: 0.99, weightDecay: 0.3}),
  rmsProp: variables => new RmsProp(variables, {rho: 0.95, epsilon: 0}),
  rmsPropCentered: variables => new RmsProp(variables, {rho: 0.9, epsilon: 0, centered: true}),
  sgd: variables => new Sgd(variables),
  sgdMomentum: variables => new Sgd(variables, {momentum: 0.9}),
  sgdNesterov: variables => new Sgd(variables, {momentum: 0.9, nesterov: true}),
};

testOnEachBackend('30 steps end where PyTorch’s optimizers end, to 1e-6', () => {
  assert.deepEqual(Object.keys(golden.weights), Object.keys(optimizers));
  for (const [name, make] of Object.entries(optimizers)) {
    const variables = {w: tf.tidy(() => tf.variable(tf.tensor1d(golden.start)))};
    const optimizer = make(variables);
    for (const g of golden.gradients) tf.tidy(() => optimizer.apply({w: tf.tensor1d(g)}, golden.rate));
    const wanted = golden.weights[name]!;
    variables.w.dataSync().forEach((got, i) => {
      const error = Math.abs(got - wanted[i]!);
      assert.ok(error <= 1e-6 * Math.abs(wanted[i]!), `${name}: weight ${i} is ${got}, PyTorch's is ${wanted[i]}`);
    });
    optimizer.dispose();
    tf.dispose(variables);
  }
});
