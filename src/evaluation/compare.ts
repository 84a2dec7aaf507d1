/** Runs side by side: what differs by more than chance, and what may not be compared at all. */
import {allScoreRows, type ScoredRun} from './detail-rows';
import type {PartHits} from './details';
import type {Interval} from './intervals';
import type {Direction} from './metrics-record';
import {normalTail} from './normal';
import {pairedComparison} from './paired-comparison';
import {frechetRowName, type ScoreRow} from './score-rows';

export interface ComparedRun extends ScoredRun {
  readonly name: string;
  /** Where the real rows came from. */
  readonly source: string;
}

/** Which way is better: more, less, nearer to 1, or none. */
export type Better = 'higher' | 'lower' | 'nearer 1' | 'neither';

export interface Difference {
  /** The run less the first run. */
  readonly value: number;
  readonly ci95: Interval;
  /** Two-sided. */
  readonly pValue: number;
  /** Row by row, of the same rows; else from the two intervals, as of independent scores. */
  readonly isPaired: boolean;
}

export interface ComparedScore {
  readonly value: number;
  readonly ci95?: Interval;
  /** Null in the first run, without intervals, and where the two may not be compared. */
  readonly difference: Difference | null;
  /** 'better' or 'worse' where the interval of the difference leaves out 0; 'other' where neither way is better. */
  readonly mark: 'better' | 'worse' | 'other' | 'same' | 'untested';
}

export interface ComparisonRow {
  readonly name: string;
  readonly digits: number;
  readonly better: Better;
  readonly real?: number;
  /** One a run; null where a run has no such score. */
  readonly scores: readonly (ComparedScore | null)[];
}

export interface Comparison {
  readonly runs: readonly string[];
  readonly rows: readonly ComparisonRow[];
  /** Tests that were made, and how many of them chance alone would be expected to mark. */
  readonly tests: number;
  /** What stands in the way of a comparison. */
  readonly remarks: readonly string[];
}

/**
 * Compares every run with the first.
 *
 * Completions of the same rows are tested in pairs (`pairedComparison`, by different given parts); anything else by the difference
 * of two independent scores, whose standard errors are read off their 95 % intervals: se = (high - low) / 3.92.
 *
 * @param runs two or more.
 */
export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  const [base, ...others] = runs;
  const tables = runs.map(run => allScoreRows(run).flatMap(row => [row, ...directionRows(run, row)]));
  const names = [...new Set(tables.flatMap(rows => rows.map(row => row.name)))];
  const rows = names.map((name): ComparisonRow => {
    const found = tables.map(table => table.find(row => row.name === name));
    const known = found.find(row => row !== undefined)!;
    const better = betterOf(name);
    return {
      name,
      digits: known.digits,
      better,
      ...(known.real === undefined ? {} : {real: known.real}),
      scores: found.map((row, i) => {
        if (!row) return null;
        const score = {value: row.value, ...(row.ci95 ? {ci95: row.ci95} : {})};
        const mayTest =
          i > 0 && found[0] !== undefined && isSameMean(row, found[0]) && !isOfUnlikeSamples(name, base!, runs[i]!);
        const difference = mayTest ? differenceOf(name, row, found[0]!, runs[i]!, base!) : null;
        return {...score, difference, mark: markOf(difference, better, found[0]?.value)};
      }),
    };
  });
  const tests = rows.flatMap(row => row.scores).filter(score => score?.difference).length;
  return {runs: runs.map(run => run.name), rows, tests, remarks: others.flatMap(run => obstacles(base!, run))};
}

/** The directions under a mean, as rows of their own. */
function directionRows({metrics}: ScoredRun, row: ScoreRow): ScoreRow[] {
  return Object.keys(row.each ?? {}).flatMap(direction => {
    const score = metrics.coherence.directions[direction as Direction];
    return score ? [{name: `coherence ${direction}`, ...score, meaning: '', isShare: true, digits: row.digits}] : [];
  });
}

function betterOf(name: string): Better {
  if (/^(Fréchet|intra-class|kernel|sliced|FID|KID)/.test(name) || name === 'AUROC, generated') return 'lower';
  if (/^(sharpness|diversity)/.test(name)) return 'nearer 1';
  return /^(distance to nearest|density)/.test(name) ? 'neither' : 'higher';
}

function differenceOf(
  name: string,
  row: ScoreRow,
  first: ScoreRow,
  run: ComparedRun,
  base: ComparedRun,
): Difference | null {
  const pairs = pairedHits(name, run, base);
  if (pairs) {
    const {ci95, pValue} = pairedComparison(pairs[0], pairs[1], {resamples: 2000});
    return {value: row.value - first.value, ci95, pValue, isPaired: true};
  }
  if (!row.ci95 || !first.ci95) return null;
  const value = row.value - first.value;
  const error = Math.hypot(...[row.ci95, first.ci95].map(([low, high]) => (high - low) / 2 / z95));
  if (!(error > 0)) return null;
  return {
    value,
    ci95: [value - z95 * error, value + z95 * error],
    pValue: 2 * normalTail(Math.abs(value) / error),
    isPaired: false,
  };
}

