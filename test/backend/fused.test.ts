import assert from 'node:assert/strict';
import {test} from 'node:test';
import {adamRule} from '../../src/backend/fused/adam';
import {averageRule} from '../../src/backend/fused/average';
import {runLoop} from '../../src/backend/fused/formula-loop';
import {runOps} from '../../src/backend/fused/formula-ops';
import {offersFusedUpdate, runFusedUpdate} from '../../src/backend/fused/kernel';
import {descentRule, momentumRule} from '../../src/backend/fused/momentum';
import {rmsPropRule} from '../../src/backend/fused/rms-prop';
import {FusedStep, fuse, type UpdateRule} from '../../src/backend/fused/rule';
import {assertNoLeak} from '../../src/backend/memory';
import {nativeAvailability} from '../../src/backend/native-availability';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {assertClose, randomValues} from './support';

const rules: Readonly<Record<string, UpdateRule>> = {
  adam: adamRule({beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0}, false),
  adamW: adamRule({beta1: 0.5, beta2: 0.99, epsilon: 1e-8, decay: 0.1}, true),
  rmsProp: rmsPropRule({rho: 0.9, momentum: 0.5, epsilon: 1e-7, centered: false}),
  rmsPropCentered: rmsPropRule({rho: 0.9, momentum: 0.5, epsilon: 1e-3, centered: true}),
  descent: descentRule(),
  momentum: momentumRule(0.9, false),
  nesterov: momentumRule(0.9, true),
  average: averageRule(0.99),
};

for (const [name, {formula, scalars}] of Object.entries(rules)) {
  for (const backend of ['wasm', 'cpu'] as const) {
    test(`${backend}: the formula of ${name}, in one pass, equals ordinary ops, whatever the length`, async () => {
      await selectBackend({prefer: backend});
      assert.ok(offersFusedUpdate());
      for (const size of [0, 1, 3, 4, 7, 1030]) {
        assertNoLeak(() =>
          tf.tidy(() => {
            // Squares where a variance is meant, so that every root is of something positive.
            const values = Object.fromEntries(
              formula.arrays.map((array, i) => {
                const random = randomValues(size, i + 1);
                return [array, array === 'v' ? random.map(x => x * x + 1) : random] as const;
              }),
            );
            const tensors = () =>
              Object.fromEntries(Object.entries(values).map(([array, x]) => [array, tf.tensor1d(x.slice())] as const));
            const wanted = runOps(formula, tensors(), scalars(3, 0.01));
            const arrays = tensors();
            const w = runFusedUpdate(formula, arrays, scalars(3, 0.01));
            for (const [array, value] of Object.entries(wanted)) {
              const got = (array === 'w' ? w : arrays[array]!).dataSync();
              assertClose(got, value.dataSync(), 5e-7, `${name} ${array} of ${size}`);
            }
            for (const array of formula.arrays.filter(key => key === 'w' || !wanted[key])) {
              assert.deepEqual(arrays[array]!.dataSync(), values[array], `${array} is only read`);
            }
          }),
        );
      }
    });
  }
}

test('the loop in JavaScript: worked by hand', () => {
  // u ← 0.5u + g, w ← w - 0.1u
  const arrays = {w: Float32Array.of(9, 1, -2), g: Float32Array.of(9, 4, 3), u: Float32Array.of(9, 2, -8)};
  const out = new Float32Array(3);
  runLoop(momentumRule(0.5, false).formula, arrays, {rate: 0.1, momentum: 0.5}, out);
  assertClose(out, [7.65, 0.5, -1.9], 1e-7, 'w');
  assert.deepEqual([...arrays.u], [13.5, 5, -1]);
});

test('wasm: the memory may have grown, and moved its views, between two updates', async () => {
  await selectBackend({prefer: 'wasm'});
  tf.tidy(() => {
    const variable = tf.variable(tf.tensor1d([1, 2, 3, 4, 5]));
    const target = fuse({w: variable}, () => rules['momentum']!)['w']!;
    const update = () =>
      tf.tidy(() => target.update(tf.ones([5]), new FusedStep(tf.scalar(1, 'int32'), tf.scalar(0.1))));
    update();
    const heap = (tf.backend() as unknown as {wasm: {HEAPU8: Uint8Array}}).wasm.HEAPU8.length;
    const large = tf.zeros([heap / 4]);
    update();
    large.dispose();
    assertClose(variable.dataSync(), [0.71, 1.71, 2.71, 3.71, 4.71], 1e-6, 'w');
    target.dispose();
    variable.dispose();
  });
});

const native = nativeAvailability();

test('native: operations a variable, and those that a step needs once', {
  skip: !native.ready && native.reason,
}, async () => {
  await selectBackend({prefer: 'native'});
  const counts = Object.entries(rules).map(([name, rule]) => {
    const [two, three] = [2, 3].map(size => operationsOf(rule, size).length) as [number, number];
    return [name, [three - two, 3 * two - 2 * three]];
  });
  assert.deepEqual(Object.fromEntries(counts), {
    adam: [2, 9],
    adamW: [3, 10],
    rmsProp: [2, 1],
    rmsPropCentered: [2, 1],
    descent: [2, 0],
    momentum: [2, 0],
    nesterov: [2, 0],
    average: [3, 4],
  });
});

/** Names of the TensorFlow operations of one step over `size` variables. */
function operationsOf(rule: UpdateRule, size: number): string[] {
  const backend = tf.backend() as unknown as {binding: {executeOp(op: string, ...rest: unknown[]): unknown}};
  const names = Array.from({length: size}, (_, i) => `w${i}`);
  const variables = Object.fromEntries(names.map(name => [name, tf.variable(tf.ones([3]))] as const));
  const targets = fuse(variables, () => rule);
  const {binding} = backend;
  const operations: string[] = [];
  tf.tidy(() => {
    const step = new FusedStep(tf.scalar(2, 'int32'), tf.scalar(0.1));
    const g = tf.tensor1d([1, -2, 3]);
    backend.binding = Object.create(binding, {
      executeOp: {
        value: (op: string, ...rest: unknown[]) => {
          operations.push(op);
          return binding.executeOp(op, ...rest);
        },
      },
    });
    try {
      for (const target of Object.values(targets)) target.update(g, step);
    } finally {
      backend.binding = binding;
    }
  });
  for (const target of Object.values(targets)) target.dispose();
  tf.dispose(variables);
  return operations;
}
