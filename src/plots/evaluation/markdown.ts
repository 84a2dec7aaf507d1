/** The report of an evaluation as Markdown, beside which its figures lie as PNG files. */
import type {EvaluationReport} from '../../evaluation/evaluation-report';
import type {ScoreRow} from '../../evaluation/score-rows';
import {reportFacts} from './facts';
import type {ReportFigure} from './figures';

/** @param figureFolder path from the file to the PNG files. */
export function evaluationMarkdown(
  report: EvaluationReport,
  rows: readonly ScoreRow[],
  figures: readonly Pick<ReportFigure, 'id' | 'alt' | 'caption'>[],
  figureFolder: string,
): string {
  const lines = [
    `# Evaluation of ${cell(report.subject.path)}`,
    '',
    ...reportFacts(report).map(([name, text]) => `- **${name}**: ${cell(text)}`),
    '',
    '## Scores',
    '',
    ...markdownTable(
      ['score', 'value', '95 % interval', 'real data', 'chance', 'meaning'],
      rows.map(row => [
        row.name,
        row.value.toFixed(row.digits),
        row.ci95 ? `${row.ci95[0].toFixed(row.digits)} … ${row.ci95[1].toFixed(row.digits)}` : '',
        row.real?.toFixed(row.digits) ?? '',
        row.chance === undefined
          ? ''
          : `${row.chance.toFixed(row.digits)}${row.floorName ? ` (${row.floorName})` : ''}`,
        row.meaning,
      ]),
    ),
  ];
  if (report.notes.length > 0) {
    lines.push('', '## What these scores do not say', '', ...report.notes.map(note => `- ${cell(note)}`));
  }
  if (figures.length > 0) lines.push('', '## Figures');
  for (const {id, alt, caption} of figures) {
    lines.push('', `![${cell(alt)}](${encodeURI(`${figureFolder}/${id}.png`)})`, '', cell(caption));
  }
  return `${lines.join('\n')}\n`;
}

/** Columns after the first two are numbers or words; all stand to the left, as they are read. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)];
}

/** A pipe would end a cell, a line break the table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