const z95 = 1.959963984540054;

/**
 * Values a part whose mean is the share of hits over rows, of both runs; null where their rows are not the same. Of a mean over
 * directions the parts are those of each given subset: what one picture leads to in two directions is one thing.
 */
function pairedHits(name: string, run: ComparedRun, base: ComparedRun): [number[], number[]] | null {
  if (!run.details || !base.details || run.details.rows.key !== base.details.rows.key) return null;
  const size = {'coherence, one given': 1, 'coherence, two given': 2}[name];
  const directions = (Object.keys(base.details.hits) as Direction[]).filter(direction =>
    size === undefined ? name === `coherence ${direction}` : givenOf(direction).split('+').length === size,
  );
  if (directions.length === 0) return null;
  const [a, b] = [run, base].map(({details}) => partShares(directions.map(d => [givenOf(d), details!.hits[d]])));
  return a && b && a.length === b.length && a.length >= 2 ? [a, b] : null;
}

function givenOf(direction: string): string {
  return direction.split('→')[0]!;
}

function partShares(hits: readonly (readonly [string, PartHits | undefined])[]): number[] | null {
  const groups = new Map<string, number[]>();
  for (const [given, parts] of hits) {
    if (!parts) return null;
    const total = parts.rows.reduce((sum, count) => sum + count, 0);
    const sums = groups.get(given) ?? new Array<number>(parts.hits.length).fill(0);
    if (sums.length !== parts.hits.length) return null;
    parts.hits.forEach((count, i) => {
      sums[i]! += count / total / hits.length;
    });
    groups.set(given, sums);
  }
  const all = [...groups.values()].flat();
  return all.map(share => share * all.length);
}

function markOf(difference: Difference | null, better: Better, first: number | undefined): ComparedScore['mark'] {
  if (!difference || first === undefined) return 'untested';
  const {value, ci95} = difference;
  if (ci95[0] <= 0 && ci95[1] >= 0) return 'same';
  if (better === 'neither') return 'other';
  if (better === 'nearer 1') return Math.abs(first + value - 1) < Math.abs(first - 1) ? 'better' : 'worse';
  return (better === 'higher') === value > 0 ? 'better' : 'worse';
}

/** Means over other directions are other scores. */
function isSameMean(a: ScoreRow, b: ScoreRow): boolean {
  return Object.keys(a.each ?? {}).join() === Object.keys(b.each ?? {}).join();
}

/** A Fréchet distance falls as samples grow, and one in other features is another score. */
function isOfUnlikeSamples(name: string, a: ComparedRun, b: ComparedRun): boolean {
  const distance = Object.entries(a.metrics.frechet).find(
    ([modality, score]) => frechetRowName(modality, score) === name,
  );
  if (!distance) return a.metrics.split !== b.metrics.split || a.source !== b.source;
  const [modality, score] = distance;
  const other = b.metrics.frechet[modality];
  return a.source !== b.source || score.count !== other?.count || score.features !== other?.features;
}

function obstacles(a: ComparedRun, b: ComparedRun): string[] {
  const remarks: string[] = [];
  const differ = (what: string, ofA: unknown, ofB: unknown, so: string): void => {
    if (ofA !== ofB) remarks.push(`${b.name} has ${what} ${ofB}, ${a.name} ${ofA}: ${so}.`);
  };
  differ('the data', a.source, b.source, 'nothing is tested');
  differ('the split', a.metrics.split, b.metrics.split, 'nothing but Fréchet distances is tested');
  for (const [name, score] of Object.entries(a.metrics.frechet)) {
    const other = b.metrics.frechet[name];
    if (!other) continue;
    const so = `Fréchet distances of ${name} cannot be compared`;
    differ(`Fréchet samples of ${name}:`, score.count, other.count, so);
    differ(`Fréchet features of ${name}:`, score.features, other.features, so);
  }
  for (const group of ['oneGiven', 'twoGiven'] as const) {
    const [x, y] = [a, b].map(({metrics}) => metrics.coherence[group]);
    const directions = (of: typeof x): string =>
      Object.keys(of ?? {})
        .filter(key => key.includes('→'))
        .join(', ');
    if (x && y) differ('the directions', directions(x), directions(y), 'their means are not tested');
  }
  if (a.details?.rows.key !== b.details?.rows.key || !a.details) {
    remarks.push(
      `${b.name} and ${a.name} hold no hits on the same rows: coherence is tested without pairs, which sees less.`,
    );
  }
  return remarks;
}
