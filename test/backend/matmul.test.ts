import assert from 'node:assert/strict';
import fc from 'fast-check';
import {tf} from '../../src/core/tensorflow';
import * as reference from './reference';
import {assertClose, randomValues, read, testOnEachBackend} from './support';

const size = fc.oneof(
  {weight: 3, arbitrary: fc.integer({min: 1, max: 12})},
  {weight: 1, arbitrary: fc.integer({min: 13, max: 70})},
);
const product = fc.record({
  m: size,
  k: size,
  n: size,
  batches: fc.constantFrom<[number, number][]>([1, 1], [3, 3], [1, 3], [3, 1]),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed: fc.nat(1e6),
});
type Product = typeof product extends fc.Arbitrary<infer P> ? P : never;

function operands({m, k, n, batches, transposeA, transposeB, seed}: Product) {
  const [batchA, batchB] = batches;
  const a = randomValues(batchA * m * k, seed);
  const b = randomValues(batchB * k * n, seed + 1);
  const shapeA: [number, number, number] = transposeA ? [batchA, k, m] : [batchA, m, k];
  const shapeB: [number, number, number] = transposeB ? [batchB, n, k] : [batchB, k, n];
  const wanted = reference.matMul(a, b, {batchA, batchB, m, k, n}, transposeA, transposeB);
  return {a, b, shapeA, shapeB, wanted};
}

testOnEachBackend('matMul in all transposes and batches is the sum of products', () => {
  fc.assert(
    fc.property(product, p => {
      const {a, b, shapeA, shapeB, wanted} = operands(p);
      const got = tf.tidy(() => tf.matMul(tf.tensor(a, shapeA), tf.tensor(b, shapeB), p.transposeA, p.transposeB));
      assert.deepEqual(got.shape, [Math.max(...p.batches), p.m, p.n]);
      assertClose(read(got), wanted, 2e-6 * Math.sqrt(p.k) + 1e-6, JSON.stringify(p));
    }),
    {seed: 3, numRuns: 150},
  );
});

testOnEachBackend('fused matMul adds the bias once and applies the activation after it', () => {
  const activations = {
    linear: (v: number) => v,
    relu: (v: number) => Math.max(0, v),
    sigmoid: (v: number) => 1 / (1 + Math.exp(-v)),
    elu: (v: number) => (v > 0 ? v : Math.expm1(v)),
    leakyrelu: (v: number) => (v > 0 ? v : 0.2 * v),
  };
  // K above 48: there the wasm backend's own kernel adds the bias more than once, and its relu cuts partial sums.
  const cases = fc.record({
    p: product,
    activation: fc.constantFrom(...(Object.keys(activations) as (keyof typeof activations)[])),
  });
  fc.assert(
    fc.property(cases, ({p: {k, ...rest}, activation}) => {
      const p = {...rest, k: k + 48, batches: [1, 1] as [number, number]};
      const {a, b, shapeA, shapeB, wanted} = operands(p);
      const bias = randomValues(p.n, p.seed + 2).map(value => 5 * value);
      const got = tf.tidy(() =>
        tf.fused.matMul({
          a: tf.tensor(a, shapeA).squeeze([0]),
          b: tf.tensor(b, shapeB).squeeze([0]),
          transposeA: p.transposeA,
          transposeB: p.transposeB,
          bias: tf.tensor1d(bias),
          activation,
          leakyreluAlpha: 0.2,
        }),
      );
      const expected = Array.from(wanted, (value, i) => activations[activation](value + bias[i % p.n]!));
      assertClose(read(got), expected, 1e-4, `${activation} ${JSON.stringify(p)}`);
    }),
    {seed: 4, numRuns: 60},
  );
});

testOnEachBackend('the gradients of a batched product are products with the transposes', () => {
  fc.assert(
    fc.property(product, p => {
      if (p.batches[0] !== p.batches[1]) return;
      const batch = p.batches[0]!;
      const {a, b} = operands({...p, transposeA: false, transposeB: false});
      const dy = randomValues(batch * p.m * p.n, p.seed + 3);
      const [da, db] = tf.tidy(() =>
        tf.grads((x, y) => tf.matMul(x, y))(
          [tf.tensor(a, [batch, p.m, p.k]), tf.tensor(b, [batch, p.k, p.n])],
          tf.tensor(dy, [batch, p.m, p.n]),
        ),
      );
      const sizes = {batchA: batch, batchB: batch};
      assertClose(
        read(da!),
        reference.matMul(dy, b, {...sizes, m: p.m, k: p.n, n: p.k}, false, true),
        1e-4,
        `da ${JSON.stringify(p)}`,
      );
      assertClose(
        read(db!),
        reference.matMul(a, dy, {...sizes, m: p.k, k: p.m, n: p.n}, true, false),
        1e-4,
        `db ${JSON.stringify(p)}`,
      );
    }),
    {seed: 5, numRuns: 60},
  );
});

testOnEachBackend('outer axes broadcast: [2, 1, 2, 3] by [3, 3, 1]', () => {
  const got = tf.tidy(() => {
    // a[s, 0] is [[s, 0, 0], [0, 1, 2]]; b[t] is the column (1, 10, 100)·(t + 1).
    const a = tf.tensor([0, 0, 0, 0, 1, 2, 1, 0, 0, 0, 1, 2], [2, 1, 2, 3]);
    const b = tf.tensor([1, 10, 100, 2, 20, 200, 3, 30, 300], [3, 3, 1]);
    return tf.matMul(a, b);
  });
  assert.deepEqual(got.shape, [2, 3, 2, 1]);
  assertClose(read(got), [0, 210, 0, 420, 0, 630, 1, 210, 2, 420, 3, 630], 0, 'broadcast product');
});

testOnEachBackend('an updated weight is used, not a packed copy of the old one', () => {
  const start = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const weight = tf.variable(start);
  const x = tf.tensor2d([1, 1], [1, 2]);
  const first = tf.matMul(x, weight);
  const next = tf.tensor2d([10, 20, 30, 40], [2, 2]);
  weight.assign(next);
  const second = tf.matMul(x, weight);
  assertClose(read(first), [4, 6], 0, 'before');
  assertClose(read(second), [40, 60], 0, 'after');
  tf.dispose([start, weight, x, next]);
});
