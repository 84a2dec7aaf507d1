import {writeFileWhole} from '../../core/files';
import type {Dataset} from '../../datasets/dataset';
import type {EvaluationMetrics} from '../../evaluation/metrics-record';
import {type ScoreRow, scoreRows} from '../../evaluation/score-rows';
import type {History} from '../../training/progress';
import {groupedBars, scoreBars} from '../bars';
import {lossCurves} from '../curves';
import type {Figure} from '../figure';
import {matrix} from '../matrix';
import {renderFigure} from '../render';
import {colours, modalityColour} from '../theme';
import type {CompletionGroup, ReportExamples} from './examples';
import {escapeHtml, figureImage, htmlTable, page, partHtml, section} from './html';

/** What report.json says, as far as the page shows it. */
export interface ReportFacts {
  readonly package: string;
  readonly version: string;
  /** The one line about the backend. */
  readonly backend: string;
  readonly seed: number;
  /** Steps of G and D, and of E. */
  readonly steps: number;
  readonly encoderSteps?: number;
  readonly trainSeconds: number;
  readonly msPerStep: number;
  /** Trainable values of all players. */
  readonly parameters: number;
  readonly metrics: EvaluationMetrics;
}

export interface ReportContent {
  readonly report: ReportFacts;
  readonly history: History;
  readonly dataset: Pick<Dataset, 'name' | 'source' | 'classNames' | 'modalities'>;
  readonly examples: ReportExamples;
  /** Commands to try, and what each does. */
  readonly nextSteps?: readonly (readonly [command: string, what: string])[];
}

/** Writes the report as one file that needs nothing else: it opens offline, in light and dark, and prints. */
export async function writeHtmlReport(file: string, content: ReportContent): Promise<void> {
  writeFileWhole(file, await reportHtml(content));
}

/** The page as text. */
export async function reportHtml(content: ReportContent): Promise<string> {
  const {report, dataset} = content;
  const title = `A multimodal GAN on ${dataset.name}`;
  const rows = scoreRows(report.metrics);
  const parts = [
    `<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(summary(content))}</p></header>`,
    headline(rows),
    sampleSection(content),
    completionSection(content.examples.completions, 1),
    completionSection(content.examples.completions, 2),
    drawSection(content),
    await scoreSection(content, rows),
    await classSection(content),
    await lossSection(content),
    factSection(content),
    nextSection(content),
  ];
  return page(title, parts.filter(part => part !== '').join('\n'));
}

function summary({report, dataset}: ReportContent): string {
  const names = Object.keys(dataset.modalities).join(', ');
  const named = Object.keys(dataset.modalities).find(name => dataset.modalities[name]!.kind === 'text');
  return `Generated from nothing, and completed from parts: ${names}. Trained for ${duration(report.trainSeconds)} (${report.steps.toLocaleString('en')} steps), seed ${report.seed}; ${report.backend}. No label is an input or a target; the pairs are formed by label${named ? `, and ${named} names the class` : ''}.`;
}

function headline(rows: readonly ScoreRow[]): string {
  const shown = rows.filter(row => /coherence|^Fréchet|^FID/.test(row.name));
  const card = (row: ScoreRow) =>
    `<div><b>${row.value.toFixed(row.digits)}</b><span>${escapeHtml(row.name)}<br>real data ${row.real?.toFixed(row.digits) ?? '–'}</span></div>`;
  return shown.length > 0 ? `<div class="headline">${shown.map(card).join('')}</div>` : '';
}

function sampleSection({examples, dataset}: ReportContent): string {
  const names = Object.keys(dataset.modalities);
  const example = (sample: ReportExamples['samples'][number]) =>
    `<div class="example">${names.map(name => partHtml(name, sample[name], 'made')).join('')}</div>`;
  const lead =
    'One column is one example: all of its parts come from one content code, drawn from the prior. Click ▶ to hear a sound.';
  return section('Samples', lead, `<div class="grid">${examples.samples.map(example).join('\n')}</div>`);
}

