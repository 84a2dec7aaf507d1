/**
 * Whether the native engine can be used, found out without loading it, and without loading TensorFlow.js.
 *
 * A binding that does not fit its library or processor ends the process instead of throwing. So only what has passed a
 * self-test in a process of its own is ever loaded; the result lies beside the binding, with the binding's hash.
 */
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';

export type Availability = {ready: true; version: string} | {ready: false; reason: string; cure: string};

/** From src/backend and from dist/backend alike. */
export const packageRoot = resolve(__dirname, '..', '..');
const buildScript = join(packageRoot, 'scripts', 'build-native.mjs');
const rebuild = 'run npm run setup';

/** Whether the native engine can be used, without loading it: from files, in milliseconds, unless a new binding is to be tested. */
export function nativeAvailability(): Availability {
  const folder = packageFolder('@tensorflow/tfjs-node');
  if (!folder) return {ready: false, reason: '@tensorflow/tfjs-node is not installed', cure: 'run npm ci'};
  const binding = join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
  if (!existsSync(binding)) return lastFailure() ?? {ready: false, reason: 'it has not been built yet', cure: rebuild};
  const stampFile = join(dirname(binding), `self-test-abi${process.versions.modules}.json`);
  const sha256 = createHash('sha256').update(readFileSync(binding)).digest('hex');
  const known = readJson(stampFile);
  const isCurrent = known?.['sha256'] === sha256;
  if (!isCurrent && !existsSync(buildScript))
    return {ready: false, reason: 'its self-test is missing', cure: 'reinstall the package'};
  const stamp = isCurrent ? known : {...selfTest(binding), sha256};
  if (!isCurrent) remember(stampFile, stamp);
  if (stamp['failed']) return {ready: false, reason: `its self-test failed: ${stamp['failed']}`, cure: rebuild};
  return {ready: true, version: String(stamp['tensorflow'])};
}

function selfTest(binding: string): Record<string, unknown> {
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

/** Where a package lies, or null where it is not installed. */
export function packageFolder(name: string): string | null {
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
