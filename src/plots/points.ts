import {transparent} from './curves';
import type {Figure, Json, PlotlyObject, Point} from './figure';
import {type AxesOptions, baseLayout, classColour, colours, divergingScale, modalityColour} from './theme';

/** A cloud of points of the plane. */
export interface Cloud {
  readonly name: string;
  readonly points: readonly Point[];
  readonly colour?: string;
  /** Plotly's name of a marker: 'circle', 'x', 'diamond' … Defaults to 'circle'. */
  readonly symbol?: string;
}

export interface CloudsOptions extends AxesOptions {
  /** Both axes reach from -extent to +extent; by default they fit the points. */
  readonly extent?: number;
  /** A function of the plane drawn behind the points, for instance D(x): 0 orange, 0.5 white, 1 blue. */
  readonly field?: {readonly f: (x: number, y: number) => number; readonly low: number; readonly high: number};
}

/** Toy data: real and generated points of the plane, with the discriminator's judgement behind them if it is given. */
export function pointClouds(clouds: readonly Cloud[], options: CloudsOptions = {}): Figure {
  const data: PlotlyObject[] = options.field ? [fieldTrace(options.field, options.extent ?? reach(clouds))] : [];
  clouds.forEach((cloud, index) => {
    data.push(cloudTrace(cloud, cloud.colour ?? defaultColour(cloud.name) ?? modalityColour(index)));
  });
  const range = options.extent === undefined ? undefined : [-options.extent, options.extent];
  const layout = baseLayout(
    {widthPx: 440, heightPx: 440, ...options},
    {
      xaxis: {range, zeroline: false, constrain: 'domain'},
      yaxis: {range, zeroline: false, scaleanchor: 'x', constrain: 'domain'},
    },
    clouds.map(({name}) => name),
  );
  return {data, layout};
}

/**
 * A map of codes: one point an example, coloured by class, with the class's name at the middle of its points, so that
 * no one has to match colours with a legend.
 *
 * @param points two coordinates an example (for instance the first two principal components).
 */
export function latentMap(
  points: readonly Point[],
  labels: ArrayLike<number>,
  classNames: readonly string[],
  options: AxesOptions = {},
): Figure {
  const groups = classNames.map((name, label) => ({name, points: points.filter((_, i) => labels[i] === label)}));
  const data = groups.map((group, label) => ({
    ...cloudTrace({...group, symbol: 'circle'}, classColour(label)),
    showlegend: false,
  }));
  const annotations: Json = groups
    .filter(group => group.points.length > 0)
    .map(group => ({
      x: median(group.points.map(p => p[0])),
      y: median(group.points.map(p => p[1])),
      text: `<b>${group.name}</b>`,
      showarrow: false,
      bgcolor: 'rgba(255,255,255,0.75)',
      borderpad: 1,
      font: {size: 12, color: colours.ink},
    }));
  return {data, layout: baseLayout({widthPx: 560, heightPx: 480, ...options}, {annotations})};
}

function cloudTrace(cloud: Cloud, colour: string): PlotlyObject {
  return {
    type: 'scatter',
    mode: 'markers',
    name: cloud.name,
    x: cloud.points.map(p => p[0]),
    y: cloud.points.map(p => p[1]),
    marker: {
      color: transparent(colour, 0.6),
      size: cloud.points.length > 300 ? 5 : 7,
      symbol: cloud.symbol ?? 'circle',
      line: {color: colour, width: 0.5},
    },
  };
}

function fieldTrace(field: NonNullable<CloudsOptions['field']>, extent: number): PlotlyObject {
  const side = 61;
  const ticks = Array.from({length: side}, (_, i) => -extent + (2 * extent * i) / (side - 1));
  return {
    type: 'contour',
    x: ticks,
    y: ticks,
    z: ticks.map(y => ticks.map(x => Math.min(field.high, Math.max(field.low, field.f(x, y))))),
    zmin: field.low,
    zmax: field.high,
    contours: {coloring: 'heatmap', showlines: false},
    line: {width: 0},
    colorscale: divergingScale,
    showscale: true,
    colorbar: {thickness: 10, len: 0.7, outlinewidth: 0, tickfont: {size: 10}},
    hoverinfo: 'skip',
  };
}

function defaultColour(name: string): string | undefined {
  return name === 'real' || name === 'generated' ? colours[name] : undefined;
}

function reach(clouds: readonly Cloud[]): number {
  return (
    1.1 *
    clouds.reduce(
      (most, cloud) => cloud.points.reduce((m, [x, y]) => Math.max(m, Math.abs(x), Math.abs(y)), most),
      1e-6,
    )
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
}
