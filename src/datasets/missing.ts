/** Hides parts of examples, to see what a model makes of incomplete data: at random, or by class. */
import {z} from 'zod';
import {assertInRange, UserError, unknownChoice} from '../core/checks';
import {RandomStream} from '../core/random';
import type {Example, Modalities, SplitName} from '../core/types';
import type {Dataset} from './dataset';

/**
 * Share of the examples that do not show a modality: {image: 0.5}, missing at random; or by class, {speech: {three: 0.9, five: 0.9}},
 * missing not at random; classes that are not named keep all.
 */
export type MissingRates = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

const share = z.number().min(0).max(1);
/** Of rates in a file. */
export const missingRatesSchema = z.record(z.string(), z.union([share, z.record(z.string(), share)]));

/**
 * The dataset with parts of its train split hidden. Exactly round(rate · n) of the n examples that show a modality (of each class, where
 * rates are by class) lose it, drawn by the seed, and never an example's last one. The
 * examples are those of `rows('train')`, the same in every epoch.
 *
 * @throws UserError for an unknown modality or class, a rate outside [0, 1], and rates that cannot be had without an empty example.
 */
export function withMissing(dataset: Dataset, rates: MissingRates, seed: number): Dataset {
  if (Object.keys(rates).length === 0) return dataset;
  const rows = dataset.rows('train');
  const hidden = drawHidden(rows, dataset.modalities, dataset.classNames, rates, seed);
  const train = rows.map((example, i) => (hidden[i]!.size === 0 ? example : without(example, hidden[i]!)));
  return new FixedTrain(dataset, `${dataset.source}; hidden in train: ${ratesText(rates)}`, train);
}

/** The dataset with those train examples only that show every modality: what is left where incomplete ones are discarded. */
export function completeOnly(dataset: Dataset): Dataset {
  const names = Object.keys(dataset.modalities);
  const train = dataset.rows('train').filter(({parts}) => names.every(name => Object.hasOwn(parts, name)));
  return new FixedTrain(dataset, `${dataset.source}; incomplete train examples discarded`, train);
}

/** '0.5 of image, 0.9 of speech (three)'. */
export function ratesText(rates: MissingRates): string {
  return Object.entries(rates)
    .map(([name, rate]) =>
      typeof rate === 'number'
        ? `${rate} of ${name}`
        : Object.entries(rate)
            .map(([label, share]) => `${share} of ${name} (${label})`)
            .join(', '),
    )
    .join(', ');
}

/**
 * A dataset whose train split is a list. Its examples are not paired anew: the clip that one of them lacks would come back beside
 * another, and discarding incomplete examples would cost nothing.
 */
class FixedTrain implements Dataset {
  readonly name: string;
  readonly modalities: Modalities;
  readonly classNames: readonly string[];

  constructor(
    private readonly inner: Dataset,
    readonly source: string,
    private readonly train: readonly Example[],
  ) {
    this.name = inner.name;
    this.modalities = inner.modalities;
    this.classNames = inner.classNames;
  }

  pair(split: SplitName, stream: RandomStream, {shuffle = true}: {shuffle?: boolean} = {}): Example[] {
    if (split !== 'train') return this.inner.pair(split, stream, {shuffle});
    return shuffle ? stream.shuffle([...this.train]) : [...this.train];
  }

  rows(split: SplitName): readonly Example[] {
    return split === 'train' ? this.train : this.inner.rows(split);
  }
}

function without(example: Example, names: ReadonlySet<string>): Example {
  return {...example, parts: Object.fromEntries(Object.entries(example.parts).filter(([name]) => !names.has(name)))};
}

function drawHidden(
  rows: readonly Example[],
  modalities: Modalities,
  classNames: readonly string[],
  rates: MissingRates,
  seed: number,
): Set<string>[] {
  const hidden = rows.map(() => new Set<string>());
  const shown = rows.map(({parts}) => new Set(Object.keys(parts)));
  const fixed = new Set<string>();
  // A swap between classes would change their rates.
  const isByClass = Object.values(rates).some(rate => typeof rate !== 'number');
  const canSwap = (a: number, b: number): boolean => a !== b && (!isByClass || rows[a]!.label === rows[b]!.label);
  for (const [name, rate] of Object.entries(rates)) {
    if (!Object.hasOwn(modalities, name))
      throw unknownChoice('modality in the missing rates', name, Object.keys(modalities));
    const stream = new RandomStream(seed, `missing/${name}`);
    for (const [share, label] of sharesOf(name, rate, classNames)) {
      const group = rows.flatMap((row, i) =>
        (label === null || row.label === label) && shown[i]!.has(name) ? [i] : [],
      );
      const count = Math.round(share * group.length);
      hide(name, count, stream.shuffle(group), shown, hidden, fixed, canSwap);
    }
    fixed.add(name);
  }
  return hidden;
}

/** Pairs of a rate and the class that it is for; null is every class. */
function sharesOf(
  name: string,
  rate: number | Readonly<Record<string, number>>,
  classNames: readonly string[],
): [number, number | null][] {
  if (typeof rate === 'number') {
    assertInRange(`the missing rate of ${name}`, rate, 0, 1);
    return [[rate, null]];
  }
  return Object.entries(rate).map(([label, share]) => {
    if (!classNames.includes(label)) throw unknownChoice(`class in the missing rates of ${name}`, label, classNames);
    assertInRange(`the missing rate of ${name} (${label})`, share, 0, 1);
    return [share, classNames.indexOf(label)];
  });
}

/**
 * Takes `name` from the first `count` of the drawn group that show something else. Where there are too few, an example that has only
 * this part left gets one back that another example, which can spare it, gives in its place: all rates stay exact.
 */
function hide(
  name: string,
  count: number,
  group: readonly number[],
  shown: readonly Set<string>[],
  hidden: readonly Set<string>[],
  fixed: ReadonlySet<string>,
  canSwap: (a: number, b: number) => boolean,
): void {
  const take = (i: number, part: string): void => {
    shown[i]!.delete(part);
    hidden[i]!.add(part);
  };
  const able = group.filter(i => shown[i]!.size > 1);
  for (const i of able.slice(0, count)) take(i, name);
  const stuck = group.filter(i => shown[i]!.size === 1 && shown[i]!.has(name));
  for (let missing = count - Math.min(count, able.length); missing > 0; missing--) {
    const place = stuck.shift();
    const back = place === undefined ? undefined : [...hidden[place]!].find(part => fixed.has(part));
    const giver =
      back === undefined
        ? -1
        : (group.find(i => canSwap(i, place!) && shown[i]!.has(back) && shown[i]!.size > 1) ?? -1);
    if (place === undefined || back === undefined || giver < 0) {
      throw new UserError(
        `Expected missing rates that leave every example a part, got no more examples that can lose ${name}.`,
      );
    }
    shown[place]!.add(back);
    hidden[place]!.delete(back);
    take(giver, back);
    take(place, name);
  }
}
