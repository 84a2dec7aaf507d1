/** What is in a dataset, counted and measured: for people who want to look before they train. */

import {quantile} from '../core/quantile';
import type {
  AudioModality,
  Example,
  ImageModality,
  ModalitySpec,
  Picture,
  Sound,
  SplitName,
  TextModality,
} from '../core/types';
import type {Dataset} from './dataset';
import {tokenize} from './tokens';

/** Least, median and most. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface SplitCounts {
  readonly examples: number;
  /** Examples that show each modality. */
  readonly shown: Readonly<Record<string, number>>;
  /** Examples that show them all. */
  readonly complete: number;
  /** By class; '(none)' counts those without a label. */
  readonly classes: Readonly<Record<string, number>>;
}

/** Measured on at most 500 parts of the train split, evenly spread (of validation or test where train has none). */
export type ModalityFacts =
  | {
      readonly kind: 'image';
      readonly spec: ImageModality;
      readonly looked: number;
      readonly values: Spread;
      readonly mean: number;
    }
  | {
      readonly kind: 'audio';
      readonly spec: AudioModality;
      readonly looked: number;
      readonly peak: Spread;
      readonly seconds: Spread;
    }
  | {
      readonly kind: 'text';
      readonly spec: TextModality;
      readonly looked: number;
      readonly tokens: Spread;
      readonly distinct: number;
      /** Share of tokens that are not in the vocabulary. */
      readonly unknown: number;
      /** Sentences longer than the modality's tokens, as a share. */
      readonly cut: number;
      readonly frequent: readonly string[];
    };

export interface DatasetDescription {
  readonly name: string;
  readonly source: string;
  readonly splits: Readonly<Record<SplitName, SplitCounts>>;
  readonly modalities: Readonly<Record<string, ModalityFacts>>;
  /** Names of attributes, with how many different values they have. */
  readonly attributes: Readonly<Record<string, number>>;
}

const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];
const mostLooked = 500;

export function describeDataset(dataset: Dataset): DatasetDescription {
  const names = Object.keys(dataset.modalities);
  const rows = Object.fromEntries(splitNames.map(split => [split, dataset.rows(split)])) as Record<
    SplitName,
    readonly Example[]
  >;
  const all = splitNames.flatMap(split => rows[split]);
  const looked = splitNames.map(split => rows[split]).find(list => list.length > 0) ?? [];
  return {
    name: dataset.name,
    source: dataset.source,
    splits: Object.fromEntries(
      splitNames.map(split => [split, countSplit(rows[split], names, dataset.classNames)]),
    ) as unknown as DatasetDescription['splits'],
    modalities: Object.fromEntries(names.map(name => [name, measure(name, dataset.modalities[name]!, looked)])),
    attributes: countValues(all),
  };
}

function countSplit(rows: readonly Example[], names: readonly string[], classNames: readonly string[]): SplitCounts {
  const shows = ({parts}: Example, name: string): boolean => Object.hasOwn(parts, name);
  const classes: Record<string, number> = Object.fromEntries(classNames.map(name => [name, 0]));
  for (const {label} of rows) {
    const name = label === undefined ? '(none)' : classNames[label]!;
    classes[name] = (classes[name] ?? 0) + 1;
  }
  return {
    examples: rows.length,
    shown: Object.fromEntries(names.map(name => [name, rows.filter(row => shows(row, name)).length])),
    complete: rows.filter(row => names.every(name => shows(row, name))).length,
    classes,
  };
}

function measure(name: string, spec: ModalitySpec, rows: readonly Example[]): ModalityFacts {
  const shown = rows.filter(({parts}) => Object.hasOwn(parts, name));
  const step = Math.max(1, shown.length / mostLooked);
  const parts = Array.from(
    {length: Math.min(shown.length, mostLooked)},
    (_, i) => shown[Math.floor(i * step)]!.parts[name]!,
  );
  switch (spec.kind) {
    case 'image':
      return measurePictures(spec, parts as Picture[]);
    case 'audio':
      return measureSounds(spec, parts as Sound[]);
    case 'text':
      return measureTexts(spec, parts as string[]);
  }
}

function measurePictures(spec: ImageModality, pictures: readonly Picture[]): ModalityFacts {
  const histogram = new Float64Array(256);
  for (const {pixels} of pictures) for (const value of pixels) histogram[value]! += 1;
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let [seen, least, median, most, sum] = [0, 255, 0, 0, 0];
  histogram.forEach((count, value) => {
    if (count === 0) return;
    least = Math.min(least, value);
    most = value;
    if (seen < total / 2) median = value;
    seen += count;
    sum += count * value;
  });
  return {
    kind: 'image',
    spec,
    looked: pictures.length,
    values: {least, median, most},
    mean: total > 0 ? sum / total : 0,
  };
}

function measureSounds(spec: AudioModality, sounds: readonly Sound[]): ModalityFacts {
  const peaks: number[] = [];
  const seconds: number[] = [];
  for (const {samples, sampleRateHz, channels = 1} of sounds) {
    let peak = 0;
    let last = 0;
    for (let i = 0; i < samples.length; i++) {
      const level = Math.abs(samples[i]!);
      if (level > 0) last = i;
      if (level > peak) peak = level;
    }
    peaks.push(peak);
    // Silence that fills a clip up is not counted.
    seconds.push((Math.floor(last / channels) + 1) / sampleRateHz);
  }
  return {kind: 'audio', spec, looked: sounds.length, peak: spread(peaks), seconds: spread(seconds)};
}

function measureTexts(spec: TextModality, texts: readonly string[]): ModalityFacts {
  const known = new Set(spec.vocabulary);
  const counts = new Map<string, number>();
  const lengths: number[] = [];
  let unknown = 0;
  for (const text of texts) {
    const tokens = tokenize(text, spec.tokens);
    lengths.push(tokens.length);
    for (const token of tokens) {
      counts.set(token, (counts.get(token) ?? 0) + 1);
      if (!known.has(token)) unknown++;
    }
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([token]) => token);
  return {
    kind: 'text',
    spec,
    looked: texts.length,
    tokens: spread(lengths),
    distinct: new Set(texts).size,
    unknown: total > 0 ? unknown / total : 0,
    cut: texts.length > 0 ? lengths.filter(length => length > spec.maxTokens).length / texts.length : 0,
    frequent: frequent.slice(0, 10),
  };
}

function countValues(rows: readonly Example[]): Record<string, number> {
  const values = new Map<string, Set<unknown>>();
  for (const {attributes = {}} of rows) {
    for (const [name, value] of Object.entries(attributes)) {
      const known = values.get(name);
      if (known) known.add(value);
      else values.set(name, new Set([value]));
    }
  }
  return Object.fromEntries([...values].map(([name, known]) => [name, known.size]));
}

function spread(values: readonly number[]): Spread {
  if (values.length === 0) return {least: 0, median: 0, most: 0};
  const sorted = [...values].sort((a, b) => a - b);
  return {least: sorted[0]!, median: quantile(sorted, 0.5), most: sorted.at(-1)!};
}
