/** Handwritten digits as the four files of MNIST, and their three splits. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';

import {badInput} from '../core/checks';
import type {Picture, SplitName} from '../core/types';
import {type IdxArray, readIdx} from './idx';
import {byLabel} from './pairing';

export interface LabelledPicture {
  readonly picture: Picture;
  readonly label: number;
  /** Place in its file, such as 'train-17'. */
  readonly id: string;
}

export type PicturePool = Readonly<Record<SplitName, readonly LabelledPicture[]>>;

/**
 * Reads `train-` and `t10k-` (or `test-`) `images-idx3-ubyte` and `labels-idx1-ubyte`, plain or `.gz`, from a folder.
 * The official test files are the test split; the last tenth of each class in train is validation.
 */
export function readMnistFolder(folder: string): PicturePool {
  const read = (prefixes: readonly string[], rest: string) => {
    const file = findFile(folder, prefixes, rest);
    return {file, array: readIdx(file)};
  };
  const part = (prefixes: readonly string[]) => {
    const images = read(prefixes, 'images-idx3-ubyte');
    const labels = read(prefixes, 'labels-idx1-ubyte');
    return joinPictures(images, labels, prefixes[0]!);
  };
  return splitPictures(part(['train']), part(['t10k', 'test']), count => Math.ceil(count / 10));
}

/** @param validationOf how many of the last of each class of train become validation, given how many there are. */
export function splitPictures(
  train: readonly LabelledPicture[],
  test: readonly LabelledPicture[],
  validationOf: (count: number) => number,
): PicturePool {
  const held = new Set(
    byLabel(train, picture => picture.label, 10).flatMap(group =>
      group.slice(group.length - validationOf(group.length)),
    ),
  );
  return {
    train: train.filter(picture => !held.has(picture)),
    validation: train.filter(picture => held.has(picture)),
    test,
  };
}

export function joinPictures(
  images: {file: string; array: IdxArray},
  labels: {file: string; array: IdxArray},
  prefix: string,
): LabelledPicture[] {
  const [count, height, width] = images.array.shape;
  if (images.array.shape.length !== 3 || height !== 28 || width !== 28) {
    throw badInput(images.file, 'pictures of shape [N, 28, 28]', `shape [${images.array.shape.join(', ')}]`);
  }
  if (labels.array.shape.length !== 1 || labels.array.shape[0] !== count) {
    throw badInput(
      labels.file,
      `labels of shape [${count}], one a picture`,
      `shape [${labels.array.shape.join(', ')}]`,
    );
  }
  const size = height * width;
  return Array.from(labels.array.data, (label, i) => {
    if (label > 9) throw badInput(labels.file, 'labels from 0 to 9', `${label} at ${i}`);
    const pixels = images.array.data.subarray(i * size, (i + 1) * size);
    return {label, id: `${prefix}-${i}`, picture: {height, width, channels: 1, pixels}};
  });
}

function findFile(folder: string, prefixes: readonly string[], rest: string): string {
  // Some copies of MNIST write a dot for the last hyphen but one: train-images.idx3-ubyte.
  const names = prefixes.flatMap(prefix => [`${prefix}-${rest}`, `${prefix}-${rest.replace('-idx', '.idx')}`]);
  const found = names.flatMap(name => [name, `${name}.gz`]).find(name => existsSync(join(folder, name)));
  if (!found)
    throw badInput(
      folder,
      `a folder with ${names[0]} (or .gz)`,
      existsSync(folder) ? 'one without it' : 'nothing at that path',
    );
  return join(folder, found);
}