function completionSection(groups: readonly CompletionGroup[], numGiven: number): string {
  const chosen = groups.filter(group => group.given.length === numGiven);
  if (chosen.length === 0) return '';
  const row = (group: CompletionGroup, {truth, completed}: CompletionGroup['rows'][number]) => {
    const given = group.given.map(name => partHtml(name, truth[name], 'given')).join('');
    const made = Object.keys(completed)
      .filter(name => !group.given.includes(name))
      .map(
        name =>
          `<span class="set">${partHtml(name, completed[name], 'made')}${partHtml(name, truth[name], 'true')}</span>`,
      );
    return `<div class="row"><span class="set">${given}</span><span class="muted">→</span>${made.join('')}</div>`;
  };
  const body = chosen.map(
    group =>
      `<div><h3>Given: ${escapeHtml(group.given.join(' and '))}</h3>${group.rows.map(r => row(group, r)).join('\n')}</div>`,
  );
  const key =
    '<p class="muted"><span class="key given"></span>given<span class="key made"></span>made<span class="key true"></span>true</p>';
  const lead =
    'Rows of held-out data. The model saw what is framed as given and made the rest; beside it stands what the row really holds. Style is free: the class must agree, not every stroke.';
  return section(
    numGiven === 1 ? 'Completed from one part' : `Completed from ${numGiven === 2 ? 'two' : numGiven} parts`,
    lead,
    `${key}<div class="two">${body.join('\n')}</div>`,
  );
}

function drawSection({examples: {draws}}: ReportContent): string {
  if (!draws) return '';
  const {given, made, rows} = draws;
  const strip = (parts: readonly Parameters<typeof partHtml>[1][], mark: 'made' | 'true') =>
    `<div class="strip">${parts.map(part => partHtml(made, part, mark)).join('')}</div>`;
  const body = rows.map(
    row => `<div>${partHtml(given, row.given, 'given')}</div>${strip(row.drawn, 'made')}${strip(row.real, 'true')}`,
  );
  const head = `<b>${escapeHtml(given)}, given</b><b>${escapeHtml(made)}, made: only the style differs</b><b>${escapeHtml(made)}, real, of that class</b>`;
  const lead = `Several draws for one and the same ${given}. A model that has learnt one template a class would repeat itself here.`;
  return section('Does it repeat itself?', lead, `<div class="strips">${head}${body.join('\n')}</div>`);
}

