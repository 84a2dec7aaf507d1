import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {selectBackend} from '../../../src/backend/select';
import {tf} from '../../../src/core/tensorflow';
import * as reference from '../reference';
import {assertClose, randomValues, read} from '../support';

type Four = [number, number, number, number];

const root = path.join(__dirname, '..', '..', '..');

/** Runs a program in a process of its own; `selectBackend` and `tf` are there. @returns what it printed. */
function inProcess(program: string, env: NodeJS.ProcessEnv = {}): string {
  const source = `
    const {selectBackend} = require('${root}/src/backend/select.ts');
    const {tf} = require('${root}/src/core/tensorflow.ts');
    void (async () => { ${program} })().catch(error => { console.log(String(error)); process.exitCode = 1; });`;
  const {stdout, stderr} = spawnSync(process.execPath, ['--import', 'tsx', '-e', source], {
    cwd: root,
    encoding: 'utf8',
    env: {...process.env, MULTIMODAL_GAN_BACKEND: 'wasm', ...env},
  });
  assert.equal(stderr, '');
  return stdout.trim();
}

const printProduct = `
  console.log((await selectBackend()).line);
  const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  console.log(...tf.matMul(a, a, false, true).dataSync());`;
/** [1 2 3; 4 5 6] times its transpose. */
const product = '14 32 32 77';

test('the compiled module is that of the source', async () => {
  const {compileTensorKernels, tensorFile} = await import(
    pathToFileURL(path.join(root, 'scripts', 'kernels', 'build.mjs')).href
  );
  assert.equal(fs.readFileSync(tensorFile, 'utf8'), await compileTensorKernels());
});

test('without the companion module the compositions compute, and the line says so', () => {
  const asked = inProcess(printProduct, {MULTIMODAL_GAN_WASM_KERNELS: 'composed'});
  assert.equal(asked, `backend: wasm (1 thread, without its companion module)\n${product}`);
});

test('a module that cannot be instantiated is done without, and the line says why', () => {
  const refuse = `
    const {Instance} = WebAssembly;
    WebAssembly.Instance = function (module, imports) {
      if (WebAssembly.Module.exports(module).some(({name}) => name === 'convolve')) throw new Error('no SIMD here');
      return new Instance(module, imports);
    };`;
  const output = inProcess(refuse + printProduct);
  assert.equal(output, `backend: wasm (1 thread, without its companion module: no SIMD here)\n${product}`);
});

test('where no module can share the memory at all, the optimizer computes in JavaScript', () => {
  const step = `
    await selectBackend();
    const {Adam} = require('${root}/src/training/optimizers/adam.ts');
    const weights = {w: tf.variable(tf.tensor1d([1, -2, 3, 0.5, 4]))};
    const adam = new Adam(weights, {beta1: 0.5, beta2: 0.9});
    for (const sign of [1, -2]) adam.apply({w: tf.tensor1d([0.1, 0.2, -0.3, 0, 5].map(v => v * sign))}, 0.1);
    console.log(...weights.w.dataSync());`;
  const refuse = `
    const {Instance} = WebAssembly;
    WebAssembly.Instance = function (module, imports) {
      if (imports.env?.memory) throw new Error('not this memory');
      return new Instance(module, imports);
    };`;
  const numbers = (text: string) => text.split(' ').map(Number);
  const wanted = numbers(inProcess(step));
  assert.equal(wanted.length, 5);
  assertClose(numbers(inProcess(refuse + step)), wanted, 1e-6, 'weights after two updates');
});

test('an unknown kind of kernels lists those there are', () => {
  const output = inProcess('await selectBackend();', {MULTIMODAL_GAN_WASM_KERNELS: 'fast'});
  assert.equal(output, 'UserError: Unknown MULTIMODAL_GAN_WASM_KERNELS "fast"; choose companion or composed.');
});

