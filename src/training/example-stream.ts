/** An endless stream of training examples, epoch after epoch, paired anew each time. */
import {UserError} from '../core/checks';
import type {RandomState} from '../core/random';
import {RandomStream} from '../core/random';
import type {Example, Modalities, Part, SplitName} from '../core/types';

/** What training needs of a dataset. */
export interface TrainingData {
  readonly modalities: Modalities;
  /** Examples of one epoch, in an order drawn from the stream. The same part is the same object in each epoch: codes are kept by it. */
  pair(split: SplitName, stream: RandomStream): Example[];
}

/** Turns a part into values in its modality's units; a FeatureCache is one. */
export interface PartEncoder {
  encode(name: string, part: Part): Float32Array;
  /** Reads ahead the parts of examples that are asked for soon, where they are not in memory. */
  prepare?(examples: readonly Example[]): Promise<void>;
}

/** Where a stream stands: what its epoch was drawn from, and how far into it. */
export interface ExampleStreamState {
  /** Before this epoch was drawn; null before the first. */
  readonly epochFrom: RandomState | null;
  readonly position: number;
}

export class ExampleStream {
  private epoch: Example[] = [];
  private epochFrom: RandomState | null = null;
  private position = 0;
  /** The next epoch and what it was drawn from, where it was looked at already. */
  private ahead: {readonly from: RandomState; readonly examples: Example[]} | null = null;

  constructor(
    private readonly data: TrainingData,
    private stream: RandomStream,
  ) {}

  saveState(): ExampleStreamState {
    return {epochFrom: this.epochFrom, position: this.position};
  }

  /** Goes on from there: the same examples in the same order, as far as the data are the same. */
  restore({epochFrom, position}: ExampleStreamState): void {
    if (!epochFrom) return;
    this.stream = RandomStream.fromState(epochFrom);
    this.ahead = null;
    this.beginEpoch();
    this.position = position;
  }

  next(count: number): Example[] {
    const out: Example[] = [];
    while (out.length < count) {
      if (this.position >= this.epoch.length) {
        this.beginEpoch();
      }
      const taken = this.epoch.slice(this.position, this.position + count - out.length);
      this.position += taken.length;
      out.push(...taken);
    }
    return out;
  }

  /** What `next` will give, without going on; at most an epoch more than what is left of this one. */
  peek(count: number): Example[] {
    const left = this.epoch.slice(this.position, this.position + count);
    if (left.length === count) return left;
    this.ahead ??= this.drawEpoch();
    return [...left, ...this.ahead.examples.slice(0, count - left.length)];
  }

  private beginEpoch(): void {
    const {from, examples} = this.ahead ?? this.drawEpoch();
    this.ahead = null;
    this.epochFrom = from;
    this.epoch = examples;
    this.position = 0;
  }

  private drawEpoch(): {from: RandomState; examples: Example[]} {
    const from = this.stream.saveState();
    const examples = this.data.pair('train', this.stream);
    if (examples.length === 0) throw new UserError('Expected examples in the train split, got none.');
    return {from, examples};
  }
}

/** Batches that are read ahead of the one that is needed now. */
const batchesAhead = 3;

/** Waits for the parts of the next `count` examples, and has those after them read while the caller computes. */
export async function prepareNext(features: PartEncoder, stream: ExampleStream, count: number): Promise<void> {
  if (!features.prepare) return;
  await features.prepare(stream.peek(count));
  // What fails here is asked for again when it is needed, and fails then.
  features.prepare(stream.peek((1 + batchesAhead) * count)).catch(() => {});
}
