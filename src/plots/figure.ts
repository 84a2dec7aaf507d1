/** What Plotly reads: any JSON value. `undefined` fields are left out when a figure is written as JSON. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | {readonly [key: string]: Json};

/** One trace or one layout, as Plotly's reference names its fields. */
export type PlotlyObject = {readonly [key: string]: Json};

/**
 * A figure: plain Plotly JSON, with nothing in it that cannot be written to a file. `renderFigure` makes a PNG of it,
 * `show` in the notebook room displays it.
 */
export interface Figure {
  readonly data: readonly PlotlyObject[];
  readonly layout: PlotlyObject;
}

/** A point of the plane. */
export type Point = readonly [x: number, y: number];

/**
 * The same figure with numbers rounded to `digits` significant digits, so that it takes less room in a notebook.
 * 3.14159265 becomes 3.142; whole numbers and strings stay.
 */
export function compactFigure(figure: Figure, digits = 4): Figure {
  return round(figure as unknown as Json, digits) as unknown as Figure;
}

function round(value: Json, digits: number): Json {
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return value;
    return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
  }
  if (Array.isArray(value)) return value.map(item => round(item, digits));
  if (typeof value === 'object' && value !== null) {
    const out: Record<string, Json> = {};
    for (const [key, item] of Object.entries(value)) if (item !== undefined) out[key] = round(item, digits);
    return out;
  }
  return value;
}