test('sizes beyond every block: long sums, many tasks, more pictures than are taken at a time', async () => {
  assert.equal((await selectBackend({prefer: 'wasm'})).name, 'wasm');
  // 1024 terms are taken at once, 16 columns a task, 131072 / k rows; the last of each are not whole.
  for (const [m, k, n] of [
    [70, 1100, 37],
    [150, 2051, 9],
    [5, 1030, 100],
    [300, 3, 1],
    [3, 40, 300],
  ] as const) {
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const [a, b] = [randomValues(m * k, 1), randomValues(k * n, 2)];
      const wanted = reference.matMul(a, b, {batchA: 1, batchB: 1, m, k, n}, transposeA, transposeB);
      const got = tf.tidy(() =>
        tf.matMul(
          tf.tensor2d(a, transposeA ? [k, m] : [m, k]),
          tf.tensor2d(b, transposeB ? [n, k] : [k, n]),
          transposeA,
          transposeB,
        ),
      );
      assertClose(read(got), wanted, 1e-4, `${m}×${k}×${n} ${transposeA} ${transposeB}`);
    }
  }
  // 256 kB of framed pictures are taken at a time: 3 of 40×40×11, then a part of them.
  for (const filters of [1, 9]) {
    const c = {count: 5, height: 40, width: 39, channels: 11, filters, pad: 'same'} as const;
    const layer = {...c, kernelHeight: 4, kernelWidth: 3, strideDown: 2, strideAcross: 3};
    const [xShape, wShape] = [
      [5, 40, 39, 11],
      [4, 3, 11, filters],
    ] as [Four, Four];
    const [x, w] = [randomValues(5 * 40 * 39 * 11, 3), randomValues(4 * 3 * 11 * filters, 4)];
    const dy = randomValues(
      reference.outShape(layer).reduce((p, s) => p * s),
      5,
    );
    const results = tf.tidy(() => {
      const convolve = (a: tf.Tensor, f: tf.Tensor): tf.Tensor =>
        tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, [2, 3], 'same');
      const [tensor, filter] = [tf.tensor4d(x, xShape), tf.tensor4d(w, wShape)];
      const [dx, dw] = tf.grads(convolve)([tensor, filter], tf.tensor(dy, reference.outShape(layer)));
      return {y: convolve(tensor, filter), dx: dx!, dw: dw!};
    });
    assertClose(read(results.y), reference.conv2d(layer, x, w), 1e-4, `y, ${filters} filters`);
    assertClose(read(results.dx), reference.conv2dInputGradient(layer, w, dy), 1e-4, `dx, ${filters} filters`);
    assertClose(read(results.dw), reference.conv2dFilterGradient(layer, x, dy), 2e-4, `dw, ${filters} filters`);
  }
});

test('scratch stays small: eight times the pictures need no more of it', async () => {
  await selectBackend({prefer: 'wasm'});
  const {Companion} = await import('../../../src/backend/wasm/companion/companion');
  const backend = tf.backend() as unknown as ConstructorParameters<typeof Companion>[0];
  const asked: number[] = [];
  const companion = new Companion(backend);
  const {scratch, common} = companion;
  const counted = (take: (bytes: number) => number) => (bytes: number) => {
    asked.push(bytes);
    return take.call(companion, bytes);
  };
  companion.scratch = counted(scratch);
  companion.common = counted(common);
  const {companionFilterGradient} = await import('../../../src/backend/wasm/companion/convolution');
  const kernel = companionFilterGradient(companion);
  const attributes = {filterShape: [3, 3, 16, 32], strides: 1, pad: 'same', dataFormat: 'NHWC'};
  const needs = [16, 128].map(count => {
    asked.length = 0;
    const [x, dy] = [tf.zeros([count, 24, 24, 16]), tf.zeros([count, 24, 24, 32])];
    backend.disposeData(kernel({x, dy}, attributes, backend).dataId);
    tf.dispose([x, dy]);
    return asked.reduce((sum, bytes) => sum + bytes, 0);
  });
  assert.equal(needs[0], needs[1]);
  assert.ok(needs[0]! < 2 ** 21, `${needs[0]} bytes`);
});
