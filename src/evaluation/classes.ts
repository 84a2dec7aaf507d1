/** Which classes a set of labels holds, how evenly, and how often labels agree by chance. */
import {UserError} from '../core/checks';
import {assertClassLabels} from './labels';

export interface ClassSpread {
  /** Classes with at least one label. */
  readonly present: number;
  /** Of the label frequencies: 0 when all are one class, log₂ of the number of classes (3.32 for ten) when even. */
  readonly entropyBits: number;
}

/**
 * H = -Σ p log₂ p over the frequencies of labels 0 … numClasses - 1; classSpread([0, 0, 1, 2], 4) is {present: 3, entropyBits: 1.5}.
 *
 * @throws UserError without labels, and for one that is no class.
 */
export function classSpread(labels: ArrayLike<number>, numClasses: number): ClassSpread {
  const frequencies = frequenciesOf('classSpread', labels, numClasses);
  const terms = Array.from(frequencies, p => (p > 0 ? -p * Math.log2(p) : 0));
  return {present: frequencies.filter(p => p > 0).length, entropyBits: terms.reduce((sum, term) => sum + term, 0)};
}

/** Share of each class; sums to 1. */
export function classFrequencies(labels: ArrayLike<number>, numClasses: number): Float64Array {
  return frequenciesOf('classFrequencies', labels, numClasses);
}

function frequenciesOf(metric: string, labels: ArrayLike<number>, numClasses: number): Float64Array {
  assertClassLabels(metric, 'labels', labels, numClasses);
  const frequencies = new Float64Array(numClasses);
  for (let i = 0; i < labels.length; i++) frequencies[labels[i]!]! += 1;
  return frequencies.map(n => n / labels.length);
}

/** Share of rows on which all lists of labels agree: 0.5 for [1, 2] and [1, 3]. */
export function agreement(lists: readonly ArrayLike<number>[]): number {
  return meanOf(agreementFlags(lists));
}

/** 1 where all lists agree, else 0. */
export function agreementFlags(lists: readonly ArrayLike<number>[]): Uint8Array {
  const [first, ...others] = lists;
  if (!first || others.length === 0)
    throw new UserError(`Expected agreement of at least 2 lists, got ${lists.length}.`);
  for (const other of others) {
    if (other.length !== first.length) {
      throw new UserError(`Expected lists of labels of equal length, got ${first.length} and ${other.length}.`);
    }
  }
  return Uint8Array.from({length: first.length}, (_, i) => (others.every(other => other[i] === first[i]) ? 1 : 0));
}

/**
 * How often the lists would agree if each kept its frequencies but were drawn without regard to the others:
 *
 *   Σ_c Π_m p_m(c)
 *
 * 0.1 for two even lists of ten classes, 0.01 for three.
 */
export function chanceAgreement(lists: readonly ArrayLike<number>[], numClasses: number): number {
  const frequencies = lists.map(labels => frequenciesOf('chanceAgreement', labels, numClasses));
  let chance = 0;
  for (let c = 0; c < numClasses; c++) chance += frequencies.reduce((product, p) => product * p[c]!, 1);
  return chance;
}

/** Mean of flags (then it is a share) or of other values. */
export function meanOf(flags: ArrayLike<number>): number {
  if (flags.length === 0) throw new UserError('Expected the mean of at least 1 value, got 0.');
  let sum = 0;
  for (let i = 0; i < flags.length; i++) sum += flags[i]!;
  return sum / flags.length;
}
