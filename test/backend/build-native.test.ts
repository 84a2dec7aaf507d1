/** The builder with tools that fail in each way: pretended ones, first on a PATH of their own. No network, no compiler. */
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterEach, beforeEach, test} from 'node:test';

const script = resolve(__dirname, '..', '..', 'scripts', 'build-native.mjs');
const onLinux = process.platform === 'linux' && process.arch === 'x64';
const skip = !onLinux && 'there is a build for linux-x64 only';

let root = '';
let tools = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-native-'));
  tools = join(root, 'tools');
  const tfjsNode = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  mkdirSync(tfjsNode, {recursive: true});
  mkdirSync(tools);
  writeFileSync(join(tfjsNode, 'package.json'), '{"version": "4.22.0", "main": "index.js"}');
  writeFileSync(join(tfjsNode, 'index.js'), 'throw new Error("a pretended package")');
  writeFileSync(join(root, 'package.json'), '{}');
});

afterEach(() => rmSync(root, {recursive: true, force: true}));

/** A shell script named `name`. */
function pretend(name: string, body: string): void {
  writeFileSync(join(tools, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(tools, name), 0o755);
}

interface Result {
  readonly ok: boolean;
  readonly changed?: boolean;
  readonly reason?: string;
  readonly cure?: string;
  readonly log: readonly string[];
}

/** Runs the builder with our pretended tools, and with those of /bin behind them where `path` says so. */
function build(path = tools): Result {
  const code = `
    import {buildNative} from ${JSON.stringify(script)};
    const log = [];
    const result = await buildNative({root: ${JSON.stringify(root)}, log: line => log.push(line)});
    console.log(JSON.stringify({...result, log}));
  `;
  const {stdout, stderr} = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: {PATH: path},
  });
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Result;
}

const withShell = (): string => `${tools}:/bin`;

function cacheEntries(): string[] {
  return readdirSync(join(root, '.cache', 'native')).filter(name => !name.startsWith('failed'));
}

const pipThatAnswers = 'case "$*" in *--version*) echo pip 23; exit 0;; esac';
/** Where `pip download` was told to put the wheel. */
const destination = 'while [ "$1" != --dest ]; do shift; done; folder=$2';
const realPython = spawnSync('sh', ['-c', 'command -v python3'], {encoding: 'utf8'}).stdout.trim();

test('without a compiler nothing is downloaded', {skip}, () => {
  const {ok, reason, cure, log} = build();
  assert.equal(ok, false);
  assert.equal(reason, 'no g++ was found');
  assert.match(cure!, /^install a C\+\+ compiler .*, then run set-up again$/);
  assert.deepEqual(log, []);
});

test('without Python, and with a Python without pip', {skip}, () => {
  pretend('g++', 'exit 1');
  assert.equal(build().reason, 'no python3 was found');
  pretend('python3', 'exit 1');
  const {reason, cure} = build();
  assert.equal(reason, 'python3 has no pip');
  assert.match(cure!, /python3-pip/);
});

test('a download that fails, or stops half way, leaves nothing behind', {skip}, () => {
  pretend('g++', 'exit 1');
  pretend(
    'python3',
    `${pipThatAnswers}; ${destination}; echo half > "$folder/tensorflow_cpu-2.21.0.whl"; echo "ERROR: no network" >&2; exit 1`,
  );
  const {ok, reason, cure} = build(withShell());
  assert.equal(ok, false);
  assert.equal(reason, 'pip could not download tensorflow-cpu==2.21.0: no network');
  assert.match(cure!, /network/);
  assert.deepEqual(cacheEntries(), []);
});

test('a wheel that is cut short is not taken as whole', {
  skip: skip || (!realPython && 'needs python3 to read the wheel'),
}, () => {
  pretend('g++', 'exit 1');
  pretend(
    'python3',
    `case "$*" in *download*) ${destination}; echo half > "$folder/tensorflow_cpu-2.21.0.whl"; exit 0;; esac; exec ${realPython} "$@"`,
  );
  const {ok, reason} = build(withShell());
  assert.equal(ok, false);
  assert.match(reason!, /^the wheel tensorflow_cpu-2\.21\.0\.whl is damaged or the disk is full: .*zip file/);
  assert.deepEqual(cacheEntries(), []);
});

