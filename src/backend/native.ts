/**
 * The native engine: @tensorflow/tfjs-node over the TensorFlow library that `scripts/build-native.mjs` builds.
 *
 * A binding that does not fit its library or processor ends the process instead of throwing. So nothing is loaded here
 * that has not passed a self-test in a process of its own; the result lies beside the binding, with the binding's hash.
 */
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire, Module} from 'node:module';
import {availableParallelism} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import type * as util from 'node:util';
import {expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {addNativeKernels} from './native-kernels';

export type Availability = {ready: true; version: string} | {ready: false; reason: string; cure: string};

/** From src/backend and from dist/backend alike. */
const packageRoot = resolve(__dirname, '..', '..');
const buildScript = join(packageRoot, 'scripts', 'build-native.mjs');
const rebuild = 'run npm run setup';

/** Whether the native engine can be used, without loading it: from files, in milliseconds, unless a new binding is to be tested. */
export function nativeAvailability(): Availability {
  const folder = packageFolder('@tensorflow/tfjs-node');
  if (!folder) return {ready: false, reason: '@tensorflow/tfjs-node is not installed', cure: 'run npm ci'};
  const binding = join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
  if (!existsSync(binding)) return lastFailure() ?? {ready: false, reason: 'it has not been built yet', cure: rebuild};
  const stampFile = join(dirname(binding), 'self-test.json');
  const sha256 = createHash('sha256').update(readFileSync(binding)).digest('hex');
  const known = readJson(stampFile);
  const stamp =
    known?.['abi'] === process.versions.modules && known['sha256'] === sha256
      ? known
      : {...selfTest(binding), abi: process.versions.modules, sha256};
  if (stamp !== known) remember(stampFile, stamp);
  if (stamp['failed'])
    return {ready: false, reason: `its self-test failed: ${stamp['failed']}`, cure: `${rebuild} -- --force`};
  return {ready: true, version: String(stamp['tensorflow'])};
}

/** Makes native the engine that computes; call only where `nativeAvailability` says ready. Returns the number of threads. */
export function useNative(): number {
  const threads = nativeThreads();
  // TensorFlow reads these once, when the library is loaded.
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads);
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreUtil();
  for (const file of standIns) delete require.cache[file];
  standIns.clear();
  require('@tensorflow/tfjs-node');
  if (!tf.findBackend('tensorflow')) throw new Error('@tensorflow/tfjs-node was loaded over another TensorFlow.js');
  addNativeKernels();
  return threads;
}

/**
 * danfojs-node requires @tensorflow/tfjs-node by name. Where another engine was chosen, give it the TensorFlow.js that is
 * in use: the real package would throw without its binding, and would switch engines behind our back with it.
 */
export function standInForNative(): void {
  for (const from of [packageRoot, packageFolder('danfojs-node')]) {
    if (!from) continue;
    const find = createRequire(join(from, 'package.json'));
    let file: string;
    try {
      file = find.resolve('@tensorflow/tfjs-node');
    } catch {
      continue;
    }
    if (require.cache[file]) continue;
    require.cache[file] = Object.assign(new Module(file), {exports: tf, loaded: true});
    standIns.add(file);
  }
}

const standIns = new Set<string>();

/** TF_NUM_INTRAOP_THREADS, else every core that this process may use, which is TensorFlow's own choice too. */
export function nativeThreads(): number {
  const asked = process.env['TF_NUM_INTRAOP_THREADS'];
  if (asked === undefined || asked === '' || asked === '0') return availableParallelism();
  const threads = Number(asked);
  if (!Number.isInteger(threads) || threads < 1) throw expected('TF_NUM_INTRAOP_THREADS', 'a positive integer', asked);
  return threads;
}

/** Node 23 removed two functions that tfjs-node 4.22 calls. */
function restoreUtil(): void {
  const mutable = require('node:util') as Record<string, unknown> & typeof util;
  mutable['isArray'] ??= Array.isArray;
  mutable['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
}

function selfTest(binding: string): Record<string, unknown> {
  if (!existsSync(buildScript)) return {failed: `${buildScript} is missing`};
  const {status, signal, stdout, stderr, error} = spawnSync(process.execPath, [buildScript, '--self-test', binding], {
    cwd: packageRoot,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status === 0) return {tensorflow: (JSON.parse(stdout) as {tensorflow: string}).tensorflow};
  return {failed: error?.message ?? (signal ? `it ended with ${signal}` : (stderr.trim().split('\n').at(-1) ?? ''))};
}

function remember(file: string, stamp: Record<string, unknown>): void {
  try {
    writeFileSync(file, JSON.stringify(stamp));
  } catch {
    // A read-only installation tests again at the next start; nothing is lost but two seconds.
  }
}

/** What the last set-up said when it could not build the engine. */
function lastFailure(): Availability | null {
  const name = `failed-abi${process.versions.modules}-${process.platform}-${process.arch}.json`;
  const known = readJson(join(packageRoot, '.cache', 'native', name));
  return known ? {ready: false, reason: String(known['reason']), cure: String(known['cure'])} : null;
}

function packageFolder(name: string): string | null {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

function readJson(file: string): Record<string, unknown> | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}
