/** Everything that was made for an evaluation, as plain arrays: what figures and tests of single rows are drawn from. */
import {mapRecord} from '../core/records';
import type {tf} from '../core/tensorflow';
import type {Example, Modalities, SplitName} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {FeatureCache} from '../features/batch';
import {subsets} from './coherence';
import {drawnRows} from './drawn-rows';
import type {Maker} from './maker';
import {type Judgement, judge, type Oracles} from './oracles';
import {type Ranking, rankings} from './rankings';
import {type RealRows, realRows, rowNumbers} from './real-rows';
import {type CodesByModality, codesByModality, type RetrievalDetail, retrievalDetails} from './retrieval-details';
import {inScope} from './scope';
import {sortOracles} from './scores-of';

/** N parts of one modality, one after the other. */
export interface MadeParts {
  readonly values: Float32Array;
  /** Values of one part. */
  readonly size: number;
  /** What the modality's classifier says; null without one. */
  readonly judgement: Judgement | null;
}

/** Rows that were made whole from the modalities of `given`. */
export interface Completion {
  readonly given: readonly string[];
  /** Indices into the rows of the inspection. */
  readonly rows: Int32Array;
  /** Parts that were not given. */
  readonly made: Readonly<Record<string, MadeParts>>;
}

export interface Inspection {
  readonly modalities: Modalities;
  readonly classNames: readonly string[];
  readonly split: SplitName;
  readonly seed: number;
  /** Real rows, in the order of all row numbers here. */
  readonly examples: readonly Example[];
  /** Class of each row, -1 where it is not known. */
  readonly labels: Int32Array;
  /** What the classifiers say of the real rows, by row; -1 where a row does not show the modality. */
  readonly judgedReal: Readonly<Record<string, ArrayLike<number>>>;
  /** Features of real parts that the classifiers see, of the rows that show them. */
  readonly realFeatures: Readonly<Record<string, Judgement['features']>>;
  /** Of the classifiers, by modality. */
  readonly featureNames: Readonly<Record<string, string>>;
  readonly generated: Readonly<Record<string, MadeParts>> | null;
  readonly completions: readonly Completion[];
  /** Codes of single modalities of the real rows, and of the whole generated examples; null without an encoder. */
  readonly codes: {
    readonly real: CodesByModality;
    readonly generated: Float32Array | null;
    readonly width: number;
  } | null;
  readonly retrieval: Readonly<Record<string, RetrievalDetail>>;
  readonly rankings: readonly Ranking[];
}

export interface InspectOptions {
  readonly split: SplitName;
  /** As for the scores: the same rows and the same examples. */
  readonly seed: number;
  readonly count: number;
}

/** Looks at the rows and the examples that evaluateModel scores with these options. */
export function inspect(maker: Maker, dataset: Dataset, oracles: Oracles, options: InspectOptions): Inspection {
  return inScope(() => {
    const {modalities} = maker;
    const {split, seed, count} = options;
    const {fitting} = sortOracles(modalities, dataset.classNames, oracles);
    const {examples} = drawnRows(dataset, split, count, seed, modalities);
    const real = realRows(examples, modalities, fitting, new FeatureCache(modalities));
    const drawn = maker.generate();
    const codes = maker.encode ? codesByModality(maker.encode, real) : null;
    return {
      modalities,
      classNames: dataset.classNames,
      split,
      seed,
      examples,
      labels: Int32Array.from(real.labels),
      judgedReal: real.judged,
      realFeatures: mapRecord(real.judgements, parts => parts.judgement.features),
      featureNames: mapRecord(fitting, oracle => oracle.featureName),
      generated: drawn && made(drawn, fitting),
      completions: completionsOf(maker, real, fitting),
      codes: codes && {...codes, generated: drawn && (maker.encode!({parts: drawn}).dataSync() as Float32Array)},
      retrieval: codes ? retrievalDetails(codes.real, real) : {},
      rankings: maker.discriminate ? rankings(maker.discriminate, real, drawn, seed) : [],
    };
  });
}

function completionsOf(maker: Maker, real: RealRows, oracles: Oracles): Completion[] {
  const completions: Completion[] = [];
  for (let size = 1; size < real.names.length; size++) {
    for (const given of subsets(real.names, size)) {
      const rows = Int32Array.from(completableRows(maker, real, given));
      if (rows.length === 0) continue;
      inScope(() => {
        const parts = maker.complete(given, rows, real);
        if (!parts) return;
        const wanted = Object.entries(parts).filter(([name]) => !given.includes(name));
        completions.push({given, rows, made: made(Object.fromEntries(wanted), oracles)});
      });
    }
  }
  return completions;
}

/** Rows that have a label, show what is to be given, and were completed from it. */
export function completableRows(maker: Maker, real: RealRows, given: readonly string[]): number[] {
  return rowNumbers(real.size).filter(
    row => real.labels[row]! >= 0 && given.every(name => real.shows(name, row)) && maker.canComplete(given, row),
  );
}

function made(parts: Readonly<Record<string, tf.Tensor>>, oracles: Oracles): Record<string, MadeParts> {
  return mapRecord(parts, (part, name) => ({
    values: part.dataSync() as Float32Array,
    size: part.size / part.shape[0]!,
    judgement: oracles[name] ? judge(oracles[name], part) : null,
  }));
}

/** Values of one part. */
export function partValues({values, size}: MadeParts, row: number): Float32Array {
  return values.subarray(row * size, (row + 1) * size);
}

/** Probability that the classifier gives to a class. */
export function probabilityOf(judgement: Judgement, row: number, label: number): number {
  return judgement.probabilities[row * (judgement.probabilities.length / judgement.labels.length) + label]!;
}
