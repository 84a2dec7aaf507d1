import {join} from 'node:path';
import type {Example, Part} from '../core/types';
import {isFilePart, type PictureFile, type SoundFile} from '../datasets/folder/file-parts';
import type {FolderDataset} from '../datasets/folder/folder';
import {PartPool} from '../datasets/folder/part-pool';
import type {FileModality} from '../datasets/folder/read-part';
import {FeatureCache} from './batch';

/** What training asks for parts; `prepare` may read ahead, and after it `encode` need not wait. */
export interface PreparingEncoder {
  encode(name: string, part: Part): Float32Array;
  /** Reads the parts of examples that are soon asked for. */
  prepare?(examples: readonly Example[]): Promise<void>;
  close(): Promise<void>;
}

/** Encoded parts that are kept, in bytes: what was used longest ago goes first. */
const memoryBytes = 96e6;
/** Parts of one order to a thread: as many as make its answer worth a message, and as few as let all threads work. */
const partsAtOnce = 32;

/**
 * Features of parts that stay in their files. Threads read, unpack and encode what `prepare` names; `encode` then finds it in memory.
 * A part that was not prepared is read while the caller waits.
 */
export class StreamedFeatures implements PreparingEncoder {
  private readonly pool: PartPool;
  /** The order of a map is that of its insertions: the first is what was used longest ago. */
  private readonly known = new Map<Part, Float32Array>();
  private readonly underWay = new Map<Part, Promise<void>>();
  private readonly others: FeatureCache;
  private bytes = 0;

  constructor(dataset: FolderDataset, threads = 2) {
    const files = Object.entries(dataset.modalities).filter(([, spec]) => spec.kind !== 'text');
    const modalities = Object.fromEntries(files) as Record<string, FileModality>;
    this.pool = new PartPool({modalities, encoder: join(__dirname, 'codec'), maxBytes: dataset.maxBytes}, threads);
    this.others = new FeatureCache(dataset.modalities);
  }

  encode(name: string, part: Part): Float32Array {
    const known = this.known.get(part);
    if (known) return known;
    // Sentences are in memory; a file is read now, and not kept by the cache, whose memory has no bound.
    return this.others.encode(name, isFilePart(part) ? copyOf(part) : part);
  }

  /** @throws UserError that names the line of a file that could be read when the folder was opened, and cannot any more. */
  async prepare(examples: readonly Example[]): Promise<void> {
    const wanted = examples.flatMap(({parts}) => Object.values(parts).filter(isFilePart));
    const parts = [...new Set(wanted)].filter(part => !this.touch(part) && !this.underWay.has(part));
    for (let from = 0; from < parts.length; from += partsAtOnce) {
      const some = parts.slice(from, from + partsAtOnce);
      const reading = this.read(some);
      for (const part of some) this.underWay.set(part, reading);
    }
    await Promise.all(wanted.map(part => this.underWay.get(part)));
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private async read(parts: readonly (PictureFile | SoundFile)[]): Promise<void> {
    try {
      const read = await this.pool.read(
        parts.map(part => part.request),
        'encoded',
      );
      parts.forEach((part, i) => {
        const values = read[i]!;
        if (!(values instanceof Float32Array)) throw values;
        // A copy: the answer's whole buffer would stay for as long as one of its parts does.
        this.keep(part, values.slice());
      });
      const first = read[0];
      if (first instanceof Float32Array) this.pool.recycle(first.buffer as ArrayBuffer);
    } finally {
      for (const part of parts) this.underWay.delete(part);
    }
  }

  private keep(part: Part, values: Float32Array): void {
    this.known.set(part, values);
    this.bytes += values.byteLength;
    for (const [oldest, old] of this.known) {
      if (this.bytes <= memoryBytes) break;
      this.known.delete(oldest);
      this.bytes -= old.byteLength;
    }
  }

  /** Whether it is known; then it is the last to go. */
  private touch(part: Part): boolean {
    const values = this.known.get(part);
    if (!values) return false;
    this.known.delete(part);
    this.known.set(part, values);
    return true;
  }
}

function copyOf(part: PictureFile | SoundFile): Exclude<Part, string> {
  if ('pixels' in part) {
    const {height, width, channels, pixels} = part;
    return {height, width, channels, pixels};
  }
  const {sampleRateHz, samples, channels} = part;
  return {sampleRateHz, samples, channels};
}
