/**
 * The native engine: @tensorflow/tfjs-node over the TensorFlow library that `scripts/build-native.mjs` builds. Loaded only
 * after `nativeAvailability` has said that it is safe.
 */
import {createRequire, Module} from 'node:module';
import {join} from 'node:path';
import {tf} from '../core/tensorflow';
import {packageFolder, packageRoot} from './native-availability';
import {addNativeKernels} from './native-kernels';
import {nativeThreads} from './native-threads';

/** Files in require.cache that hold `tf` in the place of the real package. */
const standIns = new Set<string>();

/** Makes native the engine that computes; call only where `nativeAvailability` says ready. Returns the number of threads. */
export function useNative(): number {
  const threads = nativeThreads();
  // TensorFlow reads these once, when the library is loaded.
  process.env['TF_NUM_INTRAOP_THREADS'] = String(threads.inOp);
  process.env['TF_NUM_INTEROP_THREADS'] = String(threads.ops);
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreUtil();
  for (const file of standIns) delete require.cache[file];
  standIns.clear();
  require('@tensorflow/tfjs-node');
  if (!tf.findBackend('tensorflow')) throw new Error('@tensorflow/tfjs-node was loaded over another TensorFlow.js');
  addNativeKernels();
  return threads.total;
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

/** tfjs-node 4.22 calls two functions that Node 22 warns about and Node 23 removed. */
function restoreUtil(): void {
  const mutable = require('node:util') as Record<string, unknown>;
  mutable['isArray'] = Array.isArray;
  mutable['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
}
