/** Coherence: do the parts of one example show the same class? */
import {UserError} from '../core/checks';
import {tf} from '../core/tensorflow';
import {agreement, agreementFlags, chanceAgreement, meanOf} from './classes';
import {wilsonInterval} from './intervals';
import {assertClassLabels, assertLabels} from './labels';
import type {CoherenceGroup, Direction, Score} from './metrics-record';
import {judge, type Oracle, type Oracles} from './oracles';

/** Class indices of N rows by modality name. */
export type LabelsByModality = Readonly<Record<string, ArrayLike<number>>>;

/**
 * Joint coherence: the share of generated examples on whose class the oracles of all modalities agree.
 *
 * Source: Shi et al. 2019 (arXiv:1911.03393), section 4.1.
 *
 * 0.5 when two modalities show the classes [3, 1] and [3, 2].
 *
 * @param generated what each oracle says of the generated examples; @param real of real ones; two modalities or more, the same in both.
 * @throws UserError for fewer than two modalities, a modality without real labels, lists of unequal length or without a label, and
 * a label that is no class.
 */
export function jointCoherence(generated: LabelsByModality, real: LabelsByModality, numClasses: number): Score {
  const names = Object.keys(generated);
  const lists = listsOf('generated', generated, names, numClasses);
  const realLists = listsOf('real', real, names, numClasses);
  const value = agreement(lists);
  return {
    value,
    ci95: wilsonInterval(value, lists[0]!.length),
    real: agreement(realLists),
    chance: chanceAgreement(lists, numClasses),
  };
}

function listsOf(
  what: string,
  labels: LabelsByModality,
  names: readonly string[],
  numClasses: number,
): ArrayLike<number>[] {
  if (names.length < 2) {
    throw new UserError(
      `Expected ${what} labels of jointCoherence to be of at least 2 modalities, got ${names.join(', ') || 'none'}.`,
    );
  }
  return names.map((name, i) => {
    const list = labels[name];
    if (!list) throw new UserError(`Expected ${what} labels of jointCoherence to include ${name}, got none of it.`);
    assertClassLabels('jointCoherence', `${what} labels (${name})`, list, numClasses);
    if (i > 0) assertLabels('jointCoherence', `${what} labels (${name})`, list, labels[names[0]!]!.length);
    return list;
  });
}

/** Completes rows from the named modalities: parts in the order of the rows. A part that it leaves out is not scored; null for none. */
export type Completer = (given: readonly string[], rows: ArrayLike<number>) => Record<string, tf.Tensor> | null;

/** What cross-modal coherence is measured on. */
export interface LabelledRows {
  /** Every modality of the model, in its order. */
  readonly names: readonly string[];
  /** True class of each row; -1 where it is not known. */
  readonly labels: ArrayLike<number>;
  /** Whether row i shows a modality. */
  readonly shows: (name: string, row: number) => boolean;
  /** Different parts that some rows show, of the named modality that has the fewest. */
  readonly numDistinct: (names: readonly string[], rows: ArrayLike<number>) => number;
  /** What the oracles say of the real parts. */
  readonly judged: LabelsByModality;
  /** Rows that can be completed from these modalities, of those that show them. Defaults to all. */
  readonly canComplete?: (given: readonly string[], row: number) => boolean;
}

export interface CrossModalScores {
  readonly group: CoherenceGroup | null;
  readonly directions: Record<Direction, Score>;
}

/**
 * Cross-modal coherence of every direction from `numGiven` modalities to one that is not given: the share of rows whose completed
 * part the oracle puts in the row's true class. Rows that lack a given modality or a label, or cannot be completed, are left out of that direction.
 *
 * Intervals count each different given part once: completions of one clip, given in ten rows, are right or wrong together.
 */
export function crossModalScores(
  complete: Completer,
  rows: LabelledRows,
  oracles: Oracles,
  numClasses: number,
  numGiven: number,
): CrossModalScores {
  const directions: Record<Direction, Score> = {};
  let fewestParts = Number.POSITIVE_INFINITY;
  for (const given of subsets(rows.names, numGiven)) {
    const targets = rows.names.filter(name => !given.includes(name) && name in oracles);
    const usable = Array.from(rows.labels, (label, row) =>
      label >= 0 && given.every(name => rows.shows(name, row)) && (rows.canComplete?.(given, row) ?? true) ? row : -1,
    );
    const chosen = Int32Array.from(usable.filter(row => row >= 0));
    if (targets.length === 0 || chosen.length === 0) continue;
    const numParts = rows.numDistinct(given, chosen);
    const truth = Int32Array.from(chosen, row => rows.labels[row]!);
    tf.tidy(() => {
      const made = complete(given, chosen) ?? {};
      for (const target of targets) {
        const part = made[target];
        if (!part) continue;
        fewestParts = Math.min(fewestParts, numParts);
        const oracle = oracles[target]!;
        const shown = judge(oracle, part).labels;
        directions[`${given.join('+')}→${target}`] = {
          ...scoreOf(agreementFlags([truth, shown]), numParts),
          real: realAccuracy(rows, oracle, chosen),
          chance: chanceAgreement([truth, shown], numClasses),
        };
      }
    });
  }
  return {group: groupOf(directions, fewestParts), directions};
}

/** The mean over directions, of value, ceiling and chance; null without any direction. */
function groupOf(directions: Readonly<Record<Direction, Score>>, numParts: number): CoherenceGroup | null {
  const scores = Object.values(directions);
  if (scores.length === 0) return null;
  const over = (key: 'value' | 'real' | 'chance'): number => meanOf(scores.map(score => score[key]));
  const mean = Math.min(1, over('value'));
  const values = Object.fromEntries(Object.entries(directions).map(([name, score]) => [name, score.value]));
  return {mean, ci95: wilsonInterval(mean, numParts), real: over('real'), chance: over('chance'), ...values};
}

function scoreOf(flags: Uint8Array, numParts: number): Pick<Score, 'value' | 'ci95'> {
  const value = meanOf(flags);
  return {value, ci95: wilsonInterval(value, numParts)};
}

/**
 * How often the oracle recognises the real part: no completion can be expected to be recognised more surely. Where the rows do
 * not show the target it is the oracle's accuracy on the test split, and 1 if that is not known.
 */
function realAccuracy(rows: LabelledRows, oracle: Oracle, chosen: Int32Array): number {
  const shown = Array.from(chosen).filter(row => rows.shows(oracle.modality, row));
  if (shown.length === 0) return oracle.test?.accuracy ?? 1;
  return meanOf(shown.map(row => (rows.judged[oracle.modality]![row] === rows.labels[row] ? 1 : 0)));
}

/** Subsets of a size, in the order of the names: [a, b], [a, c], [b, c] for two of three. */
export function subsets(names: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return names.flatMap((name, i) => subsets(names.slice(i + 1), size - 1).map(rest => [name, ...rest]));
}
