/**
 * TensorFlow.js's wasm backend in memory that threads can share, for Node. Its own way to threads does not start there: it
 * loads its workers from a blob.
 *
 * The binary for threads is taken without its threads: with one it computes as the plain one does. The companion module's
 * own threads (crew.ts) do the heavy kernels.
 */
import os from 'node:os';
import {dirname, join} from 'node:path';
import worker from 'node:worker_threads';
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {tf} from '../../core/tensorflow';

interface Emscripten {
  cwrap(name: string, returns: string | null, types: readonly string[]): unknown;
  tfjs?: Record<string, unknown>;
}

type Factory = (options: Record<string, unknown>) => Promise<Emscripten>;

/** Registers the backend in the place of the usual one; `tf.setBackend('wasm')` then starts it. */
export async function registerSharedBackend(): Promise<void> {
  const name = '@tensorflow/tfjs-backend-wasm';
  const packageExports = require(name) as {
    BackendWasm: new (wasm: Emscripten) => BackendWasm;
    setThreadsCount(count: number): void;
  };
  const folder = join(dirname(require.resolve(`${name}/package.json`)), 'wasm-out');
  const script = join(folder, 'tfjs-backend-wasm-threaded-simd.js');
  const factory = require(script) as Factory;
  const wasmMemory = new WebAssembly.Memory({initial: 256, maximum: 65536, shared: true});
  const backend = await withoutWorkers(async () => {
    const wasm = await factory({
      wasmMemory,
      mainScriptUrlOrBlob: script,
      locateFile: (file: string) => join(folder, file),
    });
    wasm.tfjs = {
      init: wasm.cwrap('init', null, []),
      initWithThreadsCount: wasm.cwrap('init_with_threads_count', null, ['number']),
      getThreadsCount: wasm.cwrap('get_threads_count', 'number', []),
      registerTensor: wasm.cwrap('register_tensor', null, ['number', 'number', 'number']),
      disposeData: wasm.cwrap('dispose_data', null, ['number']),
      dispose: wasm.cwrap('dispose', null, []),
    };
    packageExports.setThreadsCount(1);
    return new packageExports.BackendWasm(wasm);
  });
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => backend, 2);
}

/** While `start` runs, workers are none, and the machine has one core, so that none is waited for. */
async function withoutWorkers<T>(start: () => Promise<T>): Promise<T> {
  const [{cpus}, {Worker}] = [os, worker];
  const mutable = worker as {Worker: unknown};
  const globals = globalThis as {Worker?: unknown};
  const globalWorker = Object.getOwnPropertyDescriptor(globals, 'Worker');
  os.cpus = () => cpus().slice(0, 1);
  mutable.Worker = NoWorker;
  try {
    return await start();
  } finally {
    os.cpus = cpus;
    mutable.Worker = Worker;
    if (globalWorker) Object.defineProperty(globals, 'Worker', globalWorker);
    else delete globals.Worker;
  }
}

/** Says that it has loaded whatever it is told to load. */
class NoWorker {
  private listener: (message: {cmd: string}) => void = () => {};

  on(event: string, listener: (message: {cmd: string}) => void): void {
    if (event === 'message') this.listener = listener;
  }

  postMessage({cmd}: {cmd: string}): void {
    if (cmd === 'load') queueMicrotask(() => this.listener({cmd: 'loaded'}));
  }

  ref(): void {}
  unref(): void {}
  terminate(): void {}
}
