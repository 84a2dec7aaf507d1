import * as fs from 'node:fs';
import {expected, UserError, unknownChoice} from '../core/checks';
import type {Figure} from './figure';
import {prepareFonts} from './fonts';
import {installGeometry} from './geometry';

export interface RenderOptions {
  /** CSS pixels; by default the layout's own width, or 680. */
  readonly widthPx?: number;
  /** CSS pixels; by default the layout's own height, or 360. */
  readonly heightPx?: number;
  /** PNG pixels for each CSS pixel. Defaults to 2, sharp on any screen. */
  readonly scale?: number;
  /** Drawing gives up after this. Defaults to 30. */
  readonly timeoutSeconds?: number;
}

/** Plotly's traces that can be drawn as SVG. WebGL traces come out blank or never, so they are refused by name. */
const drawable = [
  'scatter',
  'bar',
  'box',
  'violin',
  'histogram',
  'heatmap',
  'contour',
  'histogram2d',
  'histogram2dcontour',
  'image',
  'pie',
  'table',
  'indicator',
];

/**
 * A figure as PNG, without a browser: Plotly draws SVG in a jsdom window of its own, sharp turns it into pixels.
 * The same figure gives the same bytes.
 *
 * Takes about a second the first time (Plotly is read), then 0.1–0.5 s a figure.
 */
export async function renderFigure(figure: Figure, options: RenderOptions = {}): Promise<Buffer> {
  const svg = await renderSvg(figure, options);
  prepareFonts();
  const sharp = (await import('sharp')).default;
  const density = 72 * (options.scale ?? 2);
  return sharp(Buffer.from(svg), {density}).flatten({background: '#FFFFFF'}).png({palette: true}).toBuffer();
}

/** The figure as an SVG document. */
export async function renderSvg(figure: Figure, options: RenderOptions = {}): Promise<string> {
  for (const trace of figure.data) {
    const type = typeof trace['type'] === 'string' ? trace['type'] : 'scatter';
    if (!drawable.includes(type)) throw unknownChoice('type of trace', type, drawable);
  }
  const width = options.widthPx ?? numberOr(figure.layout['width'], 680);
  const height = options.heightPx ?? numberOr(figure.layout['height'], 360);
  const plotly = await loadPlotly();
  // Plotly writes into what it is given, so it gets a copy; JSON also turns typed arrays' and NaN's oddities into plain values.
  const copy = JSON.parse(JSON.stringify({data: figure.data, layout: {...figure.layout, width, height}})) as object;
  const draw = () => {
    plotly.resetChance();
    const drawing = plotly.toImage(copy, {format: 'svg', imageDataOnly: true, width, height});
    return withTimeout(drawing, options.timeoutSeconds ?? 30);
  };
  // One at a time: the figures share a window and its sequence of chance.
  const result = queue.then(draw);
  queue = result.then(
    () => undefined,
    () => undefined,
  );
  return result;
}

interface Plotly {
  toImage(figure: object, options: object): Promise<string>;
  resetChance(): void;
}

let queue: Promise<unknown> = Promise.resolve();
let loading: Promise<Plotly> | undefined;

function loadPlotly(): Promise<Plotly> {
  loading ??= openWindow();
  return loading;
}

async function openWindow(): Promise<Plotly> {
  const {JSDOM} = await import('jsdom');
  // Not `pretendToBeVisual`: its animation timer would keep the process alive.
  const window = new JSDOM('<!doctype html><body></body>', {runScripts: 'outside-only'}).window;
  window.requestAnimationFrame = callback => setTimeout(() => callback(Date.now()), 0) as unknown as number;
  window.cancelAnimationFrame = id => clearTimeout(id);
  installGeometry(window);
  // Plotly names its clip paths by chance; a counted sequence makes equal figures equal documents.
  const chance = {state: 1};
  (window as unknown as {chance: () => number}).chance = () => {
    chance.state = (Math.imul(chance.state, 1664525) + 1013904223) >>> 0;
    return chance.state / 4294967296;
  };
  window.eval('Math.random = () => window.chance();');
  // Read as a file, not imported: it would look for a global document.
  window.eval(fs.readFileSync(require.resolve('plotly.js-dist/plotly.js'), 'utf8'));
  const {Plotly} = window as unknown as {Plotly: Pick<Plotly, 'toImage'>};
  return {
    toImage: (figure, options) => Plotly.toImage(figure, options),
    resetChance: () => {
      chance.state = 1;
    },
  };
}

async function withTimeout<T>(work: Promise<T>, seconds: number): Promise<T> {
  if (!(seconds > 0)) throw expected('timeoutSeconds', 'a positive number', seconds);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new UserError(`Expected the figure to be drawn within ${seconds} s, got nothing.`)),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
