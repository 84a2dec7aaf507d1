/** Examples that any program has made, as arrays: checked against the data they are to be judged beside. */
import {badInput, exitCodes, UserError} from '../core/checks';
import {tf} from '../core/tensorflow';
import {type Modalities, partShape} from '../core/types';
import {subsets} from './coherence';
import type {DrawnRows} from './drawn-rows';
import type {Maker} from './maker';

/** One modality of N examples in the units of its tensor, and where it came from: errors name it. */
export interface SampledParts {
  readonly from: string;
  readonly data: Float32Array;
  /** [N, …]. */
  readonly shape: readonly number[];
}

export interface SampleSet {
  /** Its folder, or what else it is called by. */
  readonly name: string;
  /** Made from nothing; some or all modalities, equally many of each. Row i of all of them is one example. */
  readonly generated: Readonly<Record<string, SampledParts>> | null;
  /** The class that each generated example was asked to be of, for programs that are told one. */
  readonly labels: SampleLabels | null;
  /** The first rows of the split, in order, made whole from the modalities of `given`. */
  readonly completions: readonly {
    readonly given: readonly string[];
    readonly parts: Readonly<Record<string, SampledParts>>;
    /** Classes of those rows, where the program wrote them down: a check that it kept their order. */
    readonly labels: SampleLabels | null;
  }[];
}

export interface SampleLabels {
  readonly from: string;
  readonly values: Int32Array;
}

/** Neighbours of precision, recall, density and coverage; each part needs so many others. */
const mostDemanding = {metric: 'precision, recall, density and coverage (5 nearest neighbours)', count: 6};
const fewest = {metric: 'the Fréchet distance', count: 2};

/**
 * @param modalities of the data.
 * @throws UserError that names the file and what it should hold: another shape, NaN or infinity, values outside [-1, 1] (or, of
 * texts, that are no probabilities), unequal numbers of rows, or fewer than the metrics need.
 */
export function assertSampleSet(set: SampleSet, modalities: Modalities, numClasses: number): void {
  const groups = [...(set.generated ? [set.generated] : []), ...set.completions.map(({parts}) => parts)];
  if (groups.length === 0) {
    const files = Object.keys(modalities).map(name => `${name}.npy`);
    throw new UserError(`Expected ${set.name} to hold samples (${files.join(', ')}), got none.`, exitCodes.input);
  }
  for (const group of groups) {
    const [first] = Object.values(group);
    for (const [name, parts] of Object.entries(group)) {
      assertParts(parts, name, modalities);
      if (parts.shape[0] !== first!.shape[0]) {
        throw badInput(parts.from, `as long as ${first!.from} (${first!.shape[0]} rows)`, `${parts.shape[0]} rows`);
      }
    }
  }
  if (!set.generated) return;
  const [first] = Object.values(set.generated);
  const count = first!.shape[0]!;
  for (const {metric, count: needed} of [fewest, mostDemanding]) {
    if (count < needed) throw badInput(first!.from, `a file of at least ${needed} samples for ${metric}`, count);
  }
  if (!set.labels) return;
  const {from, values} = set.labels;
  if (values.length !== count) throw badInput(from, `${count} labels, one a sample`, values.length);
  const bad = values.findIndex(label => label < 0 || label >= numClasses);
  if (bad >= 0) throw badInput(from, `labels from 0 to ${numClasses - 1}`, `${values[bad]} in sample ${bad}`);
}

/** @param truth class of every row of the split, in order; -1 where it is not known. @throws UserError for rows that are not its. */
export function assertRowsOfSplit(set: SampleSet, split: string, truth: ArrayLike<number>): void {
  for (const {parts, labels} of set.completions) {
    const [first] = Object.values(parts);
    const count = first!.shape[0]!;
    if (count > truth.length) {
      throw badInput(first!.from, `at most ${truth.length} rows, those of the ${split} split`, count);
    }
    if (!labels) continue;
    if (labels.values.length !== count) throw badInput(labels.from, `${count} labels, one a row`, labels.values.length);
    const bad = labels.values.findIndex((label, row) => truth[row]! >= 0 && label !== truth[row]);
    if (bad >= 0) {
      const rule = `the labels of the ${split} split, row by row (${truth[bad]} in row ${bad})`;
      throw badInput(labels.from, rule, labels.values[bad]);
    }
  }
}

