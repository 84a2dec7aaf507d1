/**
 * The companion module: SIMD kernels (scripts/kernels/tensor) that compute in the memory of TensorFlow.js's own wasm module.
 *
 * It has no data, no globals and no stack of its own there, so it takes nothing that is not given to it. What it needs for
 * a while it gets from the backend's allocator, and keeps for the next time.
 */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {Crew} from '../crew';
import {memoryOf} from '../heap';
import {kernelsWasm, sharedKernelsWasm} from './kernels-wasm';
import {compileWide} from './wide';

type Numbers = readonly number[];

/** Kernels whose calls are shared out to threads; all their arguments are 32-bit integers. */
const sharedOut = ['product', 'convolve', 'convolveBack', 'prepareChunk', 'sumFilter'] as const;
export type SharedKernel = (typeof sharedOut)[number];
/** Multiplications from which a job is worth waking a thread. */
const worthThreads = 1e6;

/** Exports of scripts/kernels/tensor/index.ts; addresses and counts are 32-bit integers. */
type Kernels = Readonly<Record<string, (...numbers: number[]) => number>>;

interface Heap {
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
      // Also where there is no more: what has been freed is not freed again.
      [this.address, this.bytes] = [0, 0];
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
  private readonly crew: Crew | null = null;

  /**
   * @param threads above 1 only over memory that can be shared (`threaded.ts`).
   * @param wide eight numbers at a time instead of four, in the heavy kernels; only where `whyNotWide` says nothing against it,
   *   and to be held against four by `assertSameBits` before it is used.
   * @throws where the module cannot be instantiated: no SIMD, or a memory that cannot be shared with it.
   */
  constructor(
    readonly backend: BackendWasm,
    readonly threads = 1,
    readonly wide = false,
  ) {
    this.heap = backend.wasm as unknown as Heap;
    const memory = memoryOf(backend);
    const isShared = memory.buffer instanceof SharedArrayBuffer;
    const binary = Buffer.from(isShared ? sharedKernelsWasm : kernelsWasm, 'base64');
    const kernelsOf = (compiled: WebAssembly.Module) =>
      new WebAssembly.Instance(compiled, {env: {memory}}).exports as Kernels;
    const usual = new WebAssembly.Module(binary);
    const module = wide ? compileWide(binary) : usual;
    const heavy = kernelsOf(module);
    this.kernels = wide
      ? {...kernelsOf(usual), ...Object.fromEntries(sharedOut.map(name => [name, heavy[name]!]))}
      : heavy;
    this.own = new Arena(this.heap);
    this.shared = new Arena(this.heap);
    this.numbers = this.heap._malloc(256);
    if (threads > 1) this.crew = new Crew(threads, module, memory, sharedOut);
  }

  /**
   * Makes the calls of one kernel, beside each other where there are threads.
   *
   * @param calls arguments in which the scratch of the first thread stands at `scratchPlace` (-1: it has none)
   * @param scratchBytes what was given to `scratch`
   * @param multiplications in all calls together
   */
  run(
    name: SharedKernel,
    calls: readonly Numbers[],
    scratchPlace: number,
    scratchBytes: number,
    multiplications: number,
  ): void {
    const kernel = this.kernels[name]!;
    if (this.crew && calls.length > 1 && multiplications >= worthThreads) {
      this.crew.run(name, kernel, calls, {place: scratchPlace, step: aligned(scratchBytes)});
    } else for (const call of calls) kernel(...call);
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

  /** Scratch that holds until the next call: what one task needs for itself, for each thread. */
  scratch(bytes: number): number {
    return this.own.take(aligned(bytes) * this.threads);
  }

  /** Scratch that holds until the next call: what the tasks of one kernel share. */
  common(bytes: number): number {
    return this.shared.take(bytes);
  }
}

/** Threads write to lines of the cache of their own. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
