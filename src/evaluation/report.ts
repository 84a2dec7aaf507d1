/** The record of a run, report.json, and its scores as a table for the terminal. */
import type {Interval} from './intervals';
import type {CoherenceGroup, EvaluationMetrics} from './metrics-record';

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

/** A line of the table of scores; texts are ready to be shown, empty where there is nothing to say. */
export interface ScoreRow {
  readonly score: string;
  readonly value: string;
  readonly interval: string;
  readonly real: string;
  readonly chance: string;
}

/**
 * The scores as a table of plain text. Columns: score, value, 95 % interval, real data (the ceiling), chance (the floor; for a
 * Fréchet distance one template a class).
 */
export function scoreTable(metrics: EvaluationMetrics): string {
  const rows: ScoreRow[] = [
    {score: '', value: 'model', interval: '95 % interval', real: 'real data', chance: 'chance'},
    ...scoreRows(metrics),
  ];
  const width = (key: keyof ScoreRow): number => Math.max(...rows.map(row => row[key].length));
  const lines = rows.map(row =>
    [
      row.score.padEnd(width('score')),
      row.value.padStart(width('value')),
      row.interval.padStart(width('interval')),
      row.real.padStart(width('real')),
      row.chance.padStart(width('chance')),
    ]
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, '─'.repeat(Math.max(...lines.map(line => line.length))));
  const notes = Object.entries(metrics.unavailable).map(([name, why]) => `${name}: not judged by class, ${why}.`);
  return [...lines, ...notes].join('\n');
}

/** The rows of the table, for a terminal or a page. */
export function scoreRows(metrics: EvaluationMetrics): ScoreRow[] {
  const {jointCoherence, coherence, classes} = metrics;
  const rows: ScoreRow[] = [];
  if (jointCoherence) {
    const {value, ci95, real, chance} = jointCoherence;
    rows.push(row('joint coherence', share(value), interval(ci95, share), share(real), share(chance)));
  }
  rows.push(...groupRows('one given', coherence.oneGiven), ...groupRows('two given', coherence.twoGiven));
  for (const [name, frechet] of Object.entries(metrics.frechet)) {
    const {value, ci95, real, templates, features} = frechet;
    rows.push(
      row(
        `Fréchet distance, ${name}, ${features}`,
        distance(value),
        interval(ci95, distance),
        distance(real),
        distance(templates),
      ),
    );
  }
  if (classes) {
    const realEntropy = classes.real ? `${classes.real.present}, ${classes.real.entropyBits.toFixed(2)} bits` : '';
    rows.push(
      row(
        `classes of ${classes.of}, entropy`,
        `${classes.present}, ${classes.entropyBits.toFixed(2)} bits`,
        '',
        realEntropy,
        '',
      ),
    );
  }
  for (const [name, value] of Object.entries(metrics.sharpness)) {
    rows.push(row(`sharpness, ${name}`, share(value), interval(metrics.intervals.sharpness[name], share), '1', ''));
  }
  for (const [name, value] of Object.entries(metrics.diversity)) {
    rows.push(
      row(
        `diversity within a class, ${name}`,
        share(value),
        interval(metrics.intervals.diversity[name], share),
        '1',
        '0',
      ),
    );
  }
  for (const [name, text] of Object.entries(metrics.text)) {
    rows.push(
      row(
        `known sentences, ${name}`,
        share(text.inTraining),
        interval(text.ci95, share),
        share(text.inTrainingReal),
        '',
      ),
    );
  }
  for (const [name, {ratio}] of Object.entries(metrics.memorization)) {
    rows.push(
      row(`distance to nearest training part, ${name}`, ratio === null ? 'not defined' : share(ratio), '', '1', ''),
    );
  }
  return rows;
}

/** The mean of a group, then each direction. */
function groupRows(title: string, group: CoherenceGroup | null): ScoreRow[] {
  if (!group) return [];
  const {mean, ci95, real, chance, ...directions} = group;
  return [
    row(`coherence, ${title}`, share(mean), interval(ci95, share), share(real), share(chance)),
    ...Object.entries(directions).map(([name, value]) => row(`  ${name}`, share(value as number), '', '', '')),
  ];
}

function row(score: string, value: string, between: string, real: string, chance: string): ScoreRow {
  return {score, value, interval: between, real, chance};
}

function share(value: number): string {
  return value.toFixed(3);
}

function distance(value: number): string {
  return value.toFixed(2);
}

function interval(ends: Interval | undefined, show: (value: number) => string): string {
  return ends ? `${show(ends[0])} – ${show(ends[1])}` : '';
}
