/** What a report shows of a model: samples, completions of real rows, and several draws of the same content. */
import {expected} from '../../core/checks';
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import type {Example, Modalities, ModalitySpec, Picture, Sound, SplitName} from '../../core/types';
import {numFrames} from '../../core/types';
import type {Dataset} from '../../datasets/dataset';
import {classFrequencies} from '../../evaluation/classes';
import {subsets} from '../../evaluation/coherence';
import type {GenerativeModel} from '../../evaluation/evaluate';
import {judge, type Oracles, whyOracleDoesNotFit} from '../../evaluation/oracles';
import {FeatureCache, toBatch} from '../../features/batch';
import {buildCodec} from '../../features/codec';
import {isPresent} from '../../features/stack-parts';
import {pictureTile, spectrogramTile, type Tile} from '../tiles';

/** One part of an example, ready for a page. */
export type ShownPart =
  | {readonly kind: 'image'; readonly tile: Tile}
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'audio'; readonly tile: Tile; readonly sound: Sound};

export type ShownExample = Readonly<Record<string, ShownPart>>;

/** Rows of a split of which only `given` was shown to the model. */
export interface CompletionGroup {
  readonly given: readonly string[];
  readonly rows: readonly {
    readonly truth: ShownExample;
    /** Only the parts that were made. */
    readonly completed: ShownExample;
  }[];
}

/** Several draws for one real part, to see whether they differ; beside real parts of the same class. */
export interface DrawRow {
  readonly given: ShownPart;
  readonly drawn: readonly ShownPart[];
  readonly real: readonly ShownPart[];
}

export interface ReportExamples {
  readonly samples: readonly ShownExample[];
  readonly completions: readonly CompletionGroup[];
  /** Draws of modality `made` for one part of modality `given`; null with a single modality. */
  readonly draws: {readonly given: string; readonly made: string; readonly rows: readonly DrawRow[]} | null;
  /** Share of each class among generated parts by what a classifier sees, and among the rows; null without classifiers. */
  readonly classShares: {
    readonly real: readonly number[];
    readonly generated: Readonly<Record<string, readonly number[]>>;
  } | null;
}

export interface ReportExamplesOptions {
  readonly seed: number;
  /** Rows to complete. Defaults to 'test'. */
  readonly split?: SplitName;
  /** For the histogram of classes. */
  readonly oracles?: Oracles;
  /** Defaults to 24. */
  readonly numSamples?: number;
}

const rowsPerGroup = 4;
const drawsPerRow = 8;
const numJudged = 500;

/** Same model, data, seed and backend: the same examples. */
export function reportExamples(
  model: GenerativeModel,
  dataset: Dataset,
  options: ReportExamplesOptions,
): ReportExamples {
  const {seed, split = 'test', oracles = {}, numSamples = 24} = options;
  const {modalities} = model.config;
  const rows = dataset.rows(split);
  if (rows.length === 0) throw expected(`split "${split}"`, 'at least one row long', rows.length);
  const cache = new FeatureCache(modalities);
  const names = Object.keys(modalities);
  const groups = [...subsets(names, 1), ...(names.length > 2 ? subsets(names, 2) : [])];
  return {
    samples: withParts(() => model.generate(numSamples, {seed}), modalities),
    completions: groups.map((given, index) => {
      const whole = rows.filter(row => given.every(name => isPresent(row, name)));
      const chosen = spreadRows(whole, rowsPerGroup, index);
      const completed = complete(
        model,
        cache,
        chosen,
        given,
        names.filter(name => !given.includes(name)),
        seed + index,
      );
      return {
        given,
        rows: chosen.map((row, i) => ({truth: shownExample(row, modalities, cache), completed: completed[i]!})),
      };
    }),
    draws: drawSeveral(model, dataset, cache, rows, seed),
    classShares: classShares(model, dataset, rows, oracles, seed),
  };
}

/** Tensors of N examples as parts for a page, those modalities that are wanted. The tensors stay. */
export function shownParts(
  parts: Readonly<Record<string, tf.Tensor>>,
  modalities: Modalities,
  wanted: readonly string[] = Object.keys(parts),
): ShownExample[] {
  const count = Object.values(parts)[0]?.shape[0] ?? 0;
  const columns = wanted.map(name => {
    const spec = modalities[name]!;
    const values = parts[name]!.dataSync() as Float32Array;
    const size = values.length / count;
    return [
      name,
      Array.from({length: count}, (_, i) => shownPart(values.subarray(i * size, (i + 1) * size), spec)),
    ] as const;
  });
  return Array.from({length: count}, (_, i) => Object.fromEntries(columns.map(([name, column]) => [name, column[i]!])));
}

