import {expected} from '../core/checks';
import type {Figure, PlotlyObject} from './figure';
import {type AxesOptions, baseLayout, colours, modalityColour} from './theme';

/** One line of a figure. */
export interface Curve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** CSS colour; by default one of the modality colours, in order. */
  readonly colour?: string;
  readonly dash?: 'solid' | 'dash' | 'dot' | 'dashdot';
  /** Lower and upper end of an interval at each x, drawn as a band. */
  readonly band?: {readonly low: readonly number[]; readonly high: readonly number[]};
  /** Fills the area down to zero, for densities. */
  readonly fill?: boolean;
  /** Marks every point, for few of them; 'only' draws no line between them. */
  readonly markers?: boolean | 'only';
}

export interface CurvesOptions extends AxesOptions {
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly yRange?: readonly [number, number];
  readonly xRange?: readonly [number, number];
  /** Horizontal lines with a label, such as "log 4" at 1.386. */
  readonly levels?: readonly {readonly value: number; readonly label: string}[];
}

/** Lines over a common axis. */
export function curves(lines: readonly Curve[], options: CurvesOptions = {}): Figure {
  const data: PlotlyObject[] = [];
  lines.forEach((line, index) => {
    if (line.x.length !== line.y.length)
      throw expected(`curve "${line.name}"`, `${line.x.length} values`, line.y.length);
    const colour = line.colour ?? modalityColour(index);
    if (line.band) data.push(band(line, colour));
    data.push({
      type: 'scatter',
      mode: line.markers === 'only' ? 'markers' : line.markers ? 'lines+markers' : 'lines',
      name: line.name,
      x: [...line.x],
      y: [...line.y],
      line: {color: colour, width: 2, dash: line.dash ?? 'solid'},
      marker: {size: 6, color: colour},
      fill: line.fill ? 'tozeroy' : undefined,
      fillcolor: line.fill ? transparent(colour, 0.18) : undefined,
    });
  });
  const axes = {
    xaxis: {type: options.logX ? 'log' : 'linear', range: options.xRange},
    yaxis: {type: options.logY ? 'log' : 'linear', range: options.yRange},
  };
  const names = lines.map(line => line.name);
  return {data, layout: baseLayout(options, {...axes, ...levelLines(options)}, names)};
}

/** The losses of one step of training, by name. */
export interface LossRecord {
  readonly step: number;
  readonly losses: Readonly<Record<string, number>>;
}

/**
 * Losses over training: every step faint, their moving mean strong. Names that begin with generator, discriminator or
 * encoder take that player's colour; so does contrastive, the encoder's loss.
 *
 * @param window steps of the moving mean; by default a fiftieth of the history, at least 1.
 */
export function lossCurves(
  history: readonly LossRecord[],
  options: CurvesOptions & {readonly window?: number} = {},
): Figure {
  const names = [...new Set(history.flatMap(record => Object.keys(record.losses)))];
  const window = options.window ?? Math.max(1, Math.round(history.length / 50));
  const data = names.flatMap((name, index) => {
    const records = history.filter(record => name in record.losses);
    const x = records.map(record => record.step);
    const y = records.map(record => record.losses[name]!);
    const line = {color: playerColour(name) ?? modalityColour(index), width: 2};
    const mean: PlotlyObject = {type: 'scatter', mode: 'lines', name, x, y: movingMean(y, window), line};
    if (window === 1) return [mean];
    const faint = {...thin(x, y), type: 'scatter', mode: 'lines', showlegend: false, hoverinfo: 'skip', opacity: 0.22};
    return [{...faint, line: {...line, width: 1}} as PlotlyObject, mean];
  });
  return {data, layout: baseLayout({xTitle: 'step', yTitle: 'loss', ...options}, levelLines(options), names)};
}

/** Mean of the last `window` values at every position (fewer at the beginning): movingMean([2, 4, 9], 2) is [2, 3, 6.5]. */
export function movingMean(values: readonly number[], window: number): number[] {
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i >= window ? values[i - window]! : 0);
    return sum / Math.min(i + 1, window);
  });
}

/** '#D55E00' at opacity .2 is 'rgba(213,94,0,0.2)'. */
export function transparent(hex: string, opacity: number): string {
  const [r, g, b] = [1, 3, 5].map(i => Number.parseInt(hex.slice(i, i + 2), 16));
  return `rgba(${r},${g},${b},${opacity})`;
}

function band(line: Curve, colour: string): PlotlyObject {
  return {
    type: 'scatter',
    mode: 'lines',
    x: [...line.x, ...[...line.x].reverse()],
    y: [...line.band!.high, ...[...line.band!.low].reverse()],
    fill: 'toself',
    fillcolor: transparent(colour, 0.18),
    line: {width: 0},
    showlegend: false,
    hoverinfo: 'skip',
  };
}

/** Shapes and labels for horizontal lines; on a logarithmic axis annotations are placed by their logarithm, shapes are not. */
function levelLines(options: CurvesOptions): PlotlyObject {
  const levels = options.levels ?? [];
  const line = {color: colours.muted, width: 1, dash: 'dot'};
  return {
    shapes: levels.map(({value}) => ({type: 'line', xref: 'paper', x0: 0, x1: 1, y0: value, y1: value, line})),
    annotations: levels.map(({value, label}) => ({
      xref: 'paper',
      x: 1,
      xanchor: 'right',
      y: options.logY ? Math.log10(value) : value,
      yanchor: 'bottom',
      text: label,
      showarrow: false,
      bgcolor: 'rgba(255,255,255,0.7)',
      font: {size: 11, color: colours.muted},
    })),
  };
}

function playerColour(name: string): string | undefined {
  if (name.startsWith('contrastive')) return colours.encoder;
  const player = (['generator', 'discriminator', 'encoder'] as const).find(start => name.startsWith(start));
  return player && colours[player];
}

/** At most 1000 points, evenly taken, so that the figure stays small. */
function thin(x: readonly number[], y: readonly number[]): {x: number[]; y: number[]} {
  const every = Math.ceil(x.length / 1000);
  return {x: x.filter((_, i) => i % every === 0), y: y.filter((_, i) => i % every === 0)};
}
