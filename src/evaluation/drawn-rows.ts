/** Which rows of a split an evaluation uses. */
import {UserError} from '../core/checks';
import {RandomStream} from '../core/random';
import type {Example, Modalities, SplitName} from '../core/types';
import type {Dataset} from '../datasets/dataset';

export interface DrawnRows {
  readonly examples: readonly Example[];
  /** Where each stands in the split, from 0. */
  readonly places: readonly number[];
}

/**
 * `count` rows of a split in an order drawn by the seed, so that a part of them is not one class; all of them when they are fewer.
 * The same rows as evaluateModel's.
 *
 * @param modalities the only parts that the examples are to show: samples may lack some.
 */
export function drawnRows(
  dataset: Dataset,
  split: SplitName,
  count: number,
  seed: number,
  modalities: Modalities = dataset.modalities,
): DrawnRows {
  const rows = dataset.rows(split);
  if (rows.length < 2)
    throw new UserError(`Expected at least 2 ${split} examples of ${dataset.name}, got ${rows.length}.`);
  const places = new RandomStream(seed, `evaluation/rows/${split}`)
    .shuffle(rows.map((_, place) => place))
    .slice(0, count);
  const only = (example: Example): Example => {
    const parts = Object.entries(example.parts).filter(([name]) => Object.hasOwn(modalities, name));
    return {...example, parts: Object.fromEntries(parts)};
  };
  return {places, examples: places.map(place => only(rows[place]!))};
}
