/** The wasm backend of TensorFlow.js with the kernels of this folder in it. */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {expected, unknownChoice} from '../../core/checks';
import {tf} from '../../core/tensorflow';
import {refuseWideStrides} from '../conv3d';
import {saveWithoutClones} from '../saved-tensors';
import {arithmetic, companionBinary} from './companion/binary';
import {Companion} from './companion/companion';
import {companionConv2d, companionFilterGradient, companionInputGradient} from './companion/convolution';
import {
  companionLeakyRelu,
  companionLeakyReluGradient,
  companionSegmentSum,
  companionTanh,
} from './companion/elementwise';
import {companionConcat, companionSlice, companionSplit} from './companion/parts';
import {companionMatMul} from './companion/product';
import {companionSum} from './companion/reduction';
import {assertSameBits} from './companion/same-bits';
import {whyNotWide} from './companion/wide';
import {conv2d, conv2dFilterGradient, conv2dInputGradient} from './convolution';
import {dilation2d, dilation2dFilterGradient, dilation2dInputGradient} from './dilation';
import {clipByValue, leakyRelu, leakyReluGradient, prelu, relu6, tanh} from './elementwise';
import {conv3dFilterGradient, conv3dInputGradient, maxPoolGradient} from './gradients';
import {guardHeap, identity, replaceKernel} from './heap';
import {batchMatMul, fusedConv2d, fusedMatMul} from './matmul';
import {unsortedSegmentSum} from './segment-sum';
import {registerSharedBackend} from './threaded';

/** The most threads that are started. */
const maxThreads = 16;

/** What computes the heavy kernels: the companion module, or compositions of the backend's own kernels. */
export type WasmKernels = 'companion' | 'composed';
const kinds: readonly WasmKernels[] = ['companion', 'composed'];

export interface WasmState {
  readonly kernels: WasmKernels;
  /** Why it is not the companion module; null where it is, or where the composed ones were asked for. */
  readonly why: string | null;
  /** That compute the heavy kernels. */
  readonly threads: number;
  /** Why they are not as many as were asked for. */
  readonly whyNotThreads: string | null;
  /** Whether the heavy kernels compute eight numbers at a time. */
  readonly wide: boolean;
  /** Why they do not, though it was asked for. */
  readonly whyNotWide: string | null;
}

let installed: WasmState | null = null;

/**
 * Makes wasm the backend that computes. Loads it at the first call; throws where it cannot be started.
 * MULTIMODAL_GAN_WASM_KERNELS=composed does without the companion module, MULTIMODAL_GAN_WASM_THREADS=2 gives it threads,
 * MULTIMODAL_GAN_WASM_WIDE=1 lets it compute eight numbers at a time: the results are those without, to the last bit.
 */
export async function useWasm(): Promise<WasmState> {
  if (installed) {
    await start();
    return installed;
  }
  const asked = process.env['MULTIMODAL_GAN_WASM_KERNELS'] || 'companion';
  const kind = kinds.find(one => one === asked);
  if (!kind) throw unknownChoice('MULTIMODAL_GAN_WASM_KERNELS', asked, kinds);
  const wanted = threadsAsked();
  const wideAsked = isWideAsked();
  let whyNotThreads: string | null = null;
  require('@tensorflow/tfjs-backend-wasm');
  if (wanted > 1 && kind === 'companion') {
    await registerSharedBackend().catch((error: unknown) => {
      whyNotThreads = firstLine(error);
    });
  }
  await start();
  const backend = tf.backend() as BackendWasm;
  guardHeap(backend);
  saveWithoutClones();
  replaceWithCompositions();
  let why: string | null = null;
  let threads = 1;
  let kernels: WasmKernels = kind;
  let wide = false;
  let noWide = wideAsked ? 'only the companion module has kernels for eight' : null;
  if (kind === 'companion') {
    try {
      threads = whyNotThreads === null ? wanted : 1;
      const built = buildCompanion(backend, threads, wideAsked);
      replaceWithCompanion(built.companion);
      [wide, noWide] = [built.companion.wide, built.whyNotWide];
    } catch (error) {
      kernels = 'composed';
      threads = 1;
      why = firstLine(error);
    }
  }
  installed = {kernels, why, threads, whyNotThreads, wide, whyNotWide: noWide};
  return installed;
}

