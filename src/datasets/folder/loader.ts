/** Batches of a folder's examples, read and unpacked in threads ahead of their use. */
import {assertPositiveInteger, expected} from '../../core/checks';
import {type RandomState, RandomStream} from '../../core/random';
import type {Example, Part, SplitName} from '../../core/types';
import {isFilePart} from './file-parts';
import type {FolderDataset} from './folder';
import {PartPool, type PartRequest, type ReadParts} from './part-pool';
import type {FileModality} from './read-part';

export interface LoaderOptions {
  readonly split?: SplitName;
  /** Examples of a batch; 64 unless told. The last one of an epoch may be smaller. */
  readonly batchSize?: number;
  /** Same seed, same order, whatever the threads; null keeps the order of the manifest. */
  readonly seed?: number | null;
  /** Threads that read; 2 unless told. */
  readonly threads?: number;
  /** Batches read ahead; 4 unless told. Memory is bounded by them. */
  readonly prefetch?: number;
  /** Goes on where another loader stood, with its split, batch size and seed. */
  readonly from?: LoaderState;
}

/** Where a loader stands: how it goes through which examples, what its epoch's order was drawn from, and how many of it have been given. */
export interface LoaderState {
  readonly split: SplitName;
  readonly batchSize: number;
  readonly seed: number | null;
  readonly numExamples: number;
  readonly epoch: number;
  readonly epochFrom: RandomState;
  readonly position: number;
}

/**
 * Gives batch after batch, epoch after epoch, with every part in memory: `for await (const batch of loader) …`, or `next()`.
 *
 * @throws UserError from `next` that names the line of a file which can no longer be read.
 */
export class ExampleLoader implements AsyncIterable<Example[]> {
  private readonly rows: readonly Example[];
  private readonly pool: PartPool;
  private readonly prefetch: number;
  private readonly plan: Pick<LoaderState, 'split' | 'batchSize' | 'seed' | 'numExamples'>;
  /** Of the batches that are read ahead. */
  private cursor: {epoch: number; from: RandomState; order: Int32Array; position: number};
  private stream: RandomStream;
  private readonly buffers = new WeakMap<readonly Example[], ArrayBuffer>();
  private readonly ahead: {readonly state: LoaderState; readonly batch: Promise<Example[]>}[] = [];

  constructor(dataset: FolderDataset, options: LoaderOptions = {}) {
    const {threads = 2, prefetch = 4, from} = options;
    const {split = 'train', batchSize = 64, seed = 1} = from ?? options;
    for (const [name, value] of Object.entries({batchSize, threads, prefetch})) assertPositiveInteger(name, value);
    this.rows = dataset.rows(split);
    this.prefetch = prefetch;
    this.plan = {split, batchSize, seed, numExamples: this.rows.length};
    if (from) assertSame(from, {...options, numExamples: this.rows.length});
    const files = Object.entries(dataset.modalities).filter(([, spec]) => spec.kind !== 'text');
    const modalities = Object.fromEntries(files) as Record<string, FileModality>;
    this.pool = new PartPool({modalities, encoder: null, maxBytes: dataset.maxBytes}, threads);
    this.stream = from ? RandomStream.fromState(from.epochFrom) : new RandomStream(seed ?? 0, `loader/${split}`);
    this.cursor = {...this.drawEpoch(from?.epoch ?? 0), position: from?.position ?? 0};
  }

  /** The next batch; null when there are no examples. */
  async next(): Promise<Example[] | null> {
    if (this.rows.length === 0) return null;
    this.fill();
    const {batch} = this.ahead.shift()!;
    this.fill();
    return batch;
  }

  /**
   * Gives the memory of a batch's pictures and sounds back at once: for another batch, so that memory stays small however slowly
   * garbage is collected. Its pixels and samples are empty from then on.
   */
  release(batch: readonly Example[]): void {
    const buffer = this.buffers.get(batch);
    if (buffer) this.pool.recycle(buffer);
    this.buffers.delete(batch);
  }

  /** Another loader that begins `from` here gives the batches that this one would give next. */
  saveState(): LoaderState {
    return this.ahead[0]?.state ?? this.cursorState();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Example[]> {
    for (let batch = await this.next(); batch; batch = await this.next()) yield batch;
  }

  async close(): Promise<void> {
    for (const {batch} of this.ahead) batch.catch(() => {});
    await this.pool.close();
  }

  private fill(): void {
    while (this.ahead.length < this.prefetch) {
      if (this.cursor.position >= this.rows.length) {
        this.cursor = {...this.drawEpoch(this.cursor.epoch + 1), position: 0};
      }
      const state = this.cursorState();
      const {order, position} = this.cursor;
      const chosen = Array.from(order.subarray(position, position + this.plan.batchSize), row => this.rows[row]!);
      this.cursor.position += chosen.length;
      const batch = this.read(chosen);
      // Whoever asks for it gets the error; until then it is nobody's.
      batch.catch(() => {});
      this.ahead.push({state, batch});
    }
  }

  private cursorState(): LoaderState {
    const {epoch, from, position} = this.cursor;
    return {...this.plan, epoch, epochFrom: from, position};
  }

  private drawEpoch(epoch: number): {epoch: number; from: RandomState; order: Int32Array} {
    const from = this.stream.saveState();
    const order = Int32Array.from(this.rows, (_, i) => i);
    if (this.plan.seed !== null) {
      for (let i = order.length - 1; i > 0; i--) {
        const j = this.stream.integer(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
    }
    return {epoch, from, order};
  }

  private async read(chosen: readonly Example[]): Promise<Example[]> {
    const requests: PartRequest[] = [];
    for (const {parts} of chosen) {
      for (const part of Object.values(parts)) if (isFilePart(part)) requests.push(part.request);
    }
    const read = await this.pool.read(requests);
    let at = 0;
    const batch = chosen.map(example => {
      const parts: Record<string, Part> = {};
      for (const [name, part] of Object.entries(example.parts)) {
        parts[name] = isFilePart(part) ? inMemory(part, read, at++) : part;
      }
      return {...example, parts};
    });
    const first = read.find(values => ArrayBuffer.isView(values));
    if (first) this.buffers.set(batch, (first as ArrayBufferView).buffer as ArrayBuffer);
    return batch;
  }
}

/** Another order or other batches would not be what the other loader would give next. */
function assertSame(from: LoaderState, options: LoaderOptions & Pick<LoaderState, 'numExamples'>): void {
  for (const name of ['split', 'batchSize', 'seed', 'numExamples'] as const) {
    const [held, got] = [from[name], options[name]];
    if (got !== undefined && got !== held) throw expected(name, `${held}, as in the state that is gone on from`, got);
  }
}

/** A plain picture or sound with what was read. @throws the error of a file that could not be. */
function inMemory(part: Exclude<Part, string>, read: ReadParts, at: number): Part {
  const values = read[at]!;
  if (!ArrayBuffer.isView(values)) throw values;
  if ('sampleRateHz' in part) {
    const {sampleRateHz, channels = 1} = part;
    const samples = values as Float32Array;
    return channels === 1 ? {sampleRateHz, samples} : {sampleRateHz, samples, channels};
  }
  const {height, width, channels} = part;
  return {height, width, channels, pixels: values as Uint8Array};
}
