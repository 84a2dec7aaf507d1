/** Memory that the compiled kernels compute in, and the threads that share it. */
import {availableParallelism} from 'node:os';
import {Crew} from '../../backend/wasm/crew';
import {UserError} from '../../core/checks';
import {kernelsWasm} from './kernels-wasm';

/** Jobs of many independent tasks; their arguments are explained in scripts/kernels/numeric.ts. */
const jobs = [
  'productTask',
  'symmetricTimesVectorTask',
  'nearestOthersTask',
  'nearestRowsTask',
  'ballsTask',
  'cubicKernelTask',
] as const;
type JobName = (typeof jobs)[number];

interface Kernels extends Record<JobName, (task: number, thread: number, args: number) => void> {
  dot(n: number, a: number, b: number): number;
  addScaled(n: number, scale: number, x: number, y: number): void;
  choleskyColumn(a: number, n: number, column: number, from: number, pivot: number): void;
  squaredDistance(n: number, a: number, b: number): number;
}

/** Numbers in the kernels' memory: a view for TypeScript, an address for the kernels. */
export interface Block<V> {
  readonly address: number;
  readonly view: V;
}

/** Where an operand of a product stands: number (i, j) is at address + 8 · (i · rowStride + j · columnStride). */
export interface Operand {
  readonly address: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export interface ProductOptions {
  readonly rows: number;
  readonly columns: number;
  /** Numbers in a sum. */
  readonly depth: number;
  readonly mode: 'set' | 'add' | 'subtract';
  /** Only the lower half is wanted; the other is then undefined. */
  readonly lower?: boolean;
  /** What is known to be 0: above the diagonal of the right operand, or below that of the left one. */
  readonly triangle?: 'right' | 'left';
}

/** Bytes that a thread needs for packed blocks of a product, and for a tile of results. */
export const productScratch = 131200 + 256 * 512 * 8;
export const tileScratch = productScratch + 256 * 512 * 8;

/** Multiplications from which a job is worth the 40 ms that threads take to start. */
const worthThreads = 3e8;
const maxThreads = 8;
const pageBytes = 65536;

let compiled: WebAssembly.Module | undefined;

/** Memory of a fixed size, handed out from its start. Made by `withWorkspace`. */
export class Workspace {
  readonly kernels: Kernels;
  private readonly memory: WebAssembly.Memory;
  private readonly crew: Crew | null;
  private used = pageBytes;

  constructor(
    bytes: number,
    readonly threads: number,
  ) {
    compiled ??= new WebAssembly.Module(Buffer.from(kernelsWasm, 'base64'));
    const pages = Math.ceil(bytes / pageBytes) + 2;
    if (pages > 65536) {
      throw new UserError(
        `Expected a metric to need at most 4 GB, got ${(bytes / 2 ** 30).toFixed(1)} GB: give it fewer rows.`,
      );
    }
    this.memory = new WebAssembly.Memory({initial: pages, maximum: pages, shared: true});
    this.kernels = new WebAssembly.Instance(compiled, {env: {memory: this.memory}}).exports as unknown as Kernels;
    this.crew = threads > 1 ? new Crew(threads, compiled, this.memory, jobs) : null;
  }

  floats(count: number): Block<Float64Array> {
    const address = this.take(count * 8);
    return {address, view: new Float64Array(this.memory.buffer, address, count)};
  }

  ints(count: number): Block<Int32Array> {
    const address = this.take(count * 4);
    return {address, view: new Int32Array(this.memory.buffer, address, count)};
  }

  bytes(count: number): Block<Uint8Array> {
    const address = this.take(count);
    return {address, view: new Uint8Array(this.memory.buffer, address, count)};
  }

  /** Scratch of every thread: its address, and the bytes of one. */
  scratch(bytesPerThread: number): [address: number, bytes: number] {
    return [this.take(bytesPerThread * this.threads), bytesPerThread];
  }

  /** Does the tasks 0 … count - 1 of a job, on all threads; the order is open, the result is not. */
  run(job: JobName, count: number, args: readonly number[]): void {
    // The first page holds the arguments, so that nothing else can stand there.
    new Int32Array(this.memory.buffer, 0, args.length).set(args);
    if (this.crew && count > 1) {
      const calls = Array.from({length: count}, (_, task) => [task, 0, 0]);
      this.crew.run(job, this.kernels[job] as (...numbers: number[]) => void, calls, {place: 1, step: 1});
    } else {
      for (let task = 0; task < count; task++) this.kernels[job](task, 0, 0);
    }
  }

  /** C = or ± A B. */
  product(
    {rows, columns, depth, mode, lower = false, triangle}: ProductOptions,
    a: Operand,
    b: Operand,
    c: {readonly address: number; readonly rowStride: number},
    scratch: readonly [number, number],
  ): void {
    const tiles = Math.ceil(rows / 256) * Math.ceil(columns / 512);
    this.run('productTask', tiles, [
      ...[rows, columns, depth],
      ...[a.address, a.rowStride, a.columnStride, b.address, b.rowStride, b.columnStride, c.address, c.rowStride],
      ...[['set', 'add', 'subtract'].indexOf(mode), lower ? 1 : 0, triangle ? (triangle === 'right' ? 1 : 2) : 0],
      ...scratch,
    ]);
  }

  /** Everything handed out is free again. The memory is cleared, as new memory is. */
  reset(): void {
    new Uint8Array(this.memory.buffer, 0, this.used).fill(0);
    this.used = pageBytes;
  }

  close(): void {
    this.crew?.close();
  }

  private take(bytes: number): number {
    const address = this.used;
    this.used += Math.ceil(bytes / 64) * 64;
    if (this.used > this.memory.buffer.byteLength) throw new Error('the workspace is smaller than what is asked of it');
    return address;
  }
}

/** Small jobs are frequent (bootstrap), and each memory of its own costs address space: they share this one. */
const smallBytes = 16 * 2 ** 20;
let small: Workspace | undefined;
let smallInUse = false;

/**
 * Runs `use` with a workspace that ends with it.
 *
 * @param need.floats numbers of 8 bytes; ints and bytes are counted as eighths by the caller, each block may add 64 bytes.
 * @param need.scratch bytes for each thread; @param need.multiplications decide whether threads are worth starting.
 */
export function withWorkspace<T>(
  need: {readonly floats: number; readonly scratch: number; readonly multiplications: number},
  use: (workspace: Workspace) => T,
): T {
  const wanted = need.multiplications >= worthThreads ? Math.min(maxThreads, availableParallelism()) : 1;
  const bytes = need.floats * 8 + need.scratch * wanted + 64 * 64;
  // A metric inside a metric gets a memory of its own.
  if (wanted === 1 && bytes <= smallBytes && !smallInUse) {
    small ??= new Workspace(smallBytes, 1);
    smallInUse = true;
    try {
      return use(small);
    } finally {
      small.reset();
      smallInUse = false;
    }
  }
  const workspace = new Workspace(bytes, wanted);
  try {
    return use(workspace);
  } finally {
    workspace.close();
  }
}
