/**
 * What the kernels of this folder share: tensors on the heap of the wasm backend, seen from JavaScript.
 *
 * The tfjs packages are pinned to 4.22.0, because fields are used here that they do not promise: `wasm`, `dataIdMap`.
 */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {UserError} from '../../core/checks';
import {tf} from '../../core/tensorflow';

export type TensorInfo = tf.TensorInfo;
export type Attributes = Readonly<Record<string, unknown>>;

/** A kernel as this folder writes one: inputs by name, attributes, and the backend whose heap the tensors lie on. */
export type WasmKernel = (
  inputs: Readonly<Record<string, TensorInfo>>,
  attributes: Attributes,
  backend: BackendWasm,
) => TensorInfo;

/** The 32-bit heap is full. Without this error TensorFlow.js writes at address 0 and goes on. */
export class HeapExhaustedError extends UserError {
  override readonly name = 'HeapExhaustedError';
  constructor(
    readonly askedBytes: number,
    readonly usedBytes: number,
  ) {
    super(
      `The wasm heap is full: ${inMegabytes(askedBytes)} were asked for and ${inMegabytes(usedBytes)} are in use, of at most 4295 MB. Use a smaller batch or the native backend.`,
    );
  }
}

/**
 * Puts `build(stock)` in the place of the kernel `name`; `stock` is the backend's own, which throws where it has none.
 * Calling it again replaces the replacement: see `install.ts`, which calls it once.
 */
export function replaceKernel(name: string, build: (stock: WasmKernel) => WasmKernel): void {
  const existing = tf.getKernel(name, 'wasm');
  const stock: WasmKernel = (inputs, attributes, backend) => {
    if (!existing) throw new Error(`The wasm backend has no kernel ${name}.`);
    return existing.kernelFunc({inputs, attrs: attributes, backend} as Parameters<tf.KernelFunc>[0]) as TensorInfo;
  };
  const kernel = build(stock);
  if (existing) tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({
    kernelName: name,
    backendName: 'wasm',
    kernelFunc: ({inputs, attrs, backend}) =>
      kernel(inputs as Record<string, TensorInfo>, (attrs ?? {}) as Attributes, backend as BackendWasm),
  });
}

/** Runs another kernel of the backend. The caller owns the result: `release` it, or return it. */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attributes: Attributes,
  backend: BackendWasm,
): TensorInfo {
  const kernel = tf.getKernel(name, 'wasm');
  if (!kernel) throw new Error(`The wasm backend has no kernel ${name}.`);
  return kernel.kernelFunc({inputs, attrs: attributes, backend} as Parameters<tf.KernelFunc>[0]) as TensorInfo;
}

export function release(tensor: TensorInfo, backend: BackendWasm): void {
  backend.disposeData(tensor.dataId);
}

/** The same memory under another shape of the same size. */
export function withShape(tensor: TensorInfo, shape: number[]): TensorInfo {
  return {dataId: tensor.dataId, dtype: tensor.dtype, shape};
}

/**
 * The kernel Identity. The backend's own copies the memory; and TensorFlow.js makes a clone of every tensor that a gradient
 * needs later, so a training step copied each weight and activation several times. Memory is counted, so a second name will
 * do; nothing but the fused optimizer writes into a tensor, and that looks at the count.
 */
export function identity(stock: WasmKernel): WasmKernel {
  return (inputs, attributes, backend) => {
    const x = inputs['x']!;
    if (x.dtype === 'string') return stock(inputs, attributes, backend);
    backend.incRef(x.dataId);
    return {dataId: x.dataId, shape: x.shape, dtype: x.dtype};
  };
}

/** The tensor's memory itself, not a copy. Take it after the last allocation: a heap that grows detaches older views. */
export function floatsOf(tensor: TensorInfo, backend: BackendWasm): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/**
 * A part of a tensor as a tensor, without a copy: `shape` numbers from the number `start` on. End it with `releaseView`.
 * Each view gets a data id of its own, because XNNPACK remembers packed weights by id.
 */
export function viewOf(tensor: TensorInfo, start: number, shape: number[], backend: BackendWasm): TensorInfo {
  const {memoryOffset} = backend.dataIdMap.get(tensor.dataId);
  return backend.makeOutput(shape, tensor.dtype, memoryOffset + start * 4);
}

/** Forgets the view and what XNNPACK remembers of it; the memory stays with the tensor that it shows. */
export function releaseView(view: TensorInfo, backend: BackendWasm): void {
  tfjsCalls(backend).disposeData(backend.dataIdMap.get(view.dataId).id);
  backend.dataIdMap.delete(view.dataId);
}

/** The memory in which the backend computes: its module's own, or the one that it was given to share with threads. */
export function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const wasm = backend.wasm as unknown as {
    readonly asm: {readonly memory?: WebAssembly.Memory};
    readonly wasmMemory?: WebAssembly.Memory;
  };
  return (wasm.asm.memory ?? wasm.wasmMemory)!;
}

/** Number by which the C++ side knows a tensor. */
export function idOf(tensor: TensorInfo, backend: BackendWasm): number {
  return backend.dataIdMap.get(tensor.dataId).id;
}

/** Kernels that take numbers four or sixteen at a time may read this far behind a tensor, which must not be the memory's end. */
const slackBytes = 64;

/** Makes allocation fail loudly: checks every pointer that malloc gives. */
export function guardHeap(backend: BackendWasm): void {
  const heap = backend.wasm as unknown as {
    _malloc: (bytes: number) => number;
    readonly asm: {malloc: (bytes: number) => number};
    readonly HEAPU8: Uint8Array;
  };
  // Not `heap._malloc`, which at its first call puts asm.malloc in its own place, and so would undo the guard.
  const {malloc} = heap.asm;
  heap._malloc = bytes => {
    // A wasm argument has 32 bits: 2^32 + 16 bytes would be understood as 16.
    const pointer = bytes + slackBytes < 2 ** 32 ? malloc(bytes + slackBytes) >>> 0 : 0;
    if (bytes > 0 && (pointer === 0 || pointer + bytes > heap.HEAPU8.length)) {
      throw new HeapExhaustedError(bytes, tf.engine().state.numBytes);
    }
    return pointer;
  };
}

function tfjsCalls(backend: BackendWasm): {disposeData(id: number): void} {
  return (backend.wasm as unknown as {tfjs: {disposeData(id: number): void}}).tfjs;
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