/** @param values one part in the modality's units, without N. */
export function shownPart(values: Float32Array, spec: ModalitySpec): ShownPart {
  const part = buildCodec(spec).decode(values);
  if (spec.kind === 'image') return {kind: 'image', tile: pictureTile(part as Picture)};
  if (spec.kind === 'text') return {kind: 'text', text: part as string};
  // The spectrogram that the model made, not the one of the sound that it was turned into.
  return {
    kind: 'audio',
    tile: spectrogramTile(values, spec.numMelBands, numFrames(spec), spec.channels),
    sound: part as Sound,
  };
}

/** A real example; its sound is the recording itself. */
export function shownExample(example: Example, modalities: Modalities, cache: FeatureCache): ShownExample {
  const parts = Object.entries(example.parts).map(([name, part]) => {
    const spec = modalities[name]!;
    if (spec.kind === 'image') return [name, {kind: 'image', tile: pictureTile(part as Picture)}];
    if (spec.kind === 'text') return [name, {kind: 'text', text: part as string}];
    const tile = spectrogramTile(cache.encode(name, part), spec.numMelBands, numFrames(spec), spec.channels);
    return [name, {kind: 'audio', tile, sound: part as Sound}];
  });
  return Object.fromEntries(parts) as ShownExample;
}

/** @param rows show every modality of `given`. */
function complete(
  model: GenerativeModel,
  cache: FeatureCache,
  rows: readonly Example[],
  given: readonly string[],
  made: readonly string[],
  seed: number,
): ShownExample[] {
  return withParts(
    () => {
      const {parts} = toBatch(rows, cache);
      return model.complete({parts: Object.fromEntries(given.map(name => [name, parts[name]!]))}, {seed});
    },
    model.config.modalities,
    made,
  );
}

/** @param wanted only these modalities are decoded: turning a spectrogram into sound takes time. */
function withParts(
  make: () => Record<string, tf.Tensor>,
  modalities: Modalities,
  wanted: readonly string[] = Object.keys(modalities),
): ShownExample[] {
  const parts = tf.tidy(make);
  const shown = shownParts(parts, modalities, wanted);
  tf.dispose(parts);
  return shown;
}

function drawSeveral(
  model: GenerativeModel,
  dataset: Dataset,
  cache: FeatureCache,
  rows: readonly Example[],
  seed: number,
): ReportExamples['draws'] {
  const {modalities} = model.config;
  const names = Object.keys(modalities);
  const given = names.find(name => modalities[name]!.kind === 'text') ?? names[0]!;
  const others = names.filter(name => name !== given);
  const made = others.find(name => modalities[name]!.kind === 'image') ?? others[0];
  if (made === undefined) return null;
  const numRows = Math.min(10, Math.max(1, dataset.classNames.length));
  const chosen = spreadRows(
    rows.filter(row => isPresent(row, given)),
    numRows,
    0,
  );
  const train = dataset.rows('train').filter(row => isPresent(row, made));
  const drawn = complete(
    model,
    cache,
    chosen.flatMap(row => new Array<Example>(drawsPerRow).fill(row)),
    [given],
    [made],
    seed,
  );
  return {
    given,
    made,
    rows: chosen.map((row, i) => ({
      given: shownExample(row, modalities, cache)[given]!,
      drawn: drawn.slice(i * drawsPerRow, (i + 1) * drawsPerRow).map(example => example[made]!),
      real: spreadRows(
        row.label === undefined ? train : train.filter(other => other.label === row.label),
        drawsPerRow,
        3,
      ).map(other => shownExample({...other, parts: {[made]: other.parts[made]!}}, modalities, cache)[made]!),
    })),
  };
}

/** `count` rows of different classes where there are labels, and from all over the list. */
function spreadRows(rows: readonly Example[], count: number, offset: number): Example[] {
  const labels = [...new Set(rows.map(row => row.label))].sort((a, b) => (a ?? -1) - (b ?? -1));
  const stream = new RandomStream(offset, 'report/rows');
  return Array.from({length: Math.min(count, rows.length)}, (_, i) => {
    // Classes in turn; the offset lets each group begin with another class.
    const label = labels[(i + offset * count) % labels.length];
    return stream.choice(rows.filter(row => row.label === label));
  });
}

function classShares(
  model: GenerativeModel,
  dataset: Dataset,
  rows: readonly Example[],
  oracles: Oracles,
  seed: number,
): ReportExamples['classShares'] {
  const {modalities} = model.config;
  const names = Object.keys(modalities).filter(
    name => oracles[name] && whyOracleDoesNotFit(oracles[name], modalities[name]!, dataset.classNames) === null,
  );
  const labels = rows.map(row => row.label).filter(label => label !== undefined);
  if (names.length === 0 || labels.length === 0) return null;
  const parts = model.generate(numJudged, {seed});
  const numClasses = dataset.classNames.length;
  const generated = Object.fromEntries(
    names.map(name => [name, [...classFrequencies(judge(oracles[name]!, parts[name]!).labels, numClasses)]]),
  );
  tf.dispose(parts);
  return {real: [...classFrequencies(labels, numClasses)], generated};
}
