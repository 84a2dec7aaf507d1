import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {test} from 'node:test';
import {nativeAvailability} from '../../src/backend/native-availability';

const root = resolve(__dirname, '..', '..');
const native = nativeAvailability();

/** Runs `body` in a process of its own; the backend is chosen once a process, and by the environment. */
function inProcess(
  body: string,
  env: Record<string, string> = {},
): {output: string; errors: string; status: number | null} {
  const code = `
    const {selectBackend, backendInfo} = require('./src/backend/select');
    const {tf} = require('./src/core/tensorflow');
    (async () => {${body}})().catch(error => { console.log(error.name + ': ' + error.message); process.exitCode = 1; });
  `;
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(TF_|MULTIMODAL_GAN_)/.test(name)),
  );
  const {stdout, stderr, status} = spawnSync(process.execPath, ['--import', 'tsx', '-e', code], {
    cwd: root,
    encoding: 'utf8',
    env: {...clean, ...env},
  });
  return {output: stdout.trim(), errors: stderr, status};
}

const printInfo = 'console.log(JSON.stringify(await selectBackend()), tf.getBackend());';

test('native is taken where it is built, silently, with the threads that were asked for', {
  skip: !native.ready && native.reason,
}, () => {
  const {output, errors} = inProcess(printInfo, {TF_NUM_INTRAOP_THREADS: '1'});
  assert.ok(native.ready);
  const line = `backend: native (TensorFlow ${native.version}, 1 thread)`;
  assert.equal(
    output,
    `${JSON.stringify({name: 'native', threads: 1, version: native.version, line, whyNotBetter: null})} tensorflow`,
  );
  assert.equal(errors, '');
});

test('MULTIMODAL_GAN_BACKEND=wasm and =cpu are obeyed, above prefer, silently', () => {
  for (const name of ['wasm', 'cpu']) {
    const {output, errors} = inProcess(
      "console.log((await selectBackend({prefer: 'native'})).line, tf.getBackend());",
      {
        MULTIMODAL_GAN_BACKEND: name,
      },
    );
    assert.equal(output, `backend: ${name} (1 thread) ${name}`);
    assert.equal(errors, '');
  }
});

test('an unknown name lists those there are', () => {
  const {output, status} = inProcess(printInfo, {MULTIMODAL_GAN_BACKEND: 'gpu'});
  assert.equal(output, 'UserError: Unknown MULTIMODAL_GAN_BACKEND "gpu"; choose native, wasm, cpu or webgpu.');
  assert.equal(status, 1);
});

test('a number of threads that is none is refused', {skip: !native.ready && native.reason}, () => {
  const {output} = inProcess(printInfo, {TF_NUM_INTRAOP_THREADS: 'many'});
  assert.equal(output, 'UserError: Expected TF_NUM_INTRAOP_THREADS to be a positive integer, got "many".');
});

test('where native is missing, wasm is taken and the line says why and what cures it; forcing native throws that', () => {
  // The choice is made from files; here the binding's folder is said to hold none.
  const without = `
    const fs = require('node:fs');
    const {existsSync} = fs;
    fs.existsSync = file => !String(file).endsWith('tfjs_binding.node') && existsSync(file);
    fs.readFileSync = (read => (file, ...rest) => {
      if (String(file).includes('failed-abi')) return JSON.stringify({reason: 'no g++ was found', cure: 'install g++'});
      return read(file, ...rest);
    })(fs.readFileSync);
    require('node:module').syncBuiltinESMExports();
  `;
  const chosen = inProcess(
    `${without} const {line, whyNotBetter} = await selectBackend(); console.log(line); console.log(whyNotBetter);`,
  );
  assert.equal(
    chosen.output,
    'backend: wasm (1 thread); native is not available: no g++ was found; cure: install g++\nnative is not available: no g++ was found; cure: install g++',
  );
  const forced = inProcess(`${without} await selectBackend();`, {MULTIMODAL_GAN_BACKEND: 'native'});
  assert.equal(
    forced.output,
    'UserError: MULTIMODAL_GAN_BACKEND=native cannot be had: no g++ was found; cure: install g++.',
  );
  assert.equal(forced.status, 1);
});

