import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {join, resolve} from 'node:path';
import {test} from 'node:test';
import {describeEnvironment, environmentLines} from '../../src/backend/describe';

const root = resolve(__dirname, '..', '..');

test('every fact has a value, and a cure exactly where it is not ok', () => {
  const environment = describeEnvironment();
  const facts = Object.values(environment).flat();
  assert.ok(facts.length >= 18);
  for (const {name, value, ok, cure} of facts) {
    assert.ok(value.length > 0, name);
    assert.equal(cure === undefined, ok, name);
  }
  assert.equal(environment.machine[0]!.value, process.version);
  assert.deepEqual(
    environment.backends.map(({name}) => name),
    ['native', 'wasm', 'cpu'],
  );
  assert.match(
    environment.backends[1]!.value,
    /^available with SIMD and the companion module \(\d+ bytes\), TensorFlow\.js 4\.22\.0$/,
  );
  assert.equal(environment.packages.find(({name}) => name === 'tslab')!.value, '1.0.22');
});

test('lines mark what is missing and how to get it', () => {
  const lines = environmentLines({
    machine: [{name: 'Node', value: 'v20.19.0', ok: true}],
    tools: [{name: 'pip', value: 'python3 was not found', ok: false, cure: 'install it'}],
    backends: [],
    packages: [],
  });
  assert.deepEqual(lines, [
    'machine',
    '  ✓ Node  v20.19.0',
    'tools',
    '  ✗ pip   python3 was not found — cure: install it',
    'backends',
    'packages',
  ]);
});

test('it says what is missing on a machine without Python and compiler, and loads no engine', () => {
  const code = `
    const {environmentLines} = require('./src/backend/describe');
    console.log(environmentLines().join('\\n'));
    console.log('loaded', Object.keys(require.cache).filter(file => file.includes('tfjs')).length);
  `;
  const {stdout, status} = spawnSync(process.execPath, ['--import', 'tsx', '-e', code], {
    cwd: root,
    encoding: 'utf8',
    env: {...process.env, PATH: join(root, 'nowhere'), CXX: ''},
  });
  assert.equal(status, 0);
  assert.match(stdout, /✗ Python +python3 was not found/);
  assert.match(stdout, /✗ C\+\+ compiler +g\+\+ was not found or does not run — cure: install g\+\+/);
  assert.match(stdout, /loaded 0/);
});
