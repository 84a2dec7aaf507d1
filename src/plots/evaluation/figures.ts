/** The figures of an evaluation, as plain Plotly JSON, each with the words that belong to it. */
import type {EvaluationDetails} from '../../evaluation/details';
import type {Inspection} from '../../evaluation/inspection';
import type {EvaluationMetrics} from '../../evaluation/metrics-record';
import {mapNeighbours, neighbourMap, type PlanePoint, principalComponents} from '../../evaluation/projections';
import type {ScoreRow} from '../../evaluation/score-rows';
import {scoreBars} from '../bars';
import {codeMap, type MappedCode} from '../code-map';
import {curves} from '../curves';
import type {Figure} from '../figure';
import {matrix} from '../matrix';
import {rocCurves} from '../roc';
import {spectrograms} from '../spectrogram';
import {colours} from '../theme';
import type {Exhibits} from './exhibits';

/** Where in the report a figure stands. */
export type FigurePlace = 'scores' | 'coherence' | 'codes' | 'rankings' | 'sounds' | 'sample-size';

export interface ReportFigure {
  /** File name without ending. */
  readonly id: string;
  readonly place: FigurePlace;
  readonly figure: Figure;
  /** What it is, for those who cannot see it. */
  readonly alt: string;
  /** What to see in it. */
  readonly caption: string;
}

export interface FigureContent {
  readonly metrics: EvaluationMetrics;
  readonly rows: readonly ScoreRow[];
  readonly details: EvaluationDetails;
  readonly inspection: Inspection;
  readonly exhibits: Exhibits;
}

export function reportFigures(content: FigureContent): ReportFigure[] {
  return [
    ...shareFigures(content),
    ...coherenceFigures(content),
    ...codeFigures(content),
    ...rankingFigures(content),
    ...soundFigures(content),
    ...sampleSizeFigures(content),
  ];
}

function shareFigures({rows}: FigureContent): ReportFigure[] {
  const shares = rows.filter(row => row.isShare && row.real !== undefined && row.chance !== undefined);
  if (shares.length === 0) return [];
  const named = shares.map(row => ({...row, name: row.name.replace(/^coherence, /, '')}));
  return [
    {
      id: 'shares',
      place: 'scores',
      figure: scoreBars(named, {title: 'Between chance and real data', widthPx: 520, valueFormat: '.3f'}),
      alt: 'Bars of the scores that are shares, with marks for real data and for chance.',
      caption:
        'Orange: what was scored, with its interval. Blue: real data, which the classifiers do not always read either. Grey: chance.',
    },
  ];
}

function coherenceFigures({details, metrics, inspection}: FigureContent): ReportFigure[] {
  const {classNames, modalities} = inspection;
  const figures: ReportFigure[] = [];
  const directions = Object.entries(metrics.coherence.directions).map(
    ([name, score]) => [...name.split('→'), score.value] as [string, string, number],
  );
  if (directions.length > 0) {
    const given = [...new Set(directions.map(([from]) => from))];
    const made = Object.keys(modalities).filter(name => directions.some(([, to]) => to === name));
    const value = (from: string, to: string): number =>
      directions.find(direction => direction[0] === from && direction[1] === to)?.[2] ?? Number.NaN;
    figures.push({
      id: 'directions',
      place: 'coherence',
      figure: matrix(
        given.map(name => name.split('+').join(' + ')),
        made,
        given.map(from => made.map(to => value(from, to))),
        {title: 'Given (rows) → made (columns)', range: [0, 1], valueFormat: '.3f', widthPx: 480},
      ),
      alt: 'Table of coherence by what was given and what was made.',
      caption: 'Share of made parts that show the class of the row that they were made for.',
    });
  }
  const confusion = (name: string, title: string, counts: readonly (readonly number[])[], caption: string): void => {
    figures.push({
      id: `confusion-${name.replace(/[^\p{L}\d]+/gu, '-')}`,
      place: 'coherence',
      figure: matrix(classNames, classNames, sharesOfRows(counts), {
        title,
        range: [0, 1],
        valueFormat: '.2f',
        widthPx: 480,
        heightPx: 100 + Math.max(240, 26 * classNames.length),
      }),
      alt: `Confusion matrix: ${title}.`,
      caption,
    });
  };
  for (const [pair, counts] of Object.entries(details.joint)) {
    const [a, b] = pair.split(', ');
    const caption = `Generated from nothing: what the ${a} shows, and what the ${b} of the same example shows. Shares of a row; off the diagonal the two disagree.`;
    confusion(`joint-${pair}`, `${a} (rows), ${b} (columns)`, counts, caption);
  }
  for (const [direction, counts] of Object.entries(details.directions)) {
    if (direction.split('→')[0]!.includes('+')) continue;
    const [from, to] = direction.split('→');
    const caption = `Class of the ${from} that was given, and what the ${to} made from it shows. Shares of a row.`;
    confusion(direction, `${from} (rows) → ${to} (columns)`, counts, caption);
  }
  return figures;
}

/** Zeros stay empty, so that what goes wrong is seen. */
function sharesOfRows(counts: readonly (readonly number[])[]): number[][] {
  return counts.map(row => {
    const sum = row.reduce((total, count) => total + count, 0);
    return row.map(count => (count === 0 ? Number.NaN : count / sum));
  });
}

