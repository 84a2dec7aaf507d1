/** Every network of the package passes the check that a user's own must pass, on every backend; broken ones do not. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {type HeadName, headKinds, type TrunkName, trunkKinds} from '../../src/core/network-names';
import {tf} from '../../src/core/tensorflow';
import type {ModalitySpec} from '../../src/core/types';
import {checkNetwork} from '../../src/networks/check/check-network';
import type {NetworkDefinition, NetworkFunction} from '../../src/networks/check/network-type';
import {
  discriminatorDefinition,
  encoderDefinition,
  headDefinition,
  trunkDefinition,
} from '../../src/networks/check/parts';
import {dense} from '../../src/networks/layers/dense';
import type {Parameters} from '../../src/networks/parameters';
import {testOnEachBackend} from '../backend/support';
import {smallAudio, smallImage, smallText} from './specs';

const namesFor = (kinds: Readonly<Record<string, readonly string[]>>, {kind}: ModalitySpec): string[] =>
  Object.keys(kinds).filter(name => kinds[name]!.includes(kind));

for (const spec of [smallImage, smallText]) {
  testOnEachBackend(`every network for ${spec.kind} keeps every rule`, () => {
    for (const name of namesFor(headKinds, spec)) checkNetwork(headDefinition(spec, name as HeadName));
    for (const name of namesFor(trunkKinds, spec)) checkNetwork(trunkDefinition(spec, name as TrunkName));
    checkNetwork(encoderDefinition(spec));
    checkNetwork(discriminatorDefinition(spec));
  });
}

// Spectrograms are pictures to all but these.
testOnEachBackend('networks that hear frame by frame keep every rule', () => {
  for (const name of ['lstm', 'gru'] as const) {
    checkNetwork(headDefinition(smallAudio, name));
    checkNetwork(trunkDefinition(smallAudio, name));
  }
});

test('what E is made of has no statistics of the batch', async () => {
  await selectBackend();
  for (const name of ['dcgan', 'residual'] as const) checkNetwork(trunkDefinition(smallImage, name, 'encoder'));
});

/** A sound network, and ways to break it: each is caught by the rule that names it. */
const sound: NetworkDefinition = {
  name: 'sound',
  inputs: [[3]],
  outputs: [2],
  masked: true,
  build(parameters) {
    const layer = dense(parameters, 'layer', 3, 2);
    return ([x]) => tf.tanh(layer(x!));
  },
};

type Break = (parameters: Parameters, apply: NetworkFunction) => NetworkFunction;

const broken: readonly [what: string, rule: RegExp, by: Break][] = [
  ['one row too few', /^shapes/, (_, apply) => (x, c) => (apply(x, c) as tf.Tensor).slice([1, 0])],
  ['log of what may be negative', /^finite/, (_, apply) => (x, c) => tf.log(apply(x, c) as tf.Tensor)],
  [
    'chance of its own',
    /^same seed/,
    (_, apply) => (x, c) => (apply(x, c) as tf.Tensor).add(tf.randomNormal([x[0]!.shape[0]!, 2])),
  ],
  [
    "the batch's mean in use",
    /^in use, each/,
    (_, apply) => (x, c) => {
      const y = apply(x, c) as tf.Tensor;
      return y.sub(y.mean(0));
    },
  ],
  [
    'a statistic that moves in use',
    /^in use, each/,
    (parameters, apply) => {
      const seen = parameters.moving('seen', [], 0);
      return (x, c) => {
        seen.assign(seen.add(1));
        return apply(x, c);
      };
    },
  ],
  [
    'a weight that decays by itself',
    /^training moves no weight/,
    (parameters, apply) => (x, c) => {
      const kernel = parameters.trainable['layer/kernel']!;
      if (c.mode !== 'stored') kernel.assign(kernel.mul(0.9));
      return apply(x, c);
    },
  ],
  [
    'a mean that counts filler',
    /^filler/,
    (_, apply) => (x, c) => {
      const y = apply(x, c) as tf.Tensor;
      return c.mode === 'stored' ? y : y.sub(x[0]!.mean());
    },
  ],
  [
    'a weight outside of its parameters',
    /^every value that answers depend on is saved/,
    (parameters, apply) => {
      const start = parameters.trainable['layer/kernel']!.dataSync().slice(0, 2);
      return (x, c) => (apply(x, c) as tf.Tensor).add(tf.tensor1d(start));
    },
  ],
  [
    'a tensor that is kept',
    /^no tensor is left/,
    (_, apply) => (x, c) => {
      tf.keep(tf.zeros([1]));
      return apply(x, c);
    },
  ],
  [
    'a branch on what it reads',
    /^can be recorded/,
    (_, apply) => (x, c) => {
      const y = apply(x, c) as tf.Tensor;
      return x[0]!.mean().dataSync()[0]! > 1e9 ? y.neg() : y;
    },
  ],
  [
    'a variable in every call',
    /^can be recorded/,
    (_, apply) => (x, c) => {
      tf.variable(tf.zeros([1]), false);
      return apply(x, c);
    },
  ],
  [
    'a gradient that is half of what it should be',
    /^first-order/,
    (_, apply) => (x, c) => {
      const halve = tf.customGrad((...[y]: (tf.Tensor | tf.GradSaveFunc)[]) => ({
        value: (y as tf.Tensor).clone(),
        gradFunc: (dy: tf.Tensor) => dy.mul(0.5),
      }));
      return halve(apply(x, c) as tf.Tensor);
    },
  ],
  [
    'a weight that moves nothing',
    /^first-order.*layer\/dead has no gradient/,
    (parameters, apply) => {
      const dead = parameters.normal('layer/dead', [2], 1);
      return (x, c) => (apply(x, c) as tf.Tensor).add(dead.mul(0));
    },
  ],
  [
    'a gradient whose own gradient is missing',
    /^second-order/,
    (_, apply) => (x, c) => {
      // y³ whose slope 3y² takes y for a constant.
      const cube = tf.customGrad((...[y]: (tf.Tensor | tf.GradSaveFunc)[]) => {
        const values = tf.tensor((y as tf.Tensor).dataSync(), (y as tf.Tensor).shape);
        return {value: values.pow(3), gradFunc: (dy: tf.Tensor) => dy.mul(values.square().mul(3))};
      });
      return cube(apply(x, c) as tf.Tensor);
    },
  ],
];

test('the sound one passes, with a report of what was measured', async () => {
  await selectBackend();
  const {passed, results} = checkNetwork(sound);
  assert.ok(passed && results.length === 11);
  assert.match(
    results.find(({check}) => check.startsWith('first-order'))!.detail,
    /^at most .* off, in .* over 3 tensors$/,
  );
});

for (const [what, rule, by] of broken) {
  test(`broken: ${what}`, async () => {
    await selectBackend();
    const network = {...sound, build: (p: Parameters) => by(p, sound.build(p))};
    const alive = Object.keys(tf.engine().registeredVariables).length;
    const {passed, results} = checkNetwork(network, {report: true});
    assert.equal(passed, false);
    const failures = results.filter(result => !result.passed).map(({check, detail}) => `${check}: ${detail}`);
    assert.ok(
      failures.some(failure => rule.test(failure)),
      `${rule} is not in\n${failures.join('\n')}`,
    );
    assert.throws(() => checkNetwork(network), /Expected the network "sound" to keep every rule, got \d+ broken/);
    assert.equal(Object.keys(tf.engine().registeredVariables).length, alive);
  });
}
