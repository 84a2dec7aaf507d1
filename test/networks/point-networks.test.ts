/** Perceptrons for points: shapes, what each option adds, and that a collapsed batch is seen. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {checkNetwork} from '../../src/networks/check/check-network';
import {Parameters} from '../../src/networks/parameters';
import {type PointDiscriminatorOptions, pointDiscriminator, pointGenerator} from '../../src/networks/point-networks';
import {testOnEachBackend} from '../backend/support';

const size = {units: 5, hiddenLayers: 2};
const fresh = () => new Parameters(new RandomStream(3, 'points'));

test('shapes and numbers of weights', () => {
  const parameters = fresh();
  const generate = pointGenerator(parameters, 'g', 3, 2, size);
  assert.equal(parameters.count(), 3 * 5 + 5 + 5 * 5 + 5 + 5 * 2 + 2);
  tf.tidy(() => assert.deepEqual(generate(tf.ones([4, 3])).shape, [4, 2]));
  parameters.dispose();
  const judges = fresh();
  const score = pointDiscriminator(judges, 'd', 4, {...size, stddevGroup: 2});
  assert.equal(judges.count(), 4 * 5 + 5 + 5 * 5 + 5 + 6 + 1);
  tf.tidy(() => assert.deepEqual(score(tf.ones([6, 4]), 'batch').shape, [6, 1]));
  judges.dispose();
});

test('with the standard deviation a score depends on how much its group differs, without it on the point alone', () => {
  for (const [stddevGroup, seen] of [
    [2, true],
    [undefined, false],
  ] as const) {
    const parameters = fresh();
    const score = pointDiscriminator(parameters, 'd', 2, {...size, stddevGroup});
    const [same, other] = tf.tidy(() => {
      const first = (second: number[]) => score(tf.tensor2d([[1, -2], second]), 'batch').dataSync()[0]!;
      return [first([1, -2]), first([-4, 3])];
    });
    assert.equal(Math.abs(same! - other!) > 1e-3, seen, `${same} ${other}`);
    parameters.dispose();
  }
});

test('with spectral norm no pair of points is told apart by more than its distance', () => {
  const parameters = fresh();
  const score = pointDiscriminator(parameters, 'd', 2, {...size, spectral: true});
  tf.tidy(() => {
    const stream = new RandomStream(5, 'pairs');
    const [x, y] = [0, 1].map(() => tf.tensor2d(stream.normals(400), [200, 2]));
    for (let i = 0; i < 60; i++) score(x!, 'batch'); // power iteration settles
    const apart = tf.abs(score(x!, 'stored').sub(score(y!, 'stored'))).reshape([200]);
    const ratios = apart.div(tf.norm(x!.sub(y!), 2, 1)).dataSync();
    assert.ok(Math.max(...ratios) <= 1 + 1e-3, `${Math.max(...ratios)}`);
    assert.ok(Math.max(...ratios) > 0.05);
  });
  parameters.dispose();
});

/** Each option alone, and those that the runs put together. */
const discriminators: Readonly<Record<string, Omit<PointDiscriminatorOptions, keyof typeof size>>> = {
  plain: {},
  'with spectral norm, scaled': {spectral: true, scale: 3},
  'with the standard deviation': {stddevGroup: 2},
};

testOnEachBackend('point networks keep every rule', () => {
  checkNetwork({
    name: 'G',
    inputs: [[3]],
    outputs: [2],
    build(parameters) {
      const generate = pointGenerator(parameters, 'g', 3, 2, size);
      return ([z]) => generate(z!);
    },
  });
  for (const [name, options] of Object.entries(discriminators))
    checkNetwork({
      name: `D ${name}`,
      inputs: [[2]],
      outputs: [1],
      build(parameters) {
        const score = pointDiscriminator(parameters, 'd', 2, {...size, ...options});
        return ([x], {mode}) => score(x!, mode);
      },
    });
});
