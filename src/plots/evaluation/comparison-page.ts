/** A comparison of runs as one HTML file, and as Markdown. */
import type {Comparison, ComparisonRow} from '../../evaluation/compare';
import {comparisonCells, comparisonNotes} from '../../evaluation/comparison-text';
import {scoreIntervals} from '../intervals';
import {renderFigure} from '../render';
import {escapeHtml, figureImage, htmlTable, page, section} from '../report/html';
import {markdownTable} from './markdown';

/** One line about each run: where it lies, and what it is. */
export type RunLines = readonly (readonly [name: string, what: string])[];

export function comparisonMarkdown(comparison: Comparison, runs: RunLines): string {
  const {head, lines} = comparisonCells(comparison);
  return `${[
    '# Runs side by side',
    '',
    ...runs.map(([name, what]) => `- **${name}**: ${what}`),
    '',
    ...markdownTable(head, lines),
    '',
    ...comparisonNotes(comparison).flatMap(note => [note, '']),
  ].join('\n')}`;
}

export async function comparisonPage(comparison: Comparison, runs: RunLines): Promise<string> {
  const {head, lines} = comparisonCells(comparison);
  const table = htmlTable(
    head.map(escapeHtml),
    lines.map(line => line.map(cell => escapeHtml(cell).replace(/^([▲▼≠=])$/, markHtml))),
    'scores compared',
  );
  const figures = [];
  for (const [title, rows] of groups(comparison.rows)) {
    const scores = comparison.runs.map((name, run) => ({name, scores: rows.map(row => row.scores[run]!)}));
    const figure = scoreIntervals(
      rows.map(row => row.name.replace(/^coherence[ ,]+/, '')),
      scores,
      rows.map(row => row.real),
      {title, widthPx: 480},
    );
    figures.push(
      figureImage(
        await renderFigure(figure),
        `${title}, by run.`,
        'Points with their 95 % intervals; the stroke is real data.',
      ),
    );
  }
  const notes = comparisonNotes(comparison).map(note => `<li>${escapeHtml(note)}</li>`);
  const facts = htmlTable(
    [],
    runs.map(run => run.map(escapeHtml)),
    'facts',
  );
  const body = [
    `<header><h1>Runs side by side</h1><p>${escapeHtml(`${comparison.runs.length} runs, each held against ${comparison.runs[0]}.`)}</p></header>`,
    section('Runs', 'What was scored.', facts),
    section(
      'Scores',
      'With 95 % intervals, and whether a difference goes beyond chance.',
      `${table}<ul>${notes.join('')}</ul>`,
    ),
    section(
      'At a glance',
      'Intervals that lie apart differ; those that overlap a little may still, where rows are paired.',
      `<div class="two">${figures.join('')}</div>`,
    ),
  ];
  return page('Runs side by side', body.join('\n'));
}

function markHtml(mark: string): string {
  const names: Record<string, string> = {'▲': 'better', '▼': 'worse', '≠': 'different', '=': 'no difference seen'};
  const colour = {'▲': 'given', '▼': 'made'}[mark];
  return `<span title="${names[mark]}"${colour ? ` style="color: var(--${colour})"` : ' class="muted"'}>${mark}</span>`;
}

/** Scores of one scale together, at most ten a figure. */
function groups(rows: readonly ComparisonRow[]): [string, ComparisonRow[]][] {
  const kinds: [string, RegExp][] = [
    ['Coherence', /coherence/],
    ['Fréchet distance', /^(Fréchet|FID)/],
    ['Sharpness and diversity', /^(sharpness|diversity)/],
    ['Precision, recall, coverage', /^(precision|recall|coverage|density)/],
    ['Retrieval', /^retrieval/],
    ['AUROC', /^AUROC/],
  ];
  return kinds
    .map(([title, pattern]): [string, ComparisonRow[]] => [title, rows.filter(row => pattern.test(row.name))])
    .filter(([, own]) => own.length > 0);
}
