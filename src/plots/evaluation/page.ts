/** The report of an evaluation as one HTML file that opens offline. */
import type {EvaluationReport} from '../../evaluation/evaluation-report';
import type {ScoreRow} from '../../evaluation/score-rows';
import {escapeHtml, figureImage, htmlTable, page, partHtml, section} from '../report/html';
import {meter} from '../report/report-html';
import type {Exhibits, RankedCompletion, RankedExample} from './exhibits';
import {reportFacts} from './facts';
import type {FigurePlace, ReportFigure} from './figures';

export interface PageContent {
  readonly report: EvaluationReport;
  readonly rows: readonly ScoreRow[];
  readonly exhibits: Exhibits;
  readonly figures: readonly DrawnFigure[];
}

export interface DrawnFigure extends Omit<ReportFigure, 'figure'> {
  readonly png: Uint8Array;
}

export function evaluationPage(content: PageContent): string {
  const {report, exhibits} = content;
  const title = `Evaluation of ${report.subject.path}`;
  const parts = [
    `<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(lead(report))}</p></header>`,
    cards(content.rows),
    noteSection(report.notes),
    scoreSection(content),
    classSections(exhibits),
    rankedSection(exhibits),
    coherenceSection(content),
    completionSection(exhibits),
    figureSection(
      content,
      'codes',
      'Map of the codes',
      'What the encoder reads from parts of the same rows, and from generated examples. Class names stand on the point nearest to the middle of their class.',
    ),
    gallerySection(exhibits),
    figureSection(
      content,
      'rankings',
      'What the discriminator can tell apart',
      "Ranked by D's agreement (do the parts belong together?) and by its realism (does it look real?).",
    ),
    soundSection(content),
    figureSection(
      content,
      'sample-size',
      'How the scores depend on the number of samples',
      'Fréchet distances fall and inception scores grow with the number of samples, for the same model: compare only scores of equally many.',
    ),
    factSection(report),
  ];
  return page(title, parts.filter(part => part !== '').join('\n'));
}

function lead({subject, metrics, evaluation}: EvaluationReport): string {
  const what = subject.kind === 'model' ? 'A model of this package' : 'Samples that another program may have made';
  return `${what}, scored on ${metrics.rows.toLocaleString('en')} rows of the ${metrics.split} split of ${evaluation.dataset} and ${metrics.generated.toLocaleString('en')} generated examples, seed ${metrics.seed}. Every score stands beside that of real data and of chance.`;
}

function cards(rows: readonly ScoreRow[]): string {
  const shown = rows.filter(row => /coherence|^Fréchet|^FID|asked for/.test(row.name)).slice(0, 6);
  const card = (row: ScoreRow) =>
    `<div><b>${row.value.toFixed(row.digits)}</b><span>${escapeHtml(row.name)}<br>real data ${row.real?.toFixed(row.digits) ?? '–'}</span></div>`;
  return shown.length > 0 ? `<div class="headline">${shown.map(card).join('')}</div>` : '';
}

function noteSection(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const items = notes.map(note => `<li>${escapeHtml(note)}</li>`).join('');
  return section(
    'What these scores do not say',
    'Missing scores with their reason, and what weakens one.',
    `<ul>${items}</ul>`,
  );
}

function scoreSection(content: PageContent): string {
  const cells = content.rows.map(row => [
    escapeHtml(row.name),
    `<span class="made-text">${row.value.toFixed(row.digits)}</span>`,
    row.ci95 ? `${row.ci95[0].toFixed(row.digits)} … ${row.ci95[1].toFixed(row.digits)}` : '',
    row.real === undefined ? '' : `<span class="real">${row.real.toFixed(row.digits)}</span>`,
    row.chance === undefined
      ? ''
      : `${row.chance.toFixed(row.digits)}${row.floorName ? ` <span class="muted">(${row.floorName})</span>` : ''}`,
    row.isShare ? meter(row) : '',
    escapeHtml(row.meaning),
  ]);
  const table = htmlTable(['', 'scored', '95 % interval', 'real data', 'chance', '', ''], cells, 'scores');
  const text =
    'Real data is what perfect samples would score with the same classifiers and as many rows; chance what a guess would.';
  return section('Scores', text, `${table}${imagesOf(content, 'scores')}`);
}

function classSections({byClass}: Exhibits): string {
  return Object.entries(byClass)
    .map(([name, rows]) => {
      const isText = rows.some(row => row.parts.some(part => part.kind === 'text'));
      const body = rows.map(row => {
        const parts = row.parts.map(part => partHtml(name, part, 'made')).join('');
        const none = '<span class="muted">none was made</span>';
        return `<b>${escapeHtml(row.name)} <span class="muted">${row.count}</span></b><div class="strip">${parts || none}</div>`;
      });
      const text =
        rows.length === 1 && rows[0]!.name === 'all'
          ? `The first of ${rows[0]!.count} generated ${name} parts.`
          : `The first generated ${name} parts of each class, as its classifier sees them, and how many there are.`;
      return section(
        `Samples: ${name}`,
        text,
        `<div class="class-rows${isText ? ' sentences' : ''}">${body.join('\n')}</div>`,
      );
    })
    .join('\n');
}

