import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import path from 'node:path';
import {test} from 'node:test';
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {selectBackend} from '../../../src/backend/select';
import {Companion} from '../../../src/backend/wasm/companion/companion';
import type {Heap} from '../../../src/backend/wasm/companion/module';
import {assertSameProducts, whyNotWide} from '../../../src/backend/wasm/companion/wide';
import {tf} from '../../../src/core/tensorflow';

const root = path.join(__dirname, '..', '..', '..');

async function parts() {
  assert.equal((await selectBackend({prefer: 'wasm'})).name, 'wasm');
  const backend = tf.backend() as BackendWasm;
  const {kernels} = new Companion(backend);
  return {kernels, heap: backend.wasm as unknown as Heap};
}

test('two panels at once give the bits of one after the other, whatever the sizes', async () => {
  const {kernels, heap} = await parts();
  const size = fc.integer({min: 1, max: 90});
  fc.assert(
    fc.property(fc.tuple(size, fc.integer({min: 1, max: 1100}), size), sizes =>
      assertSameProducts(kernels, kernels, heap, [sizes]),
    ),
    {
      numRuns: 60,
      seed: 5,
      examples: [[[4, 16, 16]], [[64, 784, 512]], [[131, 1025, 48]]],
    },
  );
});

test('other bits are found, in each order of the operands', async () => {
  const {kernels, heap} = await parts();
  for (const order of [0, 1, 2, 3]) {
    const faulty = (...numbers: number[]) => {
      const result = kernels['product']!(...numbers);
      const c = numbers[5]!;
      // One number differs in its last bit.
      if (numbers[11] === (order & 1) && numbers[12] === order >> 1) heap.HEAP32[c / 4 + 9]! ^= 1;
      return result;
    };
    assert.throws(() => assertSameProducts(kernels, {...kernels, product: faulty}, heap), /other bits than four/);
  }
});

/** Runs a step in a process of its own. @returns the line of the backend, and a hash of what came out. */
function inProcess(env: NodeJS.ProcessEnv): readonly [line: string, hash: string] {
  const source = `
    const {selectBackend} = require('${root}/src/backend/select.ts');
    const {tf} = require('${root}/src/core/tensorflow.ts');
    const {randomValues} = require('${root}/test/backend/support.ts');
    void (async () => {
      console.log((await selectBackend()).line);
      const filter = tf.tensor(randomValues(5 * 5 * 16 * 24, 1), [5, 5, 16, 24]);
      const dense = tf.tensor(randomValues(1176 * 130, 2), [1176, 130]);
      const x = tf.tensor(randomValues(20 * 14 * 14 * 16, 3), [20, 14, 14, 16]);
      const gradients = tf.grads((x, filter, dense) =>
        tf.matMul(tf.tanh(tf.conv2d(x, filter, 2, 'same')).reshape([20, 1176]), dense).square().mean())([x, filter, dense]);
      const hash = require('node:crypto').createHash('sha256');
      for (const gradient of gradients) hash.update(gradient.dataSync());
      console.log(hash.digest('hex'));
    })().catch(error => { console.log(String(error)); process.exitCode = 1; });`;
  const {stdout, stderr} = spawnSync(process.execPath, ['--import', 'tsx', '-e', source], {
    cwd: root,
    encoding: 'utf8',
    env: {...process.env, MULTIMODAL_GAN_BACKEND: 'wasm', ...env},
  });
  assert.equal(stderr, '');
  return stdout.trim().split('\n') as [string, string];
}

test('asked for, it computes eight numbers at a time with the same bits, or says why not', () => {
  const [, usual] = inProcess({});
  const [line, hash] = inProcess({MULTIMODAL_GAN_WASM_WIDE: '1'});
  const why = whyNotWide();
  const note = why === null ? ', eight numbers at a time' : `; four numbers at a time: ${why}`;
  assert.equal(line, `backend: wasm (1 thread${note})`);
  assert.match(usual, /^[0-9a-f]{64}$/);
  assert.equal(hash, usual);
});

test('what is asked for is 0 or 1', () => {
  const [line] = inProcess({MULTIMODAL_GAN_WASM_WIDE: 'yes'});
  assert.equal(line, 'UserError: Expected MULTIMODAL_GAN_WASM_WIDE to be 0 or 1, got "yes".');
});
