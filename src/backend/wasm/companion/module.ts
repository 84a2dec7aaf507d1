/** What the companion module exports and where it computes, as types. */

/** Exports of scripts/kernels/tensor/index.ts; addresses and counts are 32-bit integers. */
export type Kernels = Readonly<Record<string, (...numbers: number[]) => number>>;

/** The memory of TensorFlow.js's own module, and its allocator. */
export interface Heap {
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
}
