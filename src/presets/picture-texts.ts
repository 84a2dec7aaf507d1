/** The picture and the text of each example as plain numbers, as the classic systems want them. */
import {UserError} from '../core/checks';
import type {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import {type Example, type ImageModality, partShape, type SplitName, type TextModality} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {FeatureCache} from '../features/batch';

export interface PictureTexts {
  readonly image: ImageModality;
  readonly text: TextModality;
  /** Names of the two modalities. */
  readonly names: {readonly image: string; readonly text: string};
  readonly count: number;
  /** The examples themselves. */
  readonly rows: readonly Example[];
  /** In [-1, 1], `pixelCount` values each. */
  readonly pixels: readonly Float32Array[];
  readonly pixelCount: number;
  readonly captions: readonly string[];
  readonly labels: readonly number[];
}

/**
 * The first picture and the first text of a dataset.
 *
 * @param most examples at most, the first ones of a fixed shuffle.
 * @throws UserError for a dataset without pictures or without texts.
 */
export function pictureTexts(
  dataset: Dataset,
  split: SplitName,
  stream: RandomStream,
  most = Number.POSITIVE_INFINITY,
): PictureTexts {
  const named = Object.entries(dataset.modalities);
  const [imageName, image] = named.find(([, spec]) => spec.kind === 'image') ?? [];
  const [textName, text] = named.find(([, spec]) => spec.kind === 'text') ?? [];
  if (!imageName || !textName || image?.kind !== 'image' || text?.kind !== 'text')
    throw new UserError(`Expected data with pictures and texts, got ${named.map(([name]) => name).join(', ')}.`);
  const whole = dataset.rows(split).filter(({parts}) => parts[imageName] && parts[textName]);
  const rows = stream.shuffle([...whole]).slice(0, most);
  if (rows.length === 0) throw new UserError(`Expected examples in the ${split} split, got none.`);
  const cache = new FeatureCache({[imageName]: image});
  return {
    image,
    text,
    names: {image: imageName, text: textName},
    count: rows.length,
    rows,
    pixels: rows.map(({parts}) => cache.encode(imageName, parts[imageName]!)),
    pixelCount: partShape(image).reduce((product, n) => product * n, 1),
    captions: rows.map(({parts}) => parts[textName] as string),
    labels: rows.map(({label}) => label ?? -1),
  };
}

/** Rows of equal length as one tensor, [N, length]. */
export function stackRows(rows: readonly ArrayLike<number>[]): tf.Tensor2D {
  const width = rows[0]!.length;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    values.set(row, i * width);
  });
  return tf.tensor2d(values, [rows.length, width]);
}

/** Draws whole batches, epoch after epoch, in an order from the stream. */
export class BatchOrder {
  private order: number[] = [];

  constructor(
    private readonly count: number,
    private readonly stream: RandomStream,
  ) {}

  next(size: number): number[] {
    const chosen: number[] = [];
    while (chosen.length < size) {
      if (this.order.length === 0) this.order = this.stream.shuffle(Array.from({length: this.count}, (_, i) => i));
      chosen.push(this.order.pop()!);
    }
    return chosen;
  }
}