function assertParts({from, data, shape}: SampledParts, name: string, modalities: Modalities): void {
  const spec = modalities[name]!;
  const wanted = partShape(spec);
  if (shape.length !== wanted.length + 1 || wanted.some((size, axis) => size !== shape[axis + 1])) {
    throw badInput(from, `${name} of shape [N, ${wanted.join(', ')}]`, `[${shape.join(', ')}]`);
  }
  const size = wanted.reduce((product, n) => product * n, 1);
  const [low, high] = spec.kind === 'text' ? [-1e-3, 1 + 1e-3] : [-1 - 1e-3, 1 + 1e-3];
  const units = spec.kind === 'text' ? 'probabilities' : 'values from -1 to 1';
  // NaN fails both comparisons.
  const bad = data.findIndex(value => !(value >= low && value <= high));
  if (bad >= 0) throw badInput(from, units, `${data[bad]} in sample ${Math.floor(bad / size)}`);
  if (spec.kind !== 'text') return;
  const words = spec.vocabulary.length;
  for (let at = 0; at < data.length; at += words) {
    let sum = 0;
    for (let i = 0; i < words; i++) sum += data[at + i]!;
    if (Math.abs(sum - 1) > 1e-2) {
      throw badInput(
        from,
        'probabilities that sum to 1 over the words',
        `${sum.toFixed(3)} in sample ${Math.floor(at / size)}`,
      );
    }
  }
}

/**
 * What a reader should know about the set: modalities and completions that it lacks, and so what is not scored; and a file that
 * holds [0, 1] instead of [-1, 1]: allowed, since a bad program may write it, but more often a slip.
 */
export function sampleSetRemarks(set: SampleSet, modalities: Modalities): string[] {
  const groups = [...(set.generated ? [set.generated] : []), ...set.completions.map(({parts}) => parts)];
  const names = Object.keys(modalities);
  const missing = set.generated ? names.filter(name => !set.generated![name]) : [];
  const known = set.completions.map(({given}) => [...given].sort().join());
  const subsetsOf = names.flatMap((_, i) => (i === 0 ? [] : subsets(names, i)));
  const incomplete = subsetsOf
    .filter(given => !known.includes([...given].sort().join()))
    .map(given => given.join(' + '));
  const lacks = [
    ...(missing.length > 0 ? [`No samples of ${missing.join(', ')}: nothing about them is scored.`] : []),
    ...(known.length > 0 && incomplete.length > 0
      ? [`No completions from ${incomplete.join('; ')}: coherence from them is not scored.`]
      : []),
    'Samples have neither an encoder nor a discriminator: retrieval in codes and AUROC are not scored.',
  ];
  const slips = groups.flatMap(group =>
    Object.entries(group).flatMap(([name, {from, data}]) => {
      if (modalities[name]!.kind === 'text' || data.some(value => value < 0)) return [];
      return [`${from} holds no value below 0: is it from 0 to 1 instead of -1 (black, silence) to 1?`];
    }),
  );
  return [...lacks, ...slips];
}

/** The set as something that an inspection can ask; `drawn` tells which rows of the split are meant. */
export function samplesAsMaker(set: SampleSet, dataModalities: Modalities, drawn: DrawnRows, count: number): Maker {
  const completion = (given: readonly string[]) =>
    set.completions.find(
      other => other.given.length === given.length && given.every(name => other.given.includes(name)),
    );
  const rowsOf = (parts: Readonly<Record<string, SampledParts>>): number => Object.values(parts)[0]!.shape[0]!;
  return {
    modalities: sampledModalities(set, dataModalities),
    generate() {
      if (!set.generated) return null;
      const size = Math.min(count, rowsOf(set.generated));
      return Object.fromEntries(
        Object.entries(set.generated).map(([name, {data, shape}]) => {
          const values = data.subarray(0, (data.length / shape[0]!) * size);
          return [name, tf.tensor(values, [size, ...shape.slice(1)])];
        }),
      );
    },
    canComplete(given, row) {
      const made = completion(given);
      return made !== undefined && drawn.places[row]! < rowsOf(made.parts);
    },
    complete(given, rows) {
      const made = completion(given);
      if (!made) return null;
      const places = Int32Array.from(rows, row => drawn.places[row]!);
      return Object.fromEntries(
        Object.entries(made.parts).map(([name, {data, shape}]) => [
          name,
          tf.gather(tf.tensor(data, [...shape]), places),
        ]),
      );
    },
  };
}

/** Of the data's modalities those that the set shows or was given, in the data's order. */
export function sampledModalities(set: SampleSet, modalities: Modalities): Modalities {
  const names = new Set([
    ...Object.keys(set.generated ?? {}),
    ...set.completions.flatMap(({given, parts}) => [...given, ...Object.keys(parts)]),
  ]);
  return Object.fromEntries(Object.entries(modalities).filter(([name]) => names.has(name)));
}
