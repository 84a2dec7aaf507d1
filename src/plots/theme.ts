/**
 * How every figure looks. One colour means one thing in the whole course: what is real, what is generated, which player,
 * which modality. The colours are Okabe and Ito's, which people with any colour vision can tell apart
 * (Okabe & Ito 2008, "Color Universal Design").
 */
import type {Json, PlotlyObject} from './figure';
import {textWidth} from './text-width';

export const colours = {
  real: '#0072B2',
  generated: '#D55E00',
  chance: '#8A8F98',
  generator: '#D55E00',
  discriminator: '#4B5563',
  encoder: '#6A51A3',
  ink: '#1F2933',
  muted: '#5F6B7A',
  grid: '#E4E7EB',
  paper: '#FFFFFF',
} as const;

/** In the order in which a dataset names its modalities: picture green, caption amber, sound pink, then further ones. */
export const modalityColours = ['#009E73', '#E69F00', '#CC79A7', '#56B4E9', '#8C6D1F', '#7A5195'] as const;

/** Ten classes, Paul Tol's "muted" scheme and a grey (SRON/EPS/TN/09-002, issue 3.2). */
export const classColours = [
  '#332288',
  '#88CCEE',
  '#44AA99',
  '#117733',
  '#999933',
  '#DDCC77',
  '#CC6677',
  '#882255',
  '#AA4499',
  '#8A8F98',
] as const;

/** Light to dark, for tables of numbers between 0 and 1. */
export const sequentialScale: Json = [
  [0, '#F7FBFF'],
  [0.25, '#D0E2F2'],
  [0.5, '#94C4DF'],
  [0.75, '#4A98C9'],
  [1, '#1764AB'],
];

/** Orange below the middle, blue above it: a field that says "generated" or "real". */
export const divergingScale: Json = [
  [0, '#E8905A'],
  [0.25, '#F6CDB3'],
  [0.5, '#FAFAFA'],
  [0.75, '#B4D3EA'],
  [1, '#5A9FD0'],
];

/** First DejaVu, which set-up brings along; Verdana has the same widths and is on most screens. */
export const fontFamily = 'DejaVu Sans, Verdana, sans-serif';

export function modalityColour(index: number): string {
  return modalityColours[index % modalityColours.length]!;
}

export function classColour(index: number): string {
  return classColours[index % classColours.length]!;
}

export interface AxesOptions {
  /** The conclusion to draw, as one line above the figure. */
  readonly title?: string;
  readonly xTitle?: string;
  readonly yTitle?: string;
  /** Height of the figure in CSS pixels. Defaults to 360. */
  readonly heightPx?: number;
  /** Width of the figure in CSS pixels. Defaults to 680. */
  readonly widthPx?: number;
}

/** The layout that all figures start from; `extra` wins. @param legend names in the legend, which may need several lines. */
export function baseLayout(
  options: AxesOptions,
  extra: PlotlyObject = {},
  legend: readonly string[] = [],
): PlotlyObject {
  const {title, xTitle, yTitle, widthPx = 680, heightPx = 360} = options;
  const {xaxis, yaxis, ...rest} = extra;
  return {
    width: widthPx,
    height: heightPx,
    font: {family: fontFamily, size: 12, color: colours.ink},
    title: title
      ? {text: title, x: 0.01, xanchor: 'left', y: 1, yanchor: 'top', pad: {t: 12}, font: {size: 14}}
      : undefined,
    paper_bgcolor: colours.paper,
    plot_bgcolor: colours.paper,
    margin: {l: 62, r: 18, t: (title ? 60 : 30) + 19 * (legendLines(legend, widthPx - 80) - 1), b: xTitle ? 52 : 34},
    hovermode: 'closest',
    legend: {
      orientation: 'h',
      x: 0,
      xanchor: 'left',
      y: 1.02,
      yanchor: 'bottom',
      font: {size: 11},
    },
    xaxis: {...axis(xTitle), ...(xaxis as PlotlyObject | undefined)},
    yaxis: {...axis(yTitle), ...(yaxis as PlotlyObject | undefined)},
    ...rest,
  };
}

/** Plotly puts entries of equal width side by side: the sample line takes 42 pixels, the name what it needs. */
function legendLines(names: readonly string[], widthPx: number): number {
  const widest = Math.max(0, ...names.map(name => textWidth(name, 11, false) + 42));
  const sum = names.reduce((total, name) => total + textWidth(name, 11, false) + 42, 0);
  return sum <= widthPx ? 1 : Math.ceil(names.length / Math.max(1, Math.floor(widthPx / widest)));
}

/** One axis: thin grid, no frame, ticks outside. */
export function axis(title?: string): PlotlyObject {
  return {
    title: title ? {text: title, font: {size: 12}, standoff: 8} : undefined,
    gridcolor: colours.grid,
    zerolinecolor: colours.grid,
    linecolor: colours.muted,
    showline: true,
    ticks: 'outside',
    tickcolor: colours.muted,
    automargin: true,
    exponentformat: 'power',
  };
}
