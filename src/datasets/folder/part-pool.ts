/** Threads that read files while the caller computes. Orders are answered in any order; each promise is its own order's. */
import type {Worker} from 'node:worker_threads';
import {exitCodes, UserError} from '../../core/checks';
import {partSize} from './part-layout';
import type {FileModality} from './read-part';
import {startThread} from './thread';

export interface PoolData {
  readonly modalities: Readonly<Record<string, FileModality>>;
  /** Path of a module with `buildCodec`, for encoded parts. */
  readonly encoder: string | null;
  readonly maxBytes: number;
}

/** What a thread is started with. */
export interface ThreadData extends PoolData {
  /** One int32; not 0 once the thread shall read no further part and end. */
  readonly stop: SharedArrayBuffer;
}

export interface PartRequest {
  /** Of the modality. */
  readonly name: string;
  /** Real path. */
  readonly file: string;
  /** For messages. */
  readonly title: string;
}

export interface PartOrder {
  readonly id: number;
  readonly parts: readonly PartRequest[];
  /** 'nothing' looks whether the parts can be read, and answers with the problems alone. */
  readonly wanted: Wanted;
  /** Where the answer goes, if it fits; it comes back as the answer's buffer. */
  readonly room: ArrayBuffer | null;
}

/** Values of tensors (float32); pixels (bytes) and samples (float32); or nothing but problems. */
export type Wanted = 'encoded' | 'decoded' | 'nothing';

export interface PartAnswer {
  readonly id: number;
  /** The parts one after another, each of `partSize` bytes. */
  readonly buffer: ArrayBuffer;
  readonly problems: readonly {readonly index: number; readonly problem: string; readonly isUserError: boolean}[];
}

/** The bytes of each part, views of one buffer; an error where it could not be read. */
export type ReadParts = readonly (ArrayBufferView | UserError)[];

/** A thread keeps next to nothing; young garbage is to be collected early. */
const resourceLimits = {maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256};

const mostSpare = 8;

interface Waiting {
  readonly resolve: (answer: PartAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class PartPool {
  private readonly workers: Worker[];
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;
  /** Buffers of answers that nobody looks at any more. */
  private readonly spare: ArrayBuffer[] = [];
  private failure: Error | null = null;
  private readonly stop = new SharedArrayBuffer(4);

  /** @param threads 2 unless told: file reading and unpacking go on beside the training, which has threads of its own. */
  constructor(
    private readonly data: PoolData,
    threads = 2,
  ) {
    this.workers = Array.from({length: threads}, () => {
      const workerData: ThreadData = {...data, stop: this.stop};
      const worker = startThread('part-worker', {workerData, resourceLimits});
      worker.on('message', (answer: PartAnswer) => {
        this.waiting.get(answer.id)?.resolve(answer);
        this.waiting.delete(answer.id);
        // Without an order under way a program may end.
        if (this.waiting.size === 0 && !this.failure) for (const each of this.workers) each.unref();
      });
      worker.on('error', error => this.fail(error));
      worker.unref();
      return worker;
    });
  }

  get threads(): number {
    return this.workers.length;
  }

  /** Reads parts. Wanting nothing gives empty views, and errors where there are any. */
  async read(parts: readonly PartRequest[], wanted: Wanted = 'decoded'): Promise<ReadParts> {
    if (parts.length === 0) return [];
    if (this.failure) throw this.failure;
    const id = this.next++;
    const answer = await new Promise<PartAnswer>((resolve, reject) => {
      const room = wanted === 'nothing' ? null : (this.spare.pop() ?? null);
      const order: PartOrder = {id, parts, wanted, room};
      this.waiting.set(id, {resolve, reject});
      const worker = this.workers[id % this.workers.length]!;
      worker.ref();
      worker.postMessage(order, room ? [room] : []);
    });
    const out: (ArrayBufferView | UserError)[] = [];
    for (let i = 0, at = 0; i < parts.length; i++) {
      const spec = this.data.modalities[parts[i]!.name]!;
      const size = wanted === 'nothing' ? 0 : partSize(spec, wanted === 'encoded');
      const isBytes = wanted === 'decoded' && spec.kind === 'image';
      out.push(
        isBytes
          ? new Uint8Array(answer.buffer, at, spec.height * spec.width * spec.channels)
          : new Float32Array(answer.buffer, at, size / 4),
      );
      at += size;
    }
    for (const {index, problem, isUserError} of answer.problems) {
      if (!isUserError) throw new Error(problem);
      out[index] = new UserError(problem, exitCodes.input);
    }
    return out;
  }

  /** Takes the buffer of an answer back, to be written anew: whatever looks at it is empty from then on. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength > 0 && this.spare.length < mostSpare) this.spare.push(buffer);
  }

  /** Resolves when all threads have ended, each after the part that it is reading. */
  async close(): Promise<void> {
    this.fail(new Error('the pool is closed'));
    Atomics.store(new Int32Array(this.stop), 0, 1);
    await Promise.all(this.workers.map(ended));
  }

  private fail(error: Error): void {
    this.failure = error;
    for (const {reject} of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/**
 * A thread is asked to end, and ended by force only when it does not: Node 20 aborts the whole program when a thread is ended in the
 * moment in which it begins to unpack something.
 */
async function ended(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return;
  // Until it has ended: nothing else may be left for the program to wait for.
  worker.ref();
  await new Promise<void>(resolve => {
    const force = setTimeout(() => void worker.terminate(), patienceMs);
    worker.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    // Wakes it; whether it goes on, it sees for itself.
    worker.postMessage(null);
  });
}

/** For the part that is being read. */
const patienceMs = 10_000;
