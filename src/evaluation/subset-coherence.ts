/** Coherence over every subset of the modalities, from labels alone. */
import {UserError} from '../core/checks';
import {agreement, chanceAgreement, meanOf} from './classes';
import {jointCoherence, type LabelsByModality, subsets} from './coherence';
import {type Interval, wilsonInterval} from './intervals';
import {assertLabels} from './labels';
import type {Direction, Score} from './metrics-record';

/**
 * Joint coherence of every subset of two modalities or more: the share of generated examples on whose class the subset agrees.
 *
 * @param generated what each classifier says of the same generated examples; @param real of real ones, the same modalities.
 * @returns by names joined with +, for example 'image+caption'.
 */
export function jointCoherenceOfSubsets(
  generated: LabelsByModality,
  real: LabelsByModality,
  numClasses: number,
): Record<string, Score> {
  const names = Object.keys(generated);
  if (names.length < 2) throw new UserError(`Expected joint coherence of at least 2 modalities, got ${names.length}.`);
  const missing = names.find(name => !(name in real));
  if (missing)
    throw new UserError(`Expected real labels of joint coherence for ${missing}, got ${Object.keys(real).join(', ')}.`);
  const scores: Record<string, Score> = {};
  for (let size = 2; size <= names.length; size++) {
    for (const subset of subsets(names, size)) {
      const of = (all: LabelsByModality): LabelsByModality =>
        Object.fromEntries(subset.map(name => [name, all[name]!]));
      scores[subset.join('+')] = jointCoherence(of(generated), of(real), numClasses);
    }
  }
  return scores;
}

export interface ConditionalScore {
  readonly value: number;
  readonly ci95: Interval;
  readonly chance: number;
}

export interface ConditionalCoherence {
  /** Every direction, such as 'image+caption→speech'. */
  readonly directions: Readonly<Record<Direction, ConditionalScore>>;
  /** Mean over the directions from so many given modalities. */
  readonly byGiven: Readonly<Record<number, number>>;
}

/**
 * Conditional coherence over all subsets: the share of completed parts that show the class of the row from whose other parts they
 * were made, from every proper subset of the modalities to every modality that it lacks.
 *
 * Source: Shi et al. 2019 (arXiv:1911.03393), section 4.1; over subsets Sutter et al. 2021 (arXiv:2105.02470), section 4.
 *
 * @param completed by what was given ('image', 'image+caption' …): what the classifiers say of the completed parts.
 * @param names every modality; @param labels true class of each row.
 * @throws UserError when a subset, or a modality that it lacks, is missing.
 */
export function conditionalCoherence(
  completed: Readonly<Record<string, LabelsByModality>>,
  names: readonly string[],
  labels: ArrayLike<number>,
  numClasses: number,
): ConditionalCoherence {
  if (names.length < 2)
    throw new UserError(`Expected conditional coherence of at least 2 modalities, got ${names.length}.`);
  if (labels.length < 1) throw new UserError('Expected conditional coherence of at least 1 row, got 0.');
  const directions: Record<Direction, ConditionalScore> = {};
  const byGiven: Record<number, number> = {};
  for (let size = 1; size < names.length; size++) {
    const values: number[] = [];
    for (const given of subsets(names, size)) {
      const made = completed[given.join('+')];
      for (const target of names.filter(name => !given.includes(name))) {
        const shown = made?.[target];
        const direction: Direction = `${given.join('+')}→${target}`;
        if (!shown)
          throw new UserError(
            `Expected conditional coherence to be given ${direction}, got ${Object.keys(completed).join(', ')}.`,
          );
        assertLabels('conditional coherence', direction, shown, labels.length);
        const value = agreement([labels, shown]);
        directions[direction] = {
          value,
          ci95: wilsonInterval(value, labels.length),
          chance: chanceAgreement([labels, shown], numClasses),
        };
        values.push(value);
      }
    }
    byGiven[size] = meanOf(values);
  }
  return {directions, byGiven};
}
