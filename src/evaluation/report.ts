/** The record of a run, report.json, and its scores as a table for the terminal. */
import type {EvaluationMetrics} from './metrics-record';
import {type ScoreRow, scoreRows} from './score-rows';

/** What is known about a run apart from its scores. */
export interface RunFacts {
  /** Name and version of this package. */
  readonly package: string;
  readonly version: string;
  /** The backend's line: which engine, which version, how many threads. */
  readonly backend: string;
  readonly dataset: string;
  readonly seed: number;
  /** Steps of the generator. */
  readonly steps: number;
  /** Wall clock of the whole training. */
  readonly trainSeconds: number;
  readonly msPerStep: number;
  /** Trainable values of all players together. */
  readonly parameters: number;
}

/** What report.json holds; further keys may be added, these stay. */
export interface RunReport extends RunFacts {
  readonly metrics: EvaluationMetrics;
}

/** Joins facts and scores, in the order of the file. `JSON.stringify(report, null, 2)` is report.json. */
export function buildReport(facts: RunFacts, metrics: EvaluationMetrics): RunReport {
  const {package: name, version, backend, dataset, seed, steps, trainSeconds, msPerStep, parameters} = facts;
  return {package: name, version, backend, dataset, seed, steps, trainSeconds, msPerStep, parameters, metrics};
}

/**
 * The scores as a table of plain text. Columns: score, value, 95 % interval, real data (the ceiling), chance (the floor; where
 * something else stands in its place, it is named).
 */
export function scoreTable(metrics: EvaluationMetrics): string {
  const lines = [
    ['', 'model', '95 % interval', 'real data', 'chance', ''],
    ...scoreRows(metrics).flatMap(row => [cells(row), ...Object.entries(row.each ?? {}).map(partCells)]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)));
  const named = [0, 5];
  const texts = lines.map(line =>
    line
      .map((cell, column) => (named.includes(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  texts.splice(1, 0, '─'.repeat(Math.max(...texts.map(text => text.length))));
  const notes = Object.entries(metrics.unavailable).map(([name, why]) => `${name}: not judged by class, ${why}.`);
  return [...texts, ...notes].join('\n');
}

function cells({name, value, ci95, real, chance, floorName, digits}: ScoreRow): string[] {
  const text = (score: number | undefined): string => score?.toFixed(digits) ?? '';
  const interval = ci95 ? `${text(ci95[0])} – ${text(ci95[1])}` : '';
  return [name, text(value), interval, text(real), text(chance), floorName ? `(${floorName})` : ''];
}

/** A direction under the mean to which it belongs. */
function partCells([name, value]: readonly [string, number]): string[] {
  return [`  ${name}`, value.toFixed(3), '', '', '', ''];
}