/** @throws where the module cannot be instantiated. */
function buildCompanion(
  backend: BackendWasm,
  threads: number,
  wideAsked: boolean,
): {companion: Companion; whyNotWide: string | null} {
  let why = wideAsked ? whyNotWide() : null;
  if (wideAsked && why === null) {
    try {
      const companion = new Companion(backend, threads, true);
      assertSameBits(companion, new Companion(backend));
      return {companion, whyNotWide: null};
    } catch (error) {
      why = firstLine(error);
    }
  }
  return {companion: new Companion(backend, threads), whyNotWide: why};
}

async function start(): Promise<void> {
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly could not be started');
}

function threadsAsked(): number {
  const asked = process.env['MULTIMODAL_GAN_WASM_THREADS'] || '1';
  const count = Number(asked);
  if (!Number.isInteger(count) || count < 1 || count > maxThreads) {
    throw expected('MULTIMODAL_GAN_WASM_THREADS', `a whole number from 1 to ${maxThreads}`, asked);
  }
  return count;
}

function isWideAsked(): boolean {
  const asked = process.env['MULTIMODAL_GAN_WASM_WIDE'] || '0';
  if (asked !== '0' && asked !== '1') throw expected('MULTIMODAL_GAN_WASM_WIDE', '0 or 1', asked);
  return asked === '1';
}

function firstLine(error: unknown): string {
  return String((error as Error).message ?? error).split('\n')[0]!;
}

function replaceWithCompositions(): void {
  replaceKernel('Identity', identity);
  replaceKernel('BatchMatMul', batchMatMul);
  replaceKernel('_FusedMatMul', () => fusedMatMul);
  replaceKernel('Conv2D', conv2d);
  replaceKernel('Conv2DBackpropFilter', () => conv2dFilterGradient);
  replaceKernel('Conv2DBackpropInput', () => conv2dInputGradient);
  replaceKernel('UnsortedSegmentSum', () => unsortedSegmentSum);
  replaceKernel('Tanh', () => tanh);
  replaceKernel('LeakyRelu', leakyRelu);
  replaceKernel('LeakyReluGrad', () => leakyReluGradient);
  replaceKernel('Prelu', () => prelu);
  replaceKernel('ClipByValue', () => clipByValue);
  replaceKernel('Relu6', () => relu6);
  replaceKernel('MaxPoolGrad', () => maxPoolGradient);
  replaceKernel('Conv3DBackpropInputV2', () => conv3dInputGradient);
  replaceKernel('Conv3DBackpropFilterV2', () => conv3dFilterGradient);
  replaceKernel('Dilation2D', () => dilation2d);
  replaceKernel('Dilation2DBackpropInput', () => dilation2dInputGradient);
  replaceKernel('Dilation2DBackpropFilter', () => dilation2dFilterGradient);
  replaceKernel('FusedConv2D', () => fusedConv2d);
  refuseWideStrides('wasm');
}

/** Over the compositions, which take what the module does not. */
function replaceWithCompanion(companion: Companion): void {
  replaceKernel('BatchMatMul', companionMatMul(companion));
  replaceKernel('Conv2D', companionConv2d(companion));
  replaceKernel('Conv2DBackpropFilter', () => companionFilterGradient(companion));
  replaceKernel('Conv2DBackpropInput', () => companionInputGradient(companion));
  replaceKernel('UnsortedSegmentSum', companionSegmentSum(companion));
  replaceKernel('LeakyRelu', companionLeakyRelu(companion));
  replaceKernel('LeakyReluGrad', () => companionLeakyReluGradient(companion));
  replaceKernel('Tanh', () => companionTanh(companion));
  replaceKernel('Sum', companionSum(companion, false));
  replaceKernel('Mean', companionSum(companion, true));
  replaceKernel('Concat', companionConcat(companion));
  replaceKernel('SplitV', companionSplit(companion));
  replaceKernel('Slice', companionSlice(companion));
  for (const [name, ours] of Object.entries(arithmetic)) replaceKernel(name, companionBinary(companion, ours));
}
