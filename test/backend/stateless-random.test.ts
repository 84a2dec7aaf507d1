import assert from 'node:assert/strict';
import {test} from 'node:test';
import {nativeAvailability} from '../../src/backend/native-availability';
import {runNativeOp} from '../../src/backend/native-op';
import {type PhiloxSeed, philoxNormals, philoxUniforms} from '../../src/backend/philox';
import {selectBackend} from '../../src/backend/select';
import {RandomCounter} from '../../src/backend/stateless-random';
import {tf} from '../../src/core/tensorflow';
import {assertClose, read, testOnEachBackend} from './support';

const native = nativeAvailability();
const types = {dtype: {type: 'float32'}, T: {type: 'int32'}, Tseed: {type: 'int32'}} as const;

test('Philox in JavaScript gives TensorFlow’s own numbers', {skip: !native.ready && native.reason}, async () => {
  await selectBackend({prefer: 'native'});
  const seeds: PhiloxSeed[] = [
    [0, 0],
    [7, 1],
    [1, 7],
    [-1, 5],
    [123456789, -2147483648],
    [2147483647, 2147483647],
  ];
  for (const seed of seeds) {
    for (const count of [0, 1, 2, 3, 4, 5, 4099]) {
      const draw = (op: string) =>
        read(
          tf.tidy(
            () => runNativeOp(op, types, [tf.tensor1d([count], 'int32'), tf.tensor1d([...seed], 'int32')], 1)[0]!,
          ),
        );
      assert.deepEqual(philoxUniforms(seed, count), draw('StatelessRandomUniform'), `${seed} ${count}`);
      assertClose(philoxNormals(seed, count), draw('StatelessRandomNormal'), 1e-6, `normals of ${seed}, ${count}`);
    }
  }
});

test('Philox: the first numbers of a seed, as TensorFlow 2.21 gives them', () => {
  // So that the engines without TensorFlow are held to it on machines without TensorFlow too.
  assert.deepEqual(
    [...philoxUniforms([7, 1], 5)],
    [0.040120720863342285, 0.5423469543457031, 0.4399822950363159, 0.9085369110107422, 0.7653337717056274],
  );
  assertClose(
    philoxNormals([7, 1], 5),
    [-0.6668517589569092, -2.4468414783477783, -0.6965371370315552, 1.0755823850631714, -0.30669263005256653],
    1e-6,
    'normals',
  );
});

testOnEachBackend('the same numbers on every engine; each draw is new; a seed or purpose apart is unrelated', () => {
  const counter = new RandomCounter(3, 'test');
  const [stream] = counter.state();
  const first = read(counter.uniform([3, 5]));
  const second = read(counter.uniform([3, 5]));
  const normals = read(counter.normal([1000]));
  assert.deepEqual(counter.state(), [stream, 3]);
  assert.deepEqual(first, philoxUniforms([stream, 0], 15));
  assert.deepEqual(second, philoxUniforms([stream, 1], 15));
  assertClose(normals, philoxNormals([stream, 2], 1000), 1e-6, 'normals');
  const others = [new RandomCounter(3, 'test'), new RandomCounter(4, 'test'), new RandomCounter(3, 'other')];
  const draws = others.map(other => read(other.uniform([3, 5])));
  assert.deepEqual(draws[0], first);
  for (const other of [second, draws[1]!, draws[2]!]) {
    assert.ok(other.every((value, i) => value !== first[i]));
  }
  for (const each of [counter, ...others]) each.dispose();
});

testOnEachBackend('moments, over 200,000 draws, within four standard errors', () => {
  const counter = new RandomCounter(11, 'moments');
  const count = 200_000;
  const mean = (values: Float32Array, power: number) => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
  const near = (got: number, wanted: number, deviation: number, what: string) =>
    assert.ok(Math.abs(got - wanted) < (4 * deviation) / Math.sqrt(count), `${what}: ${got} is not ${wanted}`);
  const uniform = read(counter.uniform([count]));
  assert.ok(uniform.every(x => x >= 0 && x < 1));
  near(mean(uniform, 1), 1 / 2, Math.sqrt(1 / 12), 'mean of the uniform');
  near(mean(uniform, 2), 1 / 3, Math.sqrt(4 / 45), 'square of the uniform');
  const normal = read(counter.normal([400, 500]));
  near(mean(normal, 1), 0, 1, 'mean of the normal');
  near(mean(normal, 2), 1, Math.sqrt(2), 'square of the normal');
  near(mean(normal, 3), 0, Math.sqrt(15), 'cube of the normal');
  near(mean(normal, 4), 3, Math.sqrt(96), 'fourth power of the normal');
  const neighbours = normal.reduce((sum, x, i) => sum + x * normal[(i + 1) % count]!, 0) / count;
  near(neighbours, 0, 1, 'product of neighbours');
  const next = read(counter.normal([count]));
  near(normal.reduce((sum, x, i) => sum + x * next[i]!, 0) / count, 0, 1, 'product of two draws');
  const bernoulli = read(counter.bernoulli([count], 0.3));
  assert.ok(bernoulli.every(x => x === 0 || x === 1));
  near(mean(bernoulli, 1), 0.3, Math.sqrt(0.21), 'share of ones');
  const gumbel = read(counter.gumbel([count]));
  assert.ok(gumbel.every(x => x > -2.83 && x < 16.7));
  near(mean(gumbel, 1), 0.5772156649, Math.PI / Math.sqrt(6), 'mean of the Gumbel');
  counter.dispose();
});

testOnEachBackend('the ends: no infinity, all or none for p of 1 and 0, p as a tensor', () => {
  const counter = new RandomCounter(2, 'ends');
  const ones = (p: number | tf.Scalar) => read(counter.bernoulli([50], p)).reduce((sum, x) => sum + x, 0);
  assert.deepEqual([ones(0), ones(1)], [0, 50]);
  const p = tf.scalar(1);
  assert.equal(ones(p), 50);
  p.dispose();
  const largest = tf.scalar(1 - 2 ** -23);
  assertClose(
    read(tf.tidy(() => tf.neg(tf.log(tf.neg(tf.log(largest.add(2 ** -24))))))),
    [16.6355],
    1e-4,
    'the largest',
  );
  largest.dispose();
  assert.throws(() => counter.bernoulli([2], 1.5), /Expected p to be between 0 and 1, got 1\.5\./);
  assert.throws(() => counter.uniform([2, -1]), /Expected shape to be whole numbers, got \[2,-1\]\./);
  assert.equal(counter.state()[1], 3, 'what was refused has drawn nothing');
  counter.dispose();
});

testOnEachBackend('a saved count goes on bit for bit', () => {
  const counter = new RandomCounter(5, 'resume');
  counter.uniform([10]).dispose();
  counter.gumbel([2, 2]).dispose();
  const state = counter.state();
  const wanted = [read(counter.normal([7])), read(counter.bernoulli([9], 0.5)), read(counter.uniform([3]))];
  const resumed = new RandomCounter(0, 'anything');
  resumed.restore(JSON.parse(JSON.stringify(state)));
  assert.deepEqual([read(resumed.normal([7])), read(resumed.bernoulli([9], 0.5)), read(resumed.uniform([3]))], wanted);
  assert.deepEqual(resumed.state(), counter.state());
  assert.throws(
    () => resumed.restore([1.5, 0]),
    /Expected the state to be two whole numbers of 32 bits, got \[1\.5,0\]\./,
  );
  counter.dispose();
  resumed.dispose();
});
