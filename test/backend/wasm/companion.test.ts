import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

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

test('an unknown kind of kernels lists those there are', () => {
  const output = inProcess('await selectBackend();', {MULTIMODAL_GAN_WASM_KERNELS: 'fast'});
  assert.equal(output, 'UserError: Unknown MULTIMODAL_GAN_WASM_KERNELS "fast"; choose companion or composed.');
});