async function scoreSection({report: {metrics}, dataset}: ReportContent, rows: readonly ScoreRow[]): Promise<string> {
  const cells = rows.map(row => [
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
  const table = htmlTable(['', 'this model', '95 % interval', 'real data', 'chance', '', ''], cells, 'scores');
  const shares = rows
    .filter(row => row.isShare && row.chance !== undefined)
    .map(row => ({...row, name: row.name.replace(/^coherence, | coherence$/, '')}));
  const pictures = [];
  if (shares.length > 0)
    pictures.push(
      await figure(
        scoreBars(shares, {title: 'Coherence, beside real data and chance', widthPx: 500}),
        'Bars of the shares in the table.',
        'Orange: this model with its interval. Blue: real data, which the classifiers do not always read either.',
      ),
    );
  const directions = directionMatrix(metrics, Object.keys(dataset.modalities));
  if (directions)
    pictures.push(
      await figure(
        directions,
        'Table of coherence by direction.',
        'Share of completed parts that show the class of the row they were made for, by what was given.',
      ),
    );
  const lead = `On ${metrics.rows.toLocaleString('en')} rows of the ${metrics.split} split and ${metrics.generated.toLocaleString('en')} generated examples, judged by classifiers that training never saw.`;
  return section('Scores', lead, `${table}<div class="two">${pictures.join('')}</div>`);
}

/** Given (rows) → made (columns); null when there is no direction. */
function directionMatrix({coherence}: EvaluationMetrics, names: readonly string[]): Figure | null {
  const entries = Object.entries(coherence.directions).map(
    ([direction, score]) => [...direction.split('→'), score.value] as [string, string, number],
  );
  if (entries.length === 0) return null;
  const given = [...new Set(entries.map(([from]) => from))];
  const made = names.filter(name => entries.some(([, to]) => to === name));
  const values = given.map(from =>
    made.map(to => entries.find(entry => entry[0] === from && entry[1] === to)?.[2] ?? Number.NaN),
  );
  return matrix(
    given.map(from => from.split('+').join(' + ')),
    made,
    values,
    {title: 'Coherence: given (rows) → made (columns)', range: [0, 1], valueFormat: '.3f', widthPx: 500},
  );
}

async function classSection({examples: {classShares}, dataset}: ReportContent): Promise<string> {
  if (!classShares) return '';
  const generated = Object.entries(classShares.generated).map(([name, values]) => ({
    name: `generated: ${name}`,
    values,
    colour: modalityColour(Object.keys(dataset.modalities).indexOf(name)),
  }));
  const bars = groupedBars(
    dataset.classNames,
    [{name: 'real', values: classShares.real, colour: colours.real}, ...generated],
    {yTitle: 'share', widthPx: 980, heightPx: 300},
  );
  const image = await figure(
    bars,
    'Share of each class among real and generated examples.',
    'The class of a generated part is what the classifier of its modality sees in it.',
  );
  return section(
    'Which classes it makes',
    'A model that forgets a class (mode collapse) would show a missing bar.',
    image,
  );
}

async function lossSection({history}: ReportContent): Promise<string> {
  const phases = [
    ['encoder', 'The encoder E, trained first: parts of one example meet', 'contrastive loss'],
    ['adversarial', 'Generator G against discriminator D', 'loss'],
  ] as const;
  const images = [];
  for (const [phase, title, yTitle] of phases) {
    if (history[phase].length === 0) continue;
    images.push(
      await figure(
        lossCurves(history[phase], {title, yTitle, widthPx: 500, heightPx: 330}),
        `Loss curves: ${title}.`,
        `Faint: every step. Strong: moving mean. ${history[phase].length.toLocaleString('en')} steps.`,
      ),
    );
  }
  const lead =
    "The losses of two opponents need not fall: each player's gain is the other's loss. Look for neither running away.";
  return images.length > 0 ? section('Losses', lead, `<div class="two">${images.join('')}</div>`) : '';
}

function factSection({report, dataset, history}: ReportContent): string {
  const modalities = Object.entries(dataset.modalities)
    .map(([name, spec]) => `${name} (${spec.kind})`)
    .join(', ');
  const encoderSteps = report.encoderSteps ?? history.encoder.length;
  const rows = [
    [
      'model',
      `${report.parameters.toLocaleString('en')} trainable values in generator, joint discriminator and cross-modal encoder`,
    ],
    ['modalities', modalities],
    ['data', dataset.source],
    [
      'steps',
      `${encoderSteps.toLocaleString('en')} of the encoder, ${report.steps.toLocaleString('en')} of generator and discriminator`,
    ],
    ['time', `${duration(report.trainSeconds)} of training, ${report.msPerStep.toFixed(0)} ms a step`],
    ['backend', report.backend],
    ['seed', String(report.seed)],
    ['software', `${report.package} ${report.version}`],
  ];
  return section(
    'What was trained',
    'The same seed, backend and number of threads give the same model.',
    htmlTable(
      [],
      rows.map(row => row.map(escapeHtml)),
      'facts',
    ),
  );
}

function nextSection({nextSteps = defaultNextSteps}: ReportContent): string {
  const items = nextSteps.map(
    ([command, what]) => `<dt><code>${escapeHtml(command)}</code></dt><dd>${escapeHtml(what)}</dd>`,
  );
  return section('What to do next', 'From the folder of the project:', `<dl class="next">${items.join('')}</dl>`);
}

const defaultNextSteps = [
  ['npm start -- --minutes 15', 'train longer: more coherent, sharper, more varied'],
  ['npm run lab', 'open the course: four notebooks that take this model apart'],
  ['npx multimodal-gan generate --help', 'more samples, or complete your own pictures, captions and sounds'],
] as const;

async function figure(content: Figure, alt: string, caption: string): Promise<string> {
  return figureImage(await renderFigure(content), alt, caption);
}

/** A bar to the value, a blue stroke at real data, a grey one at chance. */
export function meter({value, real, chance}: ScoreRow): string {
  const at = (share: number) => `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
  const strokes = `${chance === undefined ? '' : `<s style="left:${at(chance)}"></s>`}${real === undefined ? '' : `<u style="left:${at(real)}"></u>`}`;
  return `<span class="meter"><i style="width:${at(value)}"></i>${strokes}</span>`;
}

/** duration(59.6) is '60 s', duration(240) '4.0 min'. */
export function duration(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}
