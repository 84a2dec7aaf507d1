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
    this.drawEpoch();
    this.position = position;
  }

  next(count: number): Example[] {
    const out: Example[] = [];
    while (out.length < count) {
      if (this.position >= this.epoch.length) {
        this.drawEpoch();
      }
      const taken = this.epoch.slice(this.position, this.position + count - out.length);
      this.position += taken.length;
      out.push(...taken);
    }
    return out;
  }

  private drawEpoch(): void {
    this.epochFrom = this.stream.saveState();
    this.epoch = this.data.pair('train', this.stream);
    this.position = 0;
    if (this.epoch.length === 0) throw new UserError('Expected examples in the train split, got none.');
  }
}