/** Rows of a map: enough to see groups, few enough to see points. */
const mapped = 200;

function codeFigures({inspection}: FigureContent): ReportFigure[] {
  const {codes, labels, classNames, generated, seed} = inspection;
  if (!codes) return [];
  const values: number[][] = [];
  const marks: Omit<MappedCode, 'point'>[] = [];
  const kinds = Object.keys(codes.real);
  const add = (all: Float32Array, place: number, label: number, kind: number): void => {
    values.push(Array.from(all.subarray(place * codes.width, (place + 1) * codes.width)));
    marks.push({label, kind});
  };
  kinds.forEach((name, kind) => {
    const {rows, codes: own} = codes.real[name]!;
    rows.slice(0, mapped).forEach((row, place) => {
      add(own, place, labels[row]!, kind);
    });
  });
  const judged = Object.values(generated ?? {}).find(parts => parts.judgement)?.judgement;
  if (codes.generated) {
    const count = Math.min(mapped, codes.generated.length / codes.width);
    for (let i = 0; i < count; i++) add(codes.generated, i, judged ? judged.labels[i]! : -1, kinds.length);
  }
  const names = codes.generated ? [...kinds, 'generated'] : kinds;
  if (values.length <= mapNeighbours || codes.width < 2) return [];
  const map = (points: readonly PlanePoint[]): MappedCode[] => marks.map((mark, i) => ({...mark, point: points[i]!}));
  const {points, explained} = principalComponents(values);
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  return [
    {
      id: 'codes-pca',
      place: 'codes',
      figure: codeMap(map(points), names, classNames, {
        title: 'Codes, principal components',
        xTitle: `first component (${percent(explained[0])} of the variance)`,
        yTitle: `second component (${percent(explained[1])})`,
      }),
      alt: 'Codes of real parts and of generated examples on the first two principal components.',
      caption:
        'Colour: class. Shape: what the code was read from. Parts of one class should meet, whatever modality they are.',
    },
    {
      id: 'codes-umap',
      place: 'codes',
      figure: codeMap(map(neighbourMap(values, seed)), names, classNames, {title: 'The same codes, UMAP'}),
      alt: 'The same codes on a UMAP map.',
      caption: `UMAP (${mapNeighbours} neighbours, seed ${seed}) keeps near codes near; how far groups lie from each other means little.`,
    },
  ];
}

function rankingFigures({details: {rankings}}: FigureContent): ReportFigure[] {
  if (rankings.length === 0) return [];
  return [
    {
      id: 'roc',
      place: 'rankings',
      figure: rocCurves(rankings, {title: 'What D can tell apart, with AUROC'}),
      alt: 'ROC curves of mismatch scores and of generated against real.',
      caption:
        'Mismatched: one part exchanged for one of another class; up and to the left is better. Generated: along the diagonal D cannot tell generated from held-out real examples.',
    },
  ];
}

function soundFigures({exhibits: {sounds}, inspection: {modalities}}: FigureContent): ReportFigure[] {
  return Object.entries(sounds).flatMap(([name, rows]) => {
    const spec = modalities[name]!;
    const pairs = rows.filter(row => row.made && row.real);
    if (spec.kind !== 'audio' || pairs.length === 0) return [];
    return (['made', 'real'] as const).map(
      (which): ReportFigure => ({
        id: `spectrograms-${name}-${which}`,
        place: 'sounds',
        figure: spectrograms(
          pairs.map(row => ({name: row.name, values: row[which]!.values})),
          spec,
          {widthPx: 500, heightPx: 250, title: which === 'made' ? `${name}, generated` : `${name}, real`},
        ),
        alt: `Spectrograms of ${which === 'made' ? 'generated' : 'real'} ${name}.`,
        caption: which === 'made' ? 'As the model made them.' : 'Recordings of the same classes, held out.',
      }),
    );
  });
}

function sampleSizeFigures({details: {sampleSize}}: FigureContent): ReportFigure[] {
  return sampleSize.map(({name, points, value, slope, ci95}): ReportFigure => {
    const least = Math.min(...points.map(({count}) => count));
    return {
      id: `sample-size-${name.replace(/[^\p{L}\d]+/gu, '-')}`,
      place: 'sample-size',
      figure: curves(
        [
          {
            name: 'scores of random parts',
            x: points.map(({count}) => 1 / count),
            y: points.map(point => point.value),
            colour: colours.generated,
            markers: 'only',
          },
          {
            name: 'straight line',
            x: [0, 1 / least],
            y: [value, value + slope / least],
            colour: colours.muted,
            dash: 'dash',
          },
        ],
        {
          title: name,
          xTitle: '1 / number of generated samples',
          yTitle: 'score',
          widthPx: 460,
          heightPx: 300,
        },
      ),
      alt: `${name} of parts of the generated samples.`,
      caption: `At the left end, for infinitely many: ${value.toFixed(2)} (${ci95[0].toFixed(2)} … ${ci95[1].toFixed(2)}). The rightmost point is of ${least} samples.`,
    };
  });
}
