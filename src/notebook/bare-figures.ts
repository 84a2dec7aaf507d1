import type {Figure} from '../plots/figure';
import {channel, type MimeBundle, metadataSymbol} from './channel';
import {pictureBundle} from './show';

/**
 * Plotly's plain JSON, `{data: […], layout: {…}}`, as the last value of a cell, shown like a figure of `show`. A figure that
 * cannot be drawn here, such as one of WebGL, is left to pages that have Plotly. Null for values that are no figures.
 */
export async function bareFigure(value: unknown): Promise<MimeBundle | null> {
  if (!isFigure(value)) return null;
  const figure = plainJson(value);
  try {
    const {bundle, metadata} = await pictureBundle(figure);
    return {...bundle, [metadataSymbol]: metadata};
  } catch (error) {
    return {
      'application/vnd.plotly.v1+json': figure,
      'text/plain': `[figure without a picture: ${(error as Error).message}]`,
    };
  }
}

/** Traces and a layout. A record that merely has these two names is no figure. */
function isFigure(value: unknown): value is Figure {
  if (typeof value !== 'object' || value === null) return false;
  const {data, layout} = value as {data?: unknown; layout?: unknown};
  if (!Array.isArray(data) || data.length === 0 || typeof layout !== 'object' || layout === null) return false;
  const signs = ['type', 'x', 'y', 'z'];
  return data.every(trace => typeof trace === 'object' && trace !== null && signs.some(sign => sign in trace));
}

/** Typed arrays become lists; JSON would make records of them. */
function plainJson(figure: Figure): Figure {
  const list = (_key: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float32Array) : value;
  return JSON.parse(JSON.stringify({data: figure.data, layout: figure.layout}, list)) as Figure;
}

// Importing the package in a notebook is enough.
channel()?.registerDisplay?.(bareFigure);
