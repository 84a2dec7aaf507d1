/** An endless stream of training examples, epoch after epoch, paired anew each time. */
import {UserError} from '../core/checks';
import type {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import {type Example, type Modalities, type Part, type Presence, partShape, type SplitName} from '../core/types';

/** What training needs of a dataset. */
export interface TrainingData {
  readonly modalities: Modalities;
  /** Examples of one epoch, in an order drawn from the stream. */
  pair(split: SplitName, stream: RandomStream): Example[];
}

/** Turns a part into values in its modality's units; a FeatureCache is one. */
export interface PartEncoder {
  encode(name: string, part: Part): Float32Array;
}

export class ExampleStream {
  private epoch: Example[] = [];
  private position = 0;

  constructor(
    private readonly data: TrainingData,
    private readonly stream: RandomStream,
  ) {}

  next(count: number): Example[] {
    const out: Example[] = [];
    while (out.length < count) {
      if (this.position >= this.epoch.length) {
        this.epoch = this.data.pair('train', this.stream);
        this.position = 0;
        if (this.epoch.length === 0) throw new UserError('Expected examples in the train split, got none.');
      }
      const taken = this.epoch.slice(this.position, this.position + count - out.length);
      this.position += taken.length;
      out.push(...taken);
    }
    return out;
  }
}

/** Which modalities each example shows. */
export function presenceOf(examples: readonly Example[], modalities: Modalities): Presence {
  return Object.fromEntries(
    Object.keys(modalities).map(name => [
      name,
      Float32Array.from(examples, example => (example.parts[name] === undefined ? 0 : 1)),
    ]),
  );
}

/** One tensor a modality with a row for each example; a row of zeros where the part is absent. `values` may vary a part before it is laid down. */
export function stackParts(
  examples: readonly Example[],
  modalities: Modalities,
  values: (name: string, part: Part) => Float32Array,
): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(modalities).map(([name, spec]) => {
      const shape = partShape(spec);
      const size = shape.reduce((product, n) => product * n, 1);
      const stacked = new Float32Array(examples.length * size);
      examples.forEach((example, i) => {
        const part = example.parts[name];
        if (part !== undefined) stacked.set(values(name, part), i * size);
      });
      return [name, tf.tensor(stacked, [examples.length, ...shape])];
    }),
  );
}