function rankedSection({best, worst}: Exhibits): string {
  if (best.length === 0) return '';
  const example = ({example, agreement, seen}: RankedExample): string => {
    const parts = Object.entries(example).map(([name, part]) => partHtml(name, part, 'made'));
    const names = [...new Set(Object.values(seen))];
    const said =
      names.length === 1
        ? names[0]!
        : Object.entries(seen)
            .map(([name, value]) => `${name}: ${value}`)
            .join(', ');
    return `<div class="example">${parts.join('')}<small>${escapeHtml(said)}<br><span class="muted">${agreement.toFixed(3)}</span></small></div>`;
  };
  const grid = (title: string, list: readonly RankedExample[]): string =>
    list.length === 0 ? '' : `<h3>${title}</h3><div class="grid">${list.map(example).join('\n')}</div>`;
  return section(
    'Best and worst examples',
    'Ranked by the probability that all classifiers see one class: the number under each example. Best: the surest of each class first. Worst: the least sure of all that were made.',
    `${grid('Best', best)}${grid('Worst', worst)}`,
  );
}

function coherenceSection(content: PageContent): string {
  const images = imagesOf(content, 'coherence');
  if (images === '') return '';
  return section(
    'Where coherence breaks',
    'The first table is coherence by direction. In the others a row is a class and sums to 1; what lies off the diagonal is taken for another class.',
    images,
  );
}

function completionSection({completions}: Exhibits): string {
  const entries = Object.entries(completions);
  if (entries.length === 0) return '';
  const row = ({given, made, truth, seen, probability}: RankedCompletion, target: string): string => {
    const from = Object.entries(given).map(([name, part]) => partHtml(name, part, 'given'));
    const said = truth === seen ? truth : `${truth}, taken for ${seen}`;
    return `<div class="row"><span class="set">${from.join('')}</span><span class="muted">→</span>${partHtml(target, made, 'made')}<small>${escapeHtml(said)}<br><span class="muted">${probability.toFixed(3)}</span></small></div>`;
  };
  const block = ([direction, {target, best, worst}]: (typeof entries)[number]): string =>
    `<div><h3>${escapeHtml(direction.replace('→', ' → '))}</h3><p class="muted">best</p>${best.map(each => row(each, target)).join('')}<p class="muted">worst</p>${worst.map(each => row(each, target)).join('')}</div>`;
  const key = '<p class="muted"><span class="key given"></span>given<span class="key made"></span>made</p>';
  return section(
    'Best and worst completions',
    'Rows of held-out data, one part given. The number is the probability that the classifier of the made part gives to the class of the row.',
    `${key}<div class="three">${entries.map(block).join('\n')}</div>`,
  );
}

function gallerySection({gallery}: Exhibits): string {
  const entries = Object.values(gallery);
  if (entries.length === 0) return '';
  const blocks = entries.map(({from, to, rows}) => {
    const lines = rows.map(({query, found}) => {
      const parts = found.map(
        ({part, isRight}) => `<span class="${isRight ? 'right' : 'wrong'}">${partHtml(to, part, 'true')}</span>`,
      );
      return `<div class="row">${partHtml(from, query, 'given')}<span class="muted">→</span><span class="set found">${parts.join('')}</span></div>`;
    });
    return `<div><h3>${escapeHtml(`${from} → ${to}`)}</h3>${lines.join('')}</div>`;
  });
  return section(
    'Retrieval gallery',
    'For a held-out part, the five different parts of another modality with the nearest codes, nearest first. ✓ is of the same class, ✗ of another.',
    `<div class="two">${blocks.join('\n')}</div>`,
  );
}

function soundSection(content: PageContent): string {
  const entries = Object.entries(content.exhibits.sounds).filter(([, rows]) => rows.length > 0);
  if (entries.length === 0) return '';
  const players = entries.map(([name, rows]) => {
    const line = (which: 'made' | 'real'): string => {
      const parts = rows.map(row =>
        row[which] ? partHtml(`${name} ${row.name}`, row[which].part, which === 'made' ? 'made' : 'true') : '',
      );
      return `<span class="set"><span class="muted">${which === 'made' ? 'generated' : 'real'}</span>${parts.join('')}</span>`;
    };
    return `<div class="row">${line('made')}${line('real')}</div>`;
  });
  return section(
    'Sounds',
    'The same clips as spectrograms with their axes, and to hear: click ▶. Generated ones are turned into sound by Griffin–Lim.',
    `${imagesOf(content, 'sounds')}${players.join('')}`,
  );
}

function figureSection(content: PageContent, place: FigurePlace, title: string, text: string): string {
  const images = imagesOf(content, place);
  return images === '' ? '' : section(title, text, images);
}

function imagesOf({figures}: PageContent, place: FigurePlace): string {
  const own = figures.filter(figure => figure.place === place);
  if (own.length === 0) return '';
  return `<div class="two">${own.map(({png, alt, caption}) => figureImage(png, alt, caption)).join('\n')}</div>`;
}

function factSection(report: EvaluationReport): string {
  const rows = reportFacts(report).map(row => row.map(escapeHtml));
  return section(
    'How this was measured',
    'The same model, data, seed, backend and number of threads give the same scores. report.json holds every number.',
    htmlTable([], rows, 'facts'),
  );
}
