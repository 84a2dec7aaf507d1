import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {RandomStream} from '../../src/core/random';

test('the same seed and purpose give the same numbers; another seed or purpose gives others', () => {
  const draw = (seed: number, purpose: string) =>
    Array.from({length: 4}, (_, __, s = new RandomStream(seed, purpose)) => s.nextUint32());
  assert.deepEqual(draw(7, 'a'), draw(7, 'a'));
  for (const [seed, purpose] of [
    [8, 'a'],
    [7, 'b'],
    [7 + 2 ** 32, 'a'],
    [-7, 'a'],
  ] as const)
    assert.notDeepEqual(draw(seed, purpose), draw(7, 'a'));
  assert.throws(() => new RandomStream(0.5, 'a'), /Expected seed to be an integer, got 0\.5\./);
});

test('a stream goes on exactly from its saved state', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({max: 50}), (seed, skip) => {
      const stream = new RandomStream(seed, 'state');
      for (let i = 0; i < skip; i++) stream.normal();
      const copy = RandomStream.fromState(JSON.parse(JSON.stringify(stream.saveState())));
      assert.deepEqual(stream.normals(5), copy.normals(5));
      assert.equal(stream.integer(1000), copy.integer(1000));
    }),
  );
});

test('moments: uniform mean ½ and variance 1/12, normal mean 0, variance 1, kurtosis 3', () => {
  const stream = new RandomStream(3, 'moments');
  const count = 200_000;
  const moments = (xs: Float32Array) => {
    const mean = xs.reduce((a, b) => a + b, 0) / count;
    const variance = xs.reduce((a, x) => a + (x - mean) ** 2, 0) / count;
    return [mean, variance, xs.reduce((a, x) => a + (x - mean) ** 4, 0) / count / variance ** 2];
  };
  const near = (got: number[], wanted: number[], tolerance: number) =>
    assert.ok(
      got.every((x, i) => Math.abs(x - wanted[i]!) < tolerance),
      `${got}`,
    );
  near(moments(Float32Array.from({length: count}, () => stream.uniform())), [0.5, 1 / 12, 1.8], 0.01);
  near(moments(stream.normals(count)), [0, 1, 3], 0.04);
  near(moments(Float32Array.from({length: count}, () => stream.normal())), [0, 1, 3], 0.04);
});

test('integers are even, shuffles are permutations, weights are followed', () => {
  const stream = new RandomStream(5, 'choices');
  const counts = [0, 0, 0];
  for (let i = 0; i < 30_000; i++) counts[stream.integer(3)]!++;
  for (const n of counts) assert.ok(Math.abs(n - 10_000) < 300, `${counts}`);
  fc.assert(
    fc.property(fc.array(fc.integer()), xs => assert.deepEqual(stream.shuffle([...xs]).sort(), [...xs].sort())),
  );
  const drawn = [0, 0, 0];
  for (let i = 0; i < 30_000; i++) drawn[stream.weighted([1, 0, 3])]!++;
  assert.equal(drawn[1], 0);
  assert.ok(Math.abs(drawn[0]! - 7_500) < 300, `${drawn}`);
});