/** A library folder as if it had been unpacked, and an npm that has the headers which not every Node brings. */
function pretendLibrary(): void {
  pretend(
    'npm',
    'while [ "$1" != --prefix ]; do shift; done; folder="$2/node_modules/node-api-headers/include"; mkdir -p "$folder"; : > "$folder/node_api.h"',
  );
  const lib = join(root, '.cache', 'native', 'tensorflow-cpu-2.21.0-linux-x64', 'lib');
  mkdirSync(lib, {recursive: true});
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) writeFileSync(join(lib, name), '');
}

test('a compiler that fails is quoted, and not asked again until it changes', {skip}, () => {
  pretendLibrary();
  pretend('g++', `echo run >> ${join(root, 'runs')}; echo "hush.cc:1: fatal error: out of memory" >&2; exit 1`);
  for (let i = 0; i < 2; i++) {
    const {reason, cure} = build(withShell());
    assert.equal(reason, 'the binding did not compile: hush.cc:1: fatal error: out of memory');
    assert.match(cure!, /CXX/);
  }
  const runs = spawnSync('wc', ['-l', join(root, 'runs')], {encoding: 'utf8'}).stdout;
  assert.match(runs, /^1 /);
});

test('a binding that fails its self-test is not linked in', {skip}, () => {
  pretendLibrary();
  pretend('g++', 'while [ "$1" != -o ]; do shift; done; echo nonsense > "$2"');
  const {ok, reason} = build(withShell());
  assert.equal(ok, false);
  assert.match(reason!, /^the self-test of the native engine failed: /);
  assert.deepEqual(cacheEntries(), ['tensorflow-cpu-2.21.0-linux-x64']);
  assert.equal(existsSync(join(root, 'node_modules', '@tensorflow', 'tfjs-node', 'lib')), false);
});

test('what an interrupted run left is removed, what a living one writes is not', {skip}, () => {
  const cache = join(root, '.cache', 'native');
  // A process id that has ended, and our own.
  const ended = spawnSync('true').pid;
  for (const pid of [ended, process.pid])
    mkdirSync(join(cache, `tensorflow-cpu-2.21.0-linux-x64.partial-${pid}`), {recursive: true});
  build();
  assert.deepEqual(cacheEntries(), [`tensorflow-cpu-2.21.0-linux-x64.partial-${process.pid}`]);
});

test('another version of tfjs-node is refused', {skip}, () => {
  writeFileSync(join(root, 'node_modules', '@tensorflow', 'tfjs-node', 'package.json'), '{"version": "4.21.0"}');
  assert.equal(build().reason, '@tensorflow/tfjs-node is 4.21.0, and 4.22.0 is needed');
});

const cache = resolve(__dirname, '..', '..', '.cache', 'native');
const own =
  existsSync(cache) &&
  readdirSync(cache).some(name => name.includes(`-abi${process.versions.modules}-`) && name.startsWith('tfjs-node'));

test('a finished build is found in moments, and linked again into a fresh node_modules', {
  skip: !own && 'not built for this Node here',
}, () => {
  mkdirSync(join(root, '.cache', 'native'), {recursive: true});
  for (const name of readdirSync(cache).filter(entry => !entry.includes('partial') && !entry.startsWith('failed'))) {
    if (name.startsWith('tfjs-node'))
      cpSync(join(cache, name), join(root, '.cache', 'native', name), {recursive: true, verbatimSymlinks: true});
    else symlinkSync(join(cache, name), join(root, '.cache', 'native', name));
  }
  const entries = cacheEntries();
  // Compiled from other sources of ours: not used, and removed once there is one that is.
  const built = entries.find(name => name.startsWith('tfjs-node'))!;
  const superseded = built.replace(/[0-9a-f]{8}$/, '00000000');
  assert.notEqual(superseded, built);
  mkdirSync(join(root, '.cache', 'native', superseded));
  const first = build();
  assert.deepEqual(cacheEntries(), entries);
  assert.deepEqual(first.log, [], 'nothing was to be built');
  assert.equal(first.ok, true, first.reason);
  const binding = join(root, 'node_modules', '@tensorflow', 'tfjs-node', 'lib', 'napi-v8', 'tfjs_binding.node');
  assert.ok(existsSync(binding));
  const again = build();
  assert.equal(again.changed, false);
  // A damaged binding is not the one that was tested.
  writeFileSync(binding, 'nonsense');
  assert.equal(build().reason, 'no g++ was found');
});
