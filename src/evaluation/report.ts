/** The record of a run, report.json, and its scores as a table for the terminal. */
import type {EvaluationMetrics} from './metrics-record';
import {type ScoreRow, scoreRows} from './score-rows';

/** What is known about a run apart from its scores. */
export interface RunFacts {
  /** Name and version of this package. */
  readonly package: string;
  readonly version: string;
  /** Of the training, as all that follows: which engine, which version, how many threads. Null where it is not known. */
  readonly backend: string | null;
  readonly dataset: string | null;
  /** Where the data came from. */
  readonly source: string | null;
  readonly seed: number | null;
  /** Steps of G and D. */
  readonly steps: number | null;
  readonly encoderSteps: number | null;
  /** Wall clock of the whole training, and of each phase. */
  readonly trainSeconds: number | null;
  readonly seconds: Readonly<Record<string, number>> | null;
  readonly msPerStep: number | null;
  /** Trainable values of all players together. */
  readonly parameters: number;
}

/** On what the scores were computed, which need not be what the model was trained on. */
export interface EvaluationFacts {
  readonly backend: string;
  readonly dataset: string;
  readonly source: string;
}

/** What report.json holds; further keys may be added, these stay. */
export interface RunReport extends RunFacts {
  readonly evaluation: EvaluationFacts;
  readonly metrics: EvaluationMetrics;
}

/** Joins facts and scores, in the order of the file. `JSON.stringify(report, null, 2)` is report.json. */
export function buildReport(facts: RunFacts, evaluation: EvaluationFacts, metrics: EvaluationMetrics): RunReport {
  // Named one by one, so that the file has this order and nothing else that the record may hold.
  return {
    package: facts.package,
    version: facts.version,
    backend: facts.backend,
    dataset: facts.dataset,
    source: facts.source,
    seed: facts.seed,
    steps: facts.steps,
    encoderSteps: facts.encoderSteps,
    trainSeconds: facts.trainSeconds,
    seconds: facts.seconds,
    msPerStep: facts.msPerStep,
    parameters: facts.parameters,
    evaluation: {backend: evaluation.backend, dataset: evaluation.dataset, source: evaluation.source},
    metrics,
  };
}

/**
 * The scores as a table of plain text. Columns: score, value, 95 % interval, real data (the ceiling), chance (the floor; where
 * something else stands in its place, it is named).
 */
export function scoreTable(metrics: EvaluationMetrics): string {
  const notes = Object.entries(metrics.unavailable).map(([name, why]) => `${name}: not judged by class, ${why}.`);
  return scoreRowTable(scoreRows(metrics), notes);
}

/** The same of any rows; notes stand under the table. */
export function scoreRowTable(rows: readonly ScoreRow[], notes: readonly string[] = []): string {
  const lines = [
    ['', 'model', '95 % interval', 'real data', 'chance', ''],
    ...rows.flatMap(row => [cells(row), ...Object.entries(row.each ?? {}).map(partCells)]),
  ];
  return [...alignedTable(lines, [0, 5]), ...notes].join('\n');
}

/** Lines of a table with a rule under its head. @param named columns that stand to the left; numbers stand to the right. */
export function alignedTable(lines: readonly (readonly string[])[], named: readonly number[] = [0]): string[] {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)));
  const texts = lines.map(line =>
    line
      .map((cell, column) => (named.includes(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  texts.splice(1, 0, '─'.repeat(Math.max(...texts.map(text => text.length))));
  return texts;
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
