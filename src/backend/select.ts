/**
 * Chooses what computes: native (TensorFlow itself) → wasm → cpu, the first that passes its self-test. WebGPU only when
 * it is asked for. One line says which and why not a better one.
 */
import {UserError, unknownChoice} from '../core/checks';
import {tf} from '../core/tensorflow';
import {repairCpuKernels} from './cpu';
import {repairGradients} from './gradients';
import {standInForNative, useNative} from './native';
import {nativeAvailability} from './native-availability';
import {useWasm} from './wasm/install';
import {useWebgpu} from './webgpu';

export type BackendName = 'native' | 'wasm' | 'cpu' | 'webgpu';

export interface BackendInfo {
  readonly name: BackendName;
  /** Threads that compute; 1 on every backend but native, and wasm where more were asked for. */
  readonly threads: number;
  /** TensorFlow's version on native, TensorFlow.js's elsewhere. */
  readonly version: string;
  /** `backend: native (TensorFlow 2.21.0, 2 threads)`. */
  readonly line: string;
  /** Why a faster backend was not taken, with the cure; null where there is none, or the choice was made by name. */
  readonly whyNotBetter: string | null;
}

const names: readonly BackendName[] = ['native', 'wasm', 'cpu', 'webgpu'];
const usualOrder: readonly BackendName[] = ['native', 'wasm', 'cpu'];

let current: BackendInfo | null = null;
let pending: Promise<BackendInfo> | null = null;

/**
 * Loads the backend, repairs it and makes it compute. Later calls return the first one's answer, unless they ask for another.
 *
 * @param options.prefer tried first; then the usual order. The environment variable MULTIMODAL_GAN_BACKEND goes above it,
 *   and forces: where that backend cannot be had, the call throws.
 */
export async function selectBackend(options: {readonly prefer?: BackendName} = {}): Promise<BackendInfo> {
  // One at a time: two choices at once would repair the same kernels twice.
  while (pending) await pending.catch(() => undefined);
  pending = choose(options.prefer);
  try {
    current = await pending;
    return current;
  } finally {
    pending = null;
  }
}

/** The backend in use; throws before `selectBackend`. */
export function backendInfo(): BackendInfo {
  if (!current) throw new UserError('Expected a backend to be chosen, got none yet; call await selectBackend() first.');
  return current;
}

async function choose(prefer: BackendName | undefined): Promise<BackendInfo> {
  const forced = process.env['MULTIMODAL_GAN_BACKEND'] || undefined;
  if (forced !== undefined && !isBackendName(forced)) throw unknownChoice('MULTIMODAL_GAN_BACKEND', forced, names);
  if (prefer !== undefined && !isBackendName(prefer)) throw unknownChoice('backend', prefer, names);
  const asked = (forced as BackendName | undefined) ?? prefer;
  if (current && (asked === undefined || asked === current.name)) return current;

  const order = asked ? [asked, ...usualOrder.filter(name => name !== asked)] : usualOrder;
  const refusals: string[] = [];
  for (const name of order) {
    const result = await tryBackend(name);
    if ('line' in result) {
      const better = refusals.length > 0 ? refusals.join('; ') : null;
      return {...result, whyNotBetter: better, line: better ? `${result.line}; ${better}` : result.line};
    }
    if (forced)
      throw new UserError(`MULTIMODAL_GAN_BACKEND=${name} cannot be had: ${result.reason}; cure: ${result.cure}.`);
    refusals.push(`${name} is not available: ${result.reason}; cure: ${result.cure}`);
  }
  throw new UserError(`No backend computes rightly here: ${refusals.join('; ')}.`);
}

type Attempt = Omit<BackendInfo, 'whyNotBetter'> | {reason: string; cure: string};

async function tryBackend(name: BackendName): Promise<Attempt> {
  try {
    const described = await load(name);
    if ('reason' in described) return described;
    repairGradients();
    await selfTest();
    if (name !== 'native') standInForNative();
    return described;
  } catch (error) {
    if (error instanceof UserError) throw error;
    return {reason: String((error as Error).message ?? error).split('\n')[0]!, cure: 'run npm ci'};
  }
}

async function load(name: BackendName): Promise<Attempt> {
  if (name === 'native') {
    const availability = nativeAvailability();
    if (!availability.ready) return availability;
    const threads = useNative();
    await tf.setBackend('tensorflow');
    return describe(name, threads, availability.version);
  }
  if (name === 'wasm') {
    const {kernels, why, threads, whyNotThreads, wide, whyNotWide} = await useWasm();
    const note = kernels === 'companion' ? '' : withoutCompanion(why);
    const how = wide ? ', eight numbers at a time' : '';
    const few = whyNotThreads ? `; no more threads: ${whyNotThreads}` : '';
    const four = whyNotWide ? `; four numbers at a time: ${whyNotWide}` : '';
    return describe(name, threads, tf.version['tfjs-core']!, note + how + few + four);
  }
  if (name === 'cpu') await useCpu();
  if (name === 'webgpu') {
    const refusal = await useWebgpu();
    if (refusal) return refusal;
  }
  return describe(name, 1, tf.version['tfjs-core']!);
}

async function useCpu(): Promise<void> {
  // Otherwise the first tensor prints a banner that advises tfjs-node.
  (tf.findBackend('cpu') as unknown as {firstUse: boolean}).firstUse = false;
  repairCpuKernels();
  await tf.setBackend('cpu');
}

function withoutCompanion(why: string | null): string {
  return `, without its companion module${why ? `: ${why}` : ''}`;
}

function describe(name: BackendName, threads: number, version: string, note = ''): Omit<BackendInfo, 'whyNotBetter'> {
  const count = `${threads} thread${threads === 1 ? '' : 's'}${note}`;
  const what = name === 'native' ? `TensorFlow ${version}, ${count}` : name === 'webgpu' ? 'GPU' : count;
  return {name, threads, version, line: `backend: ${name} (${what})`};
}

/** One product and the gradients of one convolution against values worked by hand. */
async function selfTest(): Promise<void> {
  const results = tf.tidy(() => {
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
    const convolve = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      tf.sum(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'valid'));
    const [dx, dFilter] = tf.grads(convolve)([x, filter]);
    return tf.concat([product.flatten(), dx!.flatten(), dFilter!.flatten()]);
  });
  const wanted = [19, 22, 43, 50, 1, 3, 2, 4, 10, 6, 3, 7, 4, 12, 16, 24, 28];
  const got = await results.data();
  results.dispose();
  const wrong = wanted.findIndex((value, i) => !(Math.abs(got[i]! - value) < 1e-3));
  if (wrong >= 0) throw new Error(`its self-test gave ${got[wrong]} instead of ${wanted[wrong]}`);
}

function isBackendName(name: string): name is BackendName {
  return (names as readonly string[]).includes(name);
}
