/** `multimodal-gan compare`: reports of several runs side by side, with marks for what differs by more than chance. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {Command} from 'commander';
import {badInput, UserError} from '../../core/checks';
import {readFileOrFail, writeFileWhole} from '../../core/files';
import {assertReplaceable} from '../../core/folders';
import {type ComparedRun, compareRuns} from '../../evaluation/compare';
import {comparisonTable} from '../../evaluation/comparison-text';
import {allScoreRows} from '../../evaluation/detail-rows';
import type {EvaluationReport} from '../../evaluation/evaluation-report';
import {comparisonMarkdown, comparisonPage} from '../../plots/evaluation/comparison-page';
import {comparisonMark, reportMark, writeFolderWhole} from '../output-folder';
import {packageVersion} from '../version';

export function compareCommand(): Command {
  return new Command('compare')
    .description('Put the reports of several runs side by side and mark what differs by more than chance')
    .argument(
      '<run...>',
      'two or more: folders with a report.json (first-run, evaluate --report), or such files; the first is the baseline',
    )
    .option('--report <dir>', 'also write compare.html, compare.md and comparison.json')
    .action((runs: string[], options: {report?: string}) => compare(runs, options));
}

async function compare(paths: readonly string[], {report}: {report?: string}): Promise<void> {
  if (paths.length < 2) throw new UserError(`Expected at least 2 runs to compare, got ${paths.length}.`);
  if (report) assertReplaceable(report, comparisonMark, '--report');
  const names = shortNames(paths);
  const read = paths.map(readReport);
  const runs = read.map((content, i): ComparedRun => {
    const {metrics, details = null, asked = null} = content;
    return {name: names[i]!, source: content.evaluation.source, metrics, details, asked};
  });
  const comparison = compareRuns(runs);
  console.log(comparisonTable(comparison));
  if (!report) return;
  const lines = read.map((content, i) => [names[i]!, describe(paths[i]!, content)] as const);
  await writeFolderWhole(report, comparisonMark, async folder => {
    const json = {format: comparisonMark.value, version: packageVersion(), paths, ...comparison};
    writeFileWhole(path.join(folder, comparisonMark.file), `${JSON.stringify(json, null, 2)}\n`);
    writeFileWhole(path.join(folder, 'compare.md'), comparisonMarkdown(comparison, lines));
    writeFileWhole(path.join(folder, 'compare.html'), await comparisonPage(comparison, lines));
  });
  console.log(`\nReport: ${path.join(report, 'compare.html')} (and compare.md, comparison.json)`);
}

/** Reports of `npm start` have neither details nor a subject. */
type AnyReport = Omit<EvaluationReport, 'details' | 'asked' | 'subject'> &
  Partial<Pick<EvaluationReport, 'details' | 'asked' | 'subject'>>;

function readReport(given: string): AnyReport {
  const isFolder = fs.existsSync(given) && fs.statSync(given).isDirectory();
  const file = isFolder ? path.join(given, reportMark.file) : given;
  const text = readFileOrFail(file, 'the report').toString('utf8');
  let report: AnyReport | null;
  try {
    report = JSON.parse(text) as AnyReport | null;
  } catch {
    throw badInput(file, 'JSON', text.slice(0, 40));
  }
  if (report?.package !== reportMark.value || typeof report.metrics !== 'object' || !report.evaluation?.source) {
    throw badInput(file, 'a report.json of first-run or of evaluate', 'another file');
  }
  try {
    allScoreRows(report);
  } catch {
    throw badInput(
      file,
      `a report of version ${packageVersion()}`,
      `one of ${report.version} that lacks scores; evaluate again`,
    );
  }
  return report;
}

/** The shortest ends of the paths that tell them apart: ['a', 'b'] of out/a and out/b/report.json. */
export function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map(each =>
    path
      .resolve(each)
      .replace(/[/\\]report\.json$/, '')
      .replace(/\.json$/, '')
      .split(path.sep),
  );
  for (let length = 1; ; length++) {
    const names = parts.map(part => part.slice(-length).join('/'));
    if (new Set(names).size === names.length) return names;
    // The same run twice is told apart by its place.
    if (parts.every(part => part.length <= length)) return names.map((name, i) => `${name} (${i + 1})`);
  }
}

function describe(given: string, {subject, metrics, steps, seed, evaluation}: AnyReport): string {
  const what =
    subject?.kind === 'samples' ? `samples in ${subject.path}` : `model${subject ? ` in ${subject.path}` : ''}`;
  const trained = steps === null || steps === undefined ? '' : `, ${steps} steps, seed ${seed}`;
  return `${given}: ${what}${trained}; ${metrics.generated} generated, ${metrics.rows} rows of the ${metrics.split} split of ${evaluation.dataset}, seed ${metrics.seed}`;
}
