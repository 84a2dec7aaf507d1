/** Writes report.html, report.md and its figures; report.json is the caller's. */
import * as path from 'node:path';
import {writeFileWhole} from '../../core/files';
import {allScoreRows} from '../../evaluation/detail-rows';
import type {EvaluationReport} from '../../evaluation/evaluation-report';
import type {Inspection} from '../../evaluation/inspection';
import {renderFigure} from '../render';
import {exhibits} from './exhibits';
import {reportFigures} from './figures';
import {evaluationMarkdown} from './markdown';
import {type DrawnFigure, evaluationPage} from './page';

const figureFolder = 'figures';

/** @param folder receives report.html (one file, offline), report.md and figures/*.png. */
export async function writeEvaluationReport(
  folder: string,
  report: EvaluationReport,
  inspection: Inspection,
): Promise<void> {
  const rows = allScoreRows(report);
  const shown = exhibits(inspection);
  const drawn: DrawnFigure[] = [];
  for (const {figure, ...words} of reportFigures({...report, rows, inspection, exhibits: shown})) {
    const png = await renderFigure(figure);
    writeFileWhole(path.join(folder, figureFolder, `${words.id}.png`), png);
    drawn.push({...words, png});
  }
  writeFileWhole(path.join(folder, 'report.md'), evaluationMarkdown(report, rows, drawn, figureFolder));
  writeFileWhole(path.join(folder, 'report.html'), evaluationPage({report, rows, exhibits: shown, figures: drawn}));
}
