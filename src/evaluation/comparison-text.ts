/** A comparison in words and signs, for every format. */
import type {ComparedScore, Comparison, ComparisonRow} from './compare';
import {alignedTable} from './report';

export const marks: Readonly<Record<ComparedScore['mark'], string>> = {
  better: '▲',
  worse: '▼',
  other: '≠',
  same: '=',
  untested: '',
};

/** Columns: score, then for each run its value, and for each but the first a mark and how sure it is; real data last. */
export function comparisonCells({runs, rows}: Comparison): {head: string[]; lines: string[][]} {
  const head = ['', ...runs.flatMap((name, i) => (i === 0 ? [name] : [name, '', 'difference'])), 'real data'];
  const lines = rows.map(row => [
    row.name,
    ...row.scores.flatMap((score, i) => {
      const value = score ? valueText(score, row) : '–';
      return i === 0 ? [value] : [value, score ? marks[score.mark] : '', score ? differenceText(score, row) : ''];
    }),
    row.real?.toFixed(row.digits) ?? '',
  ]);
  return {head, lines};
}

export function comparisonTable(comparison: Comparison): string {
  const {head, lines} = comparisonCells(comparison);
  return [...alignedTable([head, ...lines]), '', ...comparisonNotes(comparison)].join('\n');
}

export function comparisonNotes({runs, tests, remarks}: Comparison): string[] {
  const expected = tests / 20;
  return [
    `Each run is held against ${runs[0]}. ▲ better, ▼ worse, ≠ different: the 95 % interval of the difference leaves out 0. = it holds 0. No mark: nothing to test with.`,
    `p: two-sided; "paired" where the same rows were completed, else from both intervals. Of ${tests} tests about ${expected.toFixed(expected < 10 ? 1 : 0)} would be marked by chance alone.`,
    ...remarks,
  ];
}

export function valueText({value, ci95}: ComparedScore, {digits}: ComparisonRow): string {
  return ci95
    ? `${value.toFixed(digits)} (${ci95[0].toFixed(digits)}–${ci95[1].toFixed(digits)})`
    : value.toFixed(digits);
}

export function differenceText({difference}: ComparedScore, {digits}: ComparisonRow): string {
  if (!difference) return '';
  const {value, pValue, isPaired} = difference;
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  const p = pValue < 0.001 ? 'p < .001' : `p = ${pValue.toFixed(3).replace(/^0/, '')}`;
  return `${sign}${Math.abs(value).toFixed(digits)}, ${p}${isPaired ? ', paired' : ''}`;
}
