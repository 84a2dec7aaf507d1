import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import path from 'node:path';
import {test} from 'node:test';
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import {selectBackend} from '../../../src/backend/select';
import {Companion} from '../../../src/backend/wasm/companion/companion';
import {assertSameBits} from '../../../src/backend/wasm/companion/same-bits';
import {whyNotWide} from '../../../src/backend/wasm/companion/wide';
import {tf} from '../../../src/core/tensorflow';

const root = path.join(__dirname, '..', '..', '..');

/** Two companions with usual instructions; the first takes two panels at once, as with wide ones. */
async function companions(): Promise<readonly [panels: Companion, usual: Companion]> {
  assert.equal((await selectBackend({prefer: 'wasm'})).name, 'wasm');
  const usual = new Companion(tf.backend() as BackendWasm);
  return [Object.assign(Object.create(usual), {wide: true}), usual];
}

test('two panels at once give the bits of one after the other, whatever the sizes', async () => {
  const [panels, usual] = await companions();
  const before = tf.engine().backend.numDataIds();
  const size = fc.integer({min: 1, max: 90});
  fc.assert(
    fc.property(fc.tuple(size, fc.integer({min: 1, max: 1100}), size), sizes => assertSameBits(panels, usual, [sizes])),
    {numRuns: 60, seed: 5, examples: [[[4, 16, 16]], [[64, 784, 512]], [[131, 1025, 48]]]},
  );
  assert.equal(tf.engine().backend.numDataIds(), before);
});

test('other bits are found in every kernel, and named', async () => {
  const [, usual] = await companions();
  const heap = usual.backend.wasm as unknown as {HEAP32: Int32Array};
  // The argument that is the address of the result, and which result it is the first to spoil.
  for (const [name, place, what] of [
    ['product', 5, 'a product of 37×43 by 43×41'],
    ['convolve', 2, 'a convolution'],
    ['convolveBack', 2, "a convolution's input gradient"],
    ['sumFilter', 0, "a convolution's filter gradient"],
  ] as const) {
    const spoilt = (...numbers: number[]) => {
      const result = usual.kernels[name]!(...numbers);
      heap.HEAP32[numbers[place]! / 4 + 9]! ^= 1;
      return result;
    };
    const other = Object.assign(Object.create(usual), {kernels: {...usual.kernels, [name]: spoilt}}) as Companion;
    assert.throws(() => assertSameBits(other, usual), {
      message: `${what} has other bits with eight numbers at a time`,
    });
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
  assert.match(usual, /^[0-9a-f]{64}$/);
  const why = whyNotWide();
  const note = why === null ? ', eight numbers at a time' : `; four numbers at a time: ${why}`;
  for (const threads of ['1 thread', '2 threads']) {
    const [line, hash] = inProcess({MULTIMODAL_GAN_WASM_WIDE: '1', MULTIMODAL_GAN_WASM_THREADS: threads[0]!});
    assert.equal(line, `backend: wasm (${threads}${note})`);
    assert.equal(hash, usual);
  }
});

test('without the companion module it says that there is nothing to make wider', () => {
  const [line] = inProcess({MULTIMODAL_GAN_WASM_WIDE: '1', MULTIMODAL_GAN_WASM_KERNELS: 'composed'});
  const why = '; four numbers at a time: only the companion module has kernels for eight';
  assert.equal(line, `backend: wasm (1 thread, without its companion module${why})`);
});

test('what is asked for is 0 or 1', () => {
  const [line] = inProcess({MULTIMODAL_GAN_WASM_WIDE: 'yes'});
  assert.equal(line, 'UserError: Expected MULTIMODAL_GAN_WASM_WIDE to be 0 or 1, got "yes".');
});
