#!/usr/bin/env node
/**
 * Builds the native engine: the binding of @tensorflow/tfjs-node against the TensorFlow library of the `tensorflow-cpu`
 * Python wheel. The package's own installer downloads a prebuilt library instead, which is refused for many people.
 *
 *   node scripts/build-native.mjs [--force]          builds what is missing, prints one line, exits 0 (ready) or 1 (not)
 *   node scripts/build-native.mjs --self-test FILE   loads that binding, computes three known values, prints JSON
 *   import {buildNative} from './build-native.mjs'   the same from set-up; never throws
 *
 * Everything lies in .cache/native, outside node_modules, so that a fresh `npm ci` costs two links and no compiler:
 *
 *   tensorflow-cpu-2.21.0-linux-x64/                        include/ and lib/ out of the wheel
 *   tfjs-node-4.22.0-tensorflow-2.21.0-abi115-linux-x64-…/  lib/napi-v8/tfjs_binding.node, its stamp, deps/lib
 *
 * Each folder is made under a temporary name and renamed when it is whole. Needs: python3 with pip (once, for the
 * download) and g++. The binding uses Node-API only, so the compiler is called directly and node-gyp is not needed.
 */
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, readlinkSync, realpathSync, statSync} from 'node:fs';
import {lstat, mkdir, readdir, rename, rm, symlink, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {delimiter, dirname, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

const script = fileURLToPath(import.meta.url);
const projectRoot = resolve(dirname(script), '..');

/** 2.21.0 exports the C API that tfjs-node 4.22.0 calls; a later one is tried by changing this line and running the tests. */
const tensorflowVersion = '2.21.0';
const tfjsNodeVersion = '4.22.0';
/** The Node-API level of the binding. node-pre-gyp looks for the highest one that tfjs-node lists: 8, in Node 20 and later. */
const napiVersion = 8;
const nodeApiHeaders = 'node-api-headers@1.9.0';
/** Beside the binding, one for each Node that has passed (or, in the backend's hands, failed) the self-test with it. */
const stampName = `self-test-abi${process.versions.modules}.json`;
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
/** What is compiled into the binding beside tfjs-node's sources; each file says what for. */
const ownSources = Object.fromEntries(
  Object.entries({hush: 'hush.cc', unhush: 'unhush.cc', plainSessions: 'plain-sessions.h'}).map(([name, file]) => [
    name,
    join(dirname(script), 'native', file),
  ]),
);

/**
 * Makes the native engine ready. Takes about 25 s with the wheel to fetch, 15 s with only the binding to compile, and
 * under 100 ms, without starting a process, when everything is there.
 *
 * @param {{root?: string, force?: boolean, log?: (line: string) => void}} [options] `force` builds again; `log` hears of each long step
 * @returns {Promise<{ok: true, changed: boolean, tensorflow: string, binding: string} | {ok: false, reason: string, cure: string}>}
 */
export async function buildNative({root = projectRoot, force = false, log = () => {}} = {}) {
  let place;
  try {
    place = findPlace(root);
    if (!force && isReady(place))
      return {ok: true, changed: false, tensorflow: tensorflowVersion, binding: place.binding};
    if (!force) rethrowRemembered(place);
    await removeLeftovers(place.cache);
    if (force || !isTested(place)) {
      const compiler = findCompiler();
      await provideLibrary(place, log);
      await provideBinding(place, compiler, log);
    }
    await linkIn(place);
    await removeSuperseded(place);
    await rm(place.failure, {force: true});
    return {ok: true, changed: true, tensorflow: tensorflowVersion, binding: place.binding};
  } catch (error) {
    const reason = firstLine(error);
    const cure =
      error.cure ?? 'see whether .cache/native can be written and the disk has 2 GB free, then run set-up again';
    // The backend's line at the start of a training gives this reason.
    if (place) await writeFile(place.failure, JSON.stringify({reason, cure, tried: error.tried})).catch(() => {});
    return {ok: false, reason, cure};
  }
}

/** A part that is not there, and how a person gets it. */
class Missing extends Error {
  constructor(reason, cure) {
    super(firstLine(reason));
    this.cure = cure;
  }
}

/** Where everything lies for this Node, on this machine. Only reads; throws Missing where no wheel exists. */
function findPlace(root) {
  const wheel = {'linux-x64': 'tensorflow-cpu'}[`${process.platform}-${process.arch}`];
  const runsOn = `${process.platform}-${process.arch}`;
  if (!wheel)
    throw new Missing(
      `there is no build for ${runsOn} yet, only for linux-x64`,
      'nothing to do: the wasm engine works everywhere',
    );
  const tfjsNode = join(root, 'node_modules', '@tensorflow', 'tfjs-node');
  const manifest = join(tfjsNode, 'package.json');
  if (!existsSync(manifest)) throw new Missing('the package @tensorflow/tfjs-node is not installed', 'run npm ci');
  const {version} = JSON.parse(readFileSync(manifest, 'utf8'));
  if (version !== tfjsNodeVersion) {
    throw new Missing(`@tensorflow/tfjs-node is ${version}, and ${tfjsNodeVersion} is needed`, 'run npm ci');
  }
  const cache = join(root, '.cache', 'native');
  const stem = `tfjs-node-${version}-tensorflow-${tensorflowVersion}-abi${process.versions.modules}-${runsOn}`;
  const built = join(cache, `${stem}-${ownSourcesHash()}`);
  const bindingFolder = join(built, 'lib', `napi-v${napiVersion}`);
  return {
    root,
    wheel,
    cache,
    tfjsNode,
    stem,
    built,
    library: join(cache, `${wheel}-${tensorflowVersion}-${runsOn}`),
    binding: join(bindingFolder, 'tfjs_binding.node'),
    stamp: join(bindingFolder, stampName),
    failure: join(cache, `failed-abi${process.versions.modules}-${runsOn}.json`),
  };
}

/** Linked in, and the binding is byte for byte the one that passed its self-test on this Node. */
function isReady(place) {
  return (
    isTested(place) && ['lib', 'deps'].every(name => pointsTo(join(place.tfjsNode, name), join(place.built, name)))
  );
}

function isTested(place) {
  if (![place.stamp, place.binding].every(file => existsSync(file))) return false;
  const stamp = readJson(place.stamp);
  if (!stamp || stamp.failed || stamp.sha256 !== hashFile(place.binding)) return false;
  return libraries.every(name => existsSync(join(place.built, 'deps', 'lib', name)));
}

/** Null where the file cannot be read or is not JSON. */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function pointsTo(link, target) {
  try {
    readlinkSync(link);
    return realpathSync(link) === realpathSync(target);
  } catch {
    return false;
  }
}

/** Of our own sources, so that a binding is compiled anew where they have changed. */
function ownSourcesHash() {
  const hash = createHash('sha256');
  for (const file of Object.values(ownSources)) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 8);
}

function hashFile(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** `$CXX`, else g++, else clang++, as an absolute path. Looked up by hand: `which` is not everywhere. */
function findCompiler() {
  for (const name of [process.env.CXX, 'g++', 'clang++']) {
    if (!name) continue;
    if (name.includes('/')) {
      if (existsSync(name)) return name;
      continue;
    }
    const found = (process.env.PATH ?? '')
      .split(delimiter)
      .map(folder => join(folder, name))
      .find(existsSync);
    if (found) return found;
  }
  throw new Missing(
    'no g++ was found',
    'install a C++ compiler (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++), then run set-up again',
  );
}

/** The library and headers out of the Python wheel; Python's TensorFlow itself is never imported. */
async function provideLibrary(place, log) {
  if (libraries.every(name => existsSync(join(place.library, 'lib', name)))) return;
  if (!process.report.getReport().header.glibcVersionRuntime) {
    throw new Missing(
      'the TensorFlow library needs glibc, and this system has another C library',
      'nothing to do: the wasm engine works everywhere',
    );
  }
  const python = await findPython(place.root);
  const partial = partialName(place.library);
  await mkdir(partial, {recursive: true});
  try {
    log(`fetching the TensorFlow ${tensorflowVersion} library (270 MB, once)`);
    await download(python, place, partial);
    const wheel = (await readdir(partial)).find(name => name.endsWith('.whl'));
    if (!wheel) throw new Missing('pip left no wheel behind', 'run set-up again');
    log('unpacking it');
    const unpacked = await run(python, ['-c', unpackWheel, join(partial, wheel), partial]);
    if (unpacked.code !== 0)
      throw new Missing(
        `the wheel ${wheel} is damaged or the disk is full: ${lastLine(unpacked.output)}`,
        'make 2 GB free and run set-up again',
      );
    await rm(join(partial, wheel));
    await renameWhole(partial, place.library);
  } finally {
    await rm(partial, {recursive: true, force: true});
  }
}

/** The wheel holds 1.3 GB; 0.9 GB of it is the library, and of the headers the binding needs a few dozen. */
const unpackWheel = `
import os, sys, zipfile
source, target = sys.argv[1:]
headers = tuple('tensorflow/include/' + part for part in ('tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/platform/', 'xla/tsl/c/'))
with zipfile.ZipFile(source) as wheel:
    for item in wheel.infolist():
        name = item.filename
        if name in (${libraries.map(name => `'tensorflow/${name}'`).join(', ')}):
            place = os.path.join(target, 'lib', os.path.basename(name))
        elif name.startswith(headers) and name.endswith('.h') and '..' not in name:
            place = os.path.join(target, name[len('tensorflow/'):])
        else:
            continue
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with wheel.open(item) as data, open(place, 'wb') as out:
            while chunk := data.read(1 << 20):
                out.write(chunk)
for name in (${libraries.map(name => `'${name}'`).join(', ')}):
    os.stat(os.path.join(target, 'lib', name))
`;

async function findPython(root) {
  let reason = 'no python3 was found';
  let cure = 'install Python 3 with pip (Debian, Ubuntu: apt install python3 python3-pip), then run set-up again';
  for (const python of [join(root, '.venv', 'bin', 'python'), 'python3', 'python']) {
    const {code} = await run(python, ['-m', 'pip', '--version']);
    if (code === 0) return python;
    if (code !== null) {
      reason = `${python} has no pip`;
      cure =
        'install pip (Debian, Ubuntu: apt install python3-pip; elsewhere: python3 -m ensurepip), then run set-up again';
    }
  }
  throw new Missing(reason, cure);
}

async function download(python, {wheel}, folder) {
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--retries',
    '2',
    '--no-deps',
    '--only-binary=:all:',
    '--dest',
    folder,
  ];
  const wanted = `${wheel}==${tensorflowVersion}`;
  let {code, output} = await run(python, [...pip, wanted]);
  if (code === 0) return;
  if (
    /no matching distribution|could not find a version/i.test(output) &&
    !/connection|retrying|resolve/i.test(output)
  ) {
    // The library inside is the same for every Python, so a Python too old or too new for TensorFlow will do as well.
    const any = [
      '--python-version',
      '3.12',
      '--implementation',
      'cp',
      '--abi',
      'cp312',
      '--platform',
      'manylinux_2_27_x86_64',
    ];
    ({code, output} = await run(python, [...pip, ...any, wanted]));
    if (code === 0) return;
  }
  const said = output.split('\n').findLast(line => line.startsWith('ERROR:')) ?? lastLine(output);
  throw new Missing(
    `pip could not download ${wanted}: ${said.replace(/^ERROR: /, '')}`,
    'connect to the network (or set up pip’s index), then run set-up again',
  );
}

async function provideBinding(place, compiler, log) {
  const partial = partialName(place.built);
  const folder = join(partial, 'lib', `napi-v${napiVersion}`);
  const binding = join(folder, 'tfjs_binding.node');
  try {
    await mkdir(folder, {recursive: true});
    await mkdir(join(partial, 'deps', 'lib'), {recursive: true});
    for (const name of libraries) {
      await symlink(
        relative(join(place.built, 'deps', 'lib'), join(place.library, 'lib', name)),
        join(partial, 'deps', 'lib', name),
      );
    }
    const headers = await findNodeHeaders(partial, log);
    log('compiling the TensorFlow binding (10 s)');
    const hush = join(partial, 'deps', 'lib', 'libhush.so');
    const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map(name => join(place.tfjsNode, 'binding', name));
    const linked = [
      '-Wl,--no-as-needed',
      '-L',
      join(place.library, 'lib'),
      ...libraries.map(name => `-l:${name}`),
      hush,
    ];
    const includes = ['-I', headers, '-I', join(place.library, 'include')];
    await compile(compiler, [ownSources.hush, '-o', hush, '-Wl,-soname,libhush.so']);
    await compile(compiler, [
      `-DNAPI_VERSION=${napiVersion}`,
      ...includes,
      '-include',
      ownSources.plainSessions,
      ...sources,
      ownSources.unhush,
      '-o',
      binding,
      ...linked,
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ]);
    log('testing it in a process of its own');
    await testBinding(place, compiler, binding);
    await writeFile(
      join(folder, stampName),
      JSON.stringify({tensorflow: tensorflowVersion, sha256: hashFile(binding)}),
    );
    // Removed only now, when the new one is known to be good.
    await rm(place.built, {recursive: true, force: true});
    await renameWhole(partial, place.built);
  } finally {
    await rm(partial, {recursive: true, force: true});
  }
}

/** What npm says first of what went wrong; last it says where its log lies. */
function npmError(output) {
  const said = output
    .split('\n')
    .filter(line => /^npm (error|ERR!)/.test(line) && !/ code | errno | syscall /.test(line));
  return (said[0] ?? lastLine(output)).replace(/^npm (error|ERR!) */, '');
}

async function compile(compiler, args) {
  const {code, output} = await run(compiler, ['-std=c++17', '-O2', '-w', '-fPIC', '-shared', ...args]);
  if (code === 0) return;
  const said = output.split('\n').find(line => /error|cannot|undefined/i.test(line)) ?? lastLine(output);
  const cure = 'try another compiler with CXX=…, then: node scripts/build-native.mjs --force';
  throw lasting(new Missing(`the binding did not compile: ${said}`, cure), compiler);
}

/** The headers that come with Node (every archive and most packages have them), else those of the npm package. */
async function findNodeHeaders(folder, log) {
  const own = resolve(dirname(realpathSync(process.execPath)), '..', 'include', 'node');
  if (existsSync(join(own, 'node_api.h'))) return own;
  log('fetching the headers of Node-API');
  const prefix = join(folder, 'headers');
  const {code, output} = await run('npm', [
    'install',
    '--prefix',
    prefix,
    '--no-save',
    '--fetch-retries=1',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    nodeApiHeaders,
  ]);
  const found = join(prefix, 'node_modules', 'node-api-headers', 'include');
  if (code === 0 && existsSync(join(found, 'node_api.h'))) return found;
  throw new Missing(
    `the headers of Node-API could not be fetched: ${npmError(output)}`,
    'connect to the network or install the package libnode-dev, then run set-up again',
  );
}

/** In a child process: a library that does not fit this processor or binding ends the process instead of throwing. */
async function testBinding(place, compiler, binding) {
  const {code, signal, output} = await run(process.execPath, [script, '--self-test', binding], {
    cwd: place.root,
    timeout: 120_000,
  });
  if (code === 0) return;
  const said = signal ? `it ended with ${signal}` : lastLine(output);
  throw lasting(
    new Missing(
      `the self-test of the native engine failed: ${said}`,
      'nothing to do: the wasm engine works here; to try again: node scripts/build-native.mjs --force',
    ),
    compiler,
  );
}

/** Marks a failure that would only repeat, so that the next set-up does not spend the time again. */
function lasting(failure, compiler) {
  const tried = {compiler, compilerMtimeMs: statSync(compiler).mtimeMs, node: process.version};
  return Object.assign(failure, {tried});
}

function rethrowRemembered(place) {
  const known = readJson(place.failure);
  if (!known || known.tried?.node !== process.version || !existsSync(known.tried.compiler)) return;
  const {compiler, compilerMtimeMs} = known.tried;
  if (findCompiler() === compiler && statSync(compiler).mtimeMs === compilerMtimeMs) {
    throw Object.assign(new Missing(known.reason, known.cure), {tried: known.tried});
  }
}

/** Replaces lib/ and deps/ of the package by links into the cache, each in one rename. */
async function linkIn(place) {
  for (const name of ['lib', 'deps']) {
    const at = join(place.tfjsNode, name);
    const target = relative(realpathSync(place.tfjsNode), realpathSync(join(place.built, name)));
    const fresh = partialName(at);
    await symlink(target, fresh);
    const old = await lstat(at).catch(() => null);
    // A link cannot be renamed over a folder, and earlier builds left folders here.
    if (old?.isDirectory()) {
      const aside = `${partialName(at)}-old`;
      await rename(at, aside);
      await rename(fresh, at);
      await rm(aside, {recursive: true, force: true});
    } else {
      await rename(fresh, at);
    }
  }
}

function partialName(path) {
  return `${path}.partial-${process.pid}`;
}

/** Another set-up may have finished the same folder meanwhile; then that one is as good. */
async function renameWhole(partial, whole) {
  try {
    await rename(partial, whole);
  } catch (error) {
    if (!existsSync(whole)) throw error;
  }
}

/** Removes what interrupted runs left, but not what a run that still lives is writing. */
async function removeLeftovers(cache) {
  await mkdir(cache, {recursive: true});
  for (const name of await readdir(cache)) {
    const pid = Number(/\.partial-(\d+)$/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    await rm(join(cache, name), {recursive: true, force: true});
  }
}

/** Removes bindings for this Node that were compiled from other sources of ours. */
async function removeSuperseded({cache, stem, built}) {
  for (const name of await readdir(cache)) {
    const other = join(cache, name);
    if (name.startsWith(stem) && other !== built && !name.includes('.partial-')) await rm(other, {recursive: true});
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs a program to its end. `code` is null where it could not be started or was ended by a signal. */
function run(program, args, options = {}) {
  return new Promise(done => {
    let output = '';
    const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe'], ...options});
    const keep = chunk => {
      output = (output + chunk).slice(-65536);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', error => done({code: null, signal: null, output: error.message}));
    child.on('close', (code, signal) => done({code, signal, output}));
  });
}

function firstLine(error) {
  return String(error?.message ?? error)
    .split('\n')[0]
    .trim();
}

function lastLine(text) {
  return text.trim().split('\n').at(-1)?.trim() || 'it said nothing';
}

/** One product and one convolution with its gradients, against values worked by hand. Run in a child process. */
async function selfTest(binding) {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  const require = createRequire(join(process.cwd(), 'package.json'));
  // tfjs-node 4.22 calls two functions that Node 22 warns about and Node 23 removed.
  const util = require('node:util');
  util.isArray = Array.isArray;
  util.isNullOrUndefined = value => value === null || value === undefined;
  const tfjsNode = createRequire(require.resolve('@tensorflow/tfjs-node/package.json'));
  // tfjs-node asks node-pre-gyp where its binding is; the one under test is not linked in yet.
  const finder = tfjsNode.resolve('@mapbox/node-pre-gyp');
  require.cache[finder] = {id: finder, filename: finder, loaded: true, exports: {find: () => resolve(binding)}};
  const tf = require('@tensorflow/tfjs-node');
  const product = tf.matMul(
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  );
  const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  const filter = tf.tensor4d([1, 2, 3, 4], [2, 2, 1, 1]);
  const [dx, dFilter] = tf.grads((a, b) => tf.sum(tf.conv2d(a, b, 1, 'valid')))([x, filter]);
  for (const [name, got, wanted] of [
    ['matMul', product, '19,22,43,50'],
    ['the input gradient of conv2d', dx, '1,3,2,4,10,6,3,7,4'],
    ['the filter gradient of conv2d', dFilter, '12,16,24,28'],
  ]) {
    const values = Array.from(got.dataSync()).join();
    if (values !== wanted) throw new Error(`${name} gave ${values} instead of ${wanted}`);
  }
  const tensorflow = tf.backend().binding.TF_Version;
  if (tensorflow !== tensorflowVersion)
    process.stderr.write(`note: TensorFlow ${tensorflow}, built for ${tensorflowVersion}\n`);
  process.stdout.write(`${JSON.stringify({passed: true, tensorflow})}\n`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === script) {
  const [flag, file] = process.argv.slice(2);
  if (flag === '--self-test') {
    await selfTest(file).catch(error => {
      process.stderr.write(`${firstLine(error)}\n`);
      process.exitCode = 1;
    });
  } else if (flag === undefined || flag === '--force') {
    const result = await buildNative({force: flag === '--force', log: line => process.stdout.write(`${line}\n`)});
    process.stdout.write(
      result.ok
        ? `native engine ready: TensorFlow ${result.tensorflow}\n`
        : `native engine not built: ${result.reason}; cure: ${result.cure}\n`,
    );
    process.exitCode = result.ok ? 0 : 1;
  } else {
    process.stderr.write('Usage: node scripts/build-native.mjs [--force | --self-test FILE]\n');
    process.exitCode = 2;
  }
}
