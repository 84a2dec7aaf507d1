import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {resolve} from 'node:path';
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
