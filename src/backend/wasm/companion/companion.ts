/**
 * The companion module: SIMD kernels (scripts/kernels/tensor) that compute in the memory of TensorFlow.js's own wasm module.
 *
 * It has no data, no globals and no stack of its own there, so it takes nothing that is not given to it. What it needs for
 * a while it gets from the backend's allocator, and keeps for the next time.
 */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {kernelsWasm} from './kernels-wasm';

type Numbers = readonly number[];

/** Exports of scripts/kernels/tensor/index.ts; addresses and counts are 32-bit integers. */
export type KernelName = 'product' | 'convolve' | 'convolveBack' | 'prepareChunk' | 'sumFilter';
type KernelFunction = (...numbers: number[]) => number;
type Kernels = Readonly<Record<string, KernelFunction>>;

interface Heap {
  readonly asm: {readonly memory: WebAssembly.Memory};
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Memory that grows when more is asked for, and is kept until then. */
class Arena {
  private address = 0;
  private bytes = 0;

  constructor(private readonly heap: Heap) {}

  /** @throws HeapExhaustedError */
  take(bytes: number): number {
    if (bytes > this.bytes) {
      if (this.address) this.heap._free(this.address);
      this.bytes = 0;
      this.address = this.heap._malloc(bytes);
      this.bytes = bytes;
    }
    return this.address;
  }
}

export class Companion {
  readonly kernels: Kernels;
  private readonly heap: Heap;
  private readonly own: Arena;
  private readonly shared: Arena;
  private readonly numbers: number;

  /** @throws where the module cannot be instantiated: no SIMD, or a memory that cannot be shared with it. */
  constructor(readonly backend: BackendWasm) {
    this.heap = backend.wasm as unknown as Heap;
    const module = new WebAssembly.Module(Buffer.from(kernelsWasm, 'base64'));
    this.kernels = new WebAssembly.Instance(module, {env: {memory: this.heap.asm.memory}}).exports as Kernels;
    this.own = new Arena(this.heap);
    this.shared = new Arena(this.heap);
    this.numbers = this.heap._malloc(256);
  }

  /** Address of a tensor's numbers. */
  address(tensor: {readonly dataId: object}): number {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** Writes up to 64 integers for the kernels to read; valid until the next call. */
  sizes(values: Numbers): number {
    this.heap.HEAP32.set(values, this.numbers >>> 2);
    return this.numbers;
  }

  /** Scratch that holds until the next call: what one task needs for itself. */
  scratch(bytes: number): number {
    return this.own.take(bytes);
  }

  /** Scratch that holds until the next call: what the tasks of one kernel share. */
  common(bytes: number): number {
    return this.shared.take(bytes);
  }
}
