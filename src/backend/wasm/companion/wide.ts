/**
 * Eight numbers at a time: WebAssembly has instructions for four, and V8 has a pass that makes one on eight of two on four. The
 * numbers are computed one by one as before, so results keep their bits.
 *
 * The pass is an experiment of V8's and off. Node 20 lacks it, Node 22's does not see sums in loops, Node 26's ends the process
 * in some kernels; in Node 24 it does what it should, and only this module is compiled with it.
 */
import {readFileSync} from 'node:fs';
import {setFlagsFromString} from 'node:v8';
import type {Heap, Kernels} from './module';

/** Of Node 24. */
const knownV8 = '13.6.';

/** Why this program cannot compute eight numbers at a time; null where it can. */
export function whyNotWide(): string | null {
  if (!process.versions.v8.startsWith(knownV8)) return `Node 24 can, and this is Node ${process.versions.node}`;
  if (process.arch !== 'x64') return `x64 processors can, and this is ${process.arch}`;
  return hasAvx2() ? null : 'the processor has no AVX2';
}

function hasAvx2(): boolean {
  try {
    return / avx2( |$)/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    // No such file: not Linux. Processors for other systems have had it for as long as Node 24 runs there.
    return true;
  }
}

/** Whole and at once, by the optimising compiler, because V8 reads its flags while it compiles; then they are as they were. */
export function compileWide(binary: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const flags = ['experimental-wasm-revectorize', 'no-liftoff', 'no-wasm-lazy-compilation'];
  const usual = ['no-experimental-wasm-revectorize', 'liftoff', 'wasm-lazy-compilation'];
  try {
    for (const flag of flags) setFlagsFromString(`--${flag}`);
    // With a section of its own (id 0, 2 bytes: a name of 1, w), or V8 would give back what it has compiled of the same bytes.
    return new WebAssembly.Module(Uint8Array.of(...binary, 0, 2, 1, 119));
  } finally {
    for (const flag of usual) setFlagsFromString(`--${flag}`);
  }
}

/** Sizes with whole tiles and with what is left over of them: rows, terms of a sum, columns. */
const usualSizes = [
  [37, 43, 41],
  [8, 1030, 16],
] as const;

/** @throws where a product of numbers drawn once, in any of the four orders of the operands, has other bits. */
export function assertSameProducts(
  narrow: Kernels,
  wide: Kernels,
  heap: Heap,
  sizes: readonly (readonly [rows: number, terms: number, columns: number])[] = usualSizes,
): void {
  for (const [rows, k, columns] of sizes) {
    const [sizeA, sizeB, sizeC] = [rows * k, k * columns, rows * columns];
    const numbers = sizeA + sizeB + 2 * sizeC;
    const scratchBytes = narrow['productScratch']!(k);
    const address = heap._malloc(4 * numbers + scratchBytes);
    try {
      const [a, b, c] = [address, address + 4 * sizeA, address + 4 * (sizeA + sizeB)];
      const other = c + 4 * sizeC;
      // Seen anew: the heap may have grown.
      const view = (from: number, count: number) => new Float32Array(heap.HEAP32.buffer, from, count);
      view(a, sizeA + sizeB).forEach((_, i, all) => {
        all[i] = Math.sin(i * i);
      });
      for (const [transposeA, transposeB] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ] as const) {
        const rest = [rows, k, columns, 0, 0, transposeA, transposeB] as const;
        const tasks = narrow['numProductTasks']!(rows, k, columns, 1, transposeA, transposeB);
        narrow['product']!(0, tasks, address + 4 * numbers, a, b, c, ...rest, 0);
        wide['product']!(0, tasks, address + 4 * numbers, a, b, other, ...rest, 1);
        const same = view(c, sizeC).every((value, i) => Object.is(value, view(other, sizeC)[i]));
        if (!same) throw new Error('eight numbers at a time gave other bits than four');
      }
    } finally {
      heap._free(address);
    }
  }
}
