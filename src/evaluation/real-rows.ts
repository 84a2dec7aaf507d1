/** Real examples as evaluation needs them: tensors, labels, and what the oracles say, for rows that may lack modalities. */
import {tf} from '../core/tensorflow';
import type {Example, Modalities, Part} from '../core/types';
import {type FeatureCache, toBatch} from '../features/batch';
import {isPresent, stackParts} from '../features/stack-parts';
import type {LabelledRows} from './coherence';
import {judge, type Oracles} from './oracles';
import type {JudgedParts} from './realism';
import {inScope} from './scope';

export interface RealRows extends LabelledRows {
  readonly size: number;
  /** All rows of a modality, filler where it is absent. */
  readonly parts: Readonly<Record<string, tf.Tensor>>;
  /** Indices of the rows that show a modality. */
  readonly rowsWith: Readonly<Record<string, Int32Array>>;
  /** What each oracle says of the rows that show its modality, in their order. */
  readonly judgements: Readonly<Record<string, JudgedParts>>;
}

/** Call inside tf.tidy: the tensors belong to the caller. */
export function realRows(
  examples: readonly Example[],
  modalities: Modalities,
  oracles: Oracles,
  cache: FeatureCache,
): RealRows {
  const names = Object.keys(modalities);
  const batch = toBatch(examples, cache);
  const shows = (name: string, row: number): boolean => isPresent(examples[row]!, name);
  const numDistinct = (of: readonly string[], rows: ArrayLike<number>): number =>
    Math.min(...of.map(name => new Set(Array.from(rows, row => examples[row]!.parts[name])).size));
  const rowsWith: Record<string, Int32Array> = {};
  const judgements: Record<string, JudgedParts> = {};
  const judged: Record<string, Int32Array> = {};
  for (const name of names) {
    const rows = Int32Array.from(rowNumbers(examples.length).filter(row => shows(name, row)));
    rowsWith[name] = rows;
    const oracle = oracles[name];
    if (!oracle || rows.length === 0) continue;
    const judgement = inScope(() => judge(oracle, gatherRows(batch.parts[name]!, rows)));
    judgements[name] = {judgement, distinct: firstOfEach(Array.from(rows, row => examples[row]!.parts[name]!))};
    judged[name] = new Int32Array(examples.length).fill(-1);
    rows.forEach((row, i) => {
      judged[name]![row] = judgement.labels[i]!;
    });
  }
  return {
    names,
    size: examples.length,
    labels: batch.labels,
    shows,
    numDistinct,
    judged,
    parts: batch.parts,
    rowsWith,
    judgements,
  };
}

/** Where each different part occurs first: [0, 2] for a, a, b. */
function firstOfEach(parts: readonly Part[]): Int32Array {
  const seen = new Set<Part>();
  return Int32Array.from(rowNumbers(parts.length).filter(i => !seen.has(parts[i]!) && seen.add(parts[i]!)));
}

/** 0 … count - 1. */
export function rowNumbers(count: number): number[] {
  return Array.from({length: count}, (_, row) => row);
}

/** The rows at these indices; the tensor itself when they are all of them. */
export function gatherRows(tensor: tf.Tensor, rows: ArrayLike<number>): tf.Tensor {
  const all = rows.length === tensor.shape[0] && Array.from(rows).every((row, i) => row === i);
  return all ? tensor : tf.gather(tensor, Int32Array.from(rows));
}

/** Parts of the rows that show the modality. */
export function partsOf(real: RealRows, name: string): tf.Tensor {
  return gatherRows(real.parts[name]!, real.rowsWith[name]!);
}

/** Each different part of a modality once, as one tensor; null when no example shows it. Pairing uses a clip or a sentence many times. */
export function distinctParts(
  examples: readonly Example[],
  name: string,
  modalities: Modalities,
  cache: FeatureCache,
): tf.Tensor | null {
  const parts = new Set(examples.filter(example => isPresent(example, name)).map(({parts}) => parts[name]!));
  if (parts.size === 0) return null;
  const each = Array.from(parts, (part, i): Example => ({id: String(i), parts: {[name]: part}}));
  return stackParts(each, {[name]: modalities[name]!}, (_, part) => cache.encode(name, part))[name]!;
}