/** Makes a child process find tfjs-node in a folder of ours, with this binding. @returns code to run first, and the line's reason. */
function withBinding(folder: string, binding: Uint8Array): string {
  const lib = join(folder, 'lib', 'napi-v8');
  mkdirSync(lib, {recursive: true});
  writeFileSync(join(folder, 'package.json'), '{"name": "@tensorflow/tfjs-node", "version": "4.22.0"}');
  writeFileSync(join(lib, 'tfjs_binding.node'), binding);
  return `
    const Module = require('node:module');
    const resolveFilename = Module._resolveFilename;
    Module._resolveFilename = (request, ...rest) => request === '@tensorflow/tfjs-node/package.json'
      ? ${JSON.stringify(join(folder, 'package.json'))} : resolveFilename(request, ...rest);`;
}

const computesOnWasm = `
  console.log((await selectBackend()).line);
  console.log(tf.getBackend(), tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]));`;

test('a binding that is no library falls back to wasm in one line, and the process computes on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'corrupt-binding-'));
  try {
    const first = withBinding(
      folder,
      Uint8Array.from({length: 4096}, (_, i) => (i * 37) % 251),
    );
    for (const attempt of ['tested', 'remembered']) {
      const {output, errors, status} = inProcess(first + computesOnWasm);
      const [line, result, ...more] = output.split('\n');
      assert.match(
        line!,
        /^backend: wasm \(1 thread\); native is not available: its self-test failed: .+; cure: run npm run setup$/,
        attempt,
      );
      assert.deepEqual([result, more, errors, status], ['wasm 11', [], '', 0], attempt);
    }
  } finally {
    rmSync(folder, {recursive: true});
  }
});

test('a binding that crashes the process that loads it is only ever loaded in a child', {
  skip: !native.ready && native.reason,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'corrupt-binding-'));
  try {
    // The real one with zeros in the place of most of its code: loading it ends with a signal.
    const whole = readFileSync(require.resolve('@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node'));
    const corrupt = Buffer.from(whole);
    corrupt.fill(0, Math.floor(whole.length * 0.1), Math.floor(whole.length * 0.9));
    const {output, errors, status} = inProcess(withBinding(folder, corrupt) + computesOnWasm);
    assert.match(
      output,
      /^backend: wasm \(1 thread\); native is not available: its self-test failed: it ended with SIG[A-Z]+; cure: run npm run setup\nwasm 11$/,
    );
    assert.deepEqual([errors, status], ['', 0]);
    const forced = inProcess(`${withBinding(folder, corrupt)} await selectBackend();`, {
      MULTIMODAL_GAN_BACKEND: 'native',
    });
    assert.match(forced.output, /^UserError: MULTIMODAL_GAN_BACKEND=native cannot be had: its self-test failed: /);
  } finally {
    rmSync(folder, {recursive: true});
  }
});

test('asking twice gives one answer; asking before choosing is an error', () => {
  const {output} = inProcess(`
    try { backendInfo(); } catch (error) { console.log(error.message); }
    const [a, b] = await Promise.all([selectBackend({prefer: 'wasm'}), selectBackend({prefer: 'wasm'})]);
    console.log(a === b, backendInfo() === a, (await selectBackend()) === a, (await selectBackend({prefer: 'cpu'})).name, backendInfo().name);
  `);
  assert.equal(
    output,
    'Expected a backend to be chosen, got none yet; call await selectBackend() first.\ntrue true true cpu cpu',
  );
});

test('webgpu without its packages falls back in one line', () => {
  const {output} = inProcess(
    "const {name, line} = await selectBackend({prefer: 'webgpu'}); console.log(name === 'webgpu' || line);",
  );
  assert.match(
    output,
    /^(true|backend: .*; webgpu is not available: the packages .* are not installed; cure: npm install webgpu@[^\n]*)$/,
  );
});

test('danfojs shares the TensorFlow.js in use where the engine is not native', () => {
  const {output} = inProcess(
    "await selectBackend(); const shared = require('@tensorflow/tfjs-node'); console.log(shared.engine() === tf.engine(), tf.getBackend());",
    {MULTIMODAL_GAN_BACKEND: 'wasm'},
  );
  assert.equal(output, 'true wasm');
});
