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
  readonly encoded: boolean;
}

export interface PartAnswer {
  readonly id: number;
  /** The parts one after another, each of `partSize` bytes. */
  readonly buffer: ArrayBuffer;
  readonly problems: readonly {readonly index: number; readonly problem: string; readonly isUserError: boolean}[];
}

/** The bytes of each part, views of one buffer; an error where it could not be read. */
export type ReadParts = readonly (ArrayBufferView | UserError)[];

interface Waiting {
  readonly order: PartOrder;
  readonly resolve: (answer: PartAnswer) => void;
  readonly reject: (error: Error) => void;
}

export class PartPool {
  private readonly workers: Worker[];
  private readonly waiting = new Map<number, Waiting>();
  private next = 0;
  private failure: Error | null = null;

  /** @param threads 2 unless told: file reading and unpacking go on beside the training, which has threads of its own. */
  constructor(
    private readonly data: PoolData,
    threads = 2,
  ) {
    this.workers = Array.from({length: threads}, () => {
      const worker = startThread('part-worker', {workerData: data});
      worker.on('message', (answer: PartAnswer) => {
        this.waiting.get(answer.id)?.resolve(answer);
        this.waiting.delete(answer.id);
        // Without an order under way a program may end.
        if (this.waiting.size === 0) for (const each of this.workers) each.unref();
      });
      worker.on('error', error => this.fail(error));
      worker.unref();
      return worker;
    });
  }

  get threads(): number {
    return this.workers.length;
  }

  /** Reads parts; @param encoded gives values of tensors (float32), else pixels (bytes) and samples (float32). */
  async read(parts: readonly PartRequest[], encoded = false): Promise<ReadParts> {
    if (parts.length === 0) return [];
    if (this.failure) throw this.failure;
    const id = this.next++;
    const answer = await new Promise<PartAnswer>((resolve, reject) => {
      const order = {id, parts, encoded};
      this.waiting.set(id, {order, resolve, reject});
      const worker = this.workers[id % this.workers.length]!;
      worker.ref();
      worker.postMessage(order);
    });
    const out: (ArrayBufferView | UserError)[] = [];
    for (let i = 0, at = 0; i < parts.length; i++) {
      const spec = this.data.modalities[parts[i]!.name]!;
      const size = partSize(spec, encoded);
      const isBytes = !encoded && spec.kind === 'image';
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

  async close(): Promise<void> {
    this.fail(new Error('the pool is closed'));
    await Promise.all(this.workers.map(worker => worker.terminate()));
  }

  private fail(error: Error): void {
    this.failure = error;
    for (const {reject} of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
