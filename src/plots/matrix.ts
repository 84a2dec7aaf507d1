import {expected} from '../core/checks';
import type {Figure, PlotlyObject} from './figure';
import {type AxesOptions, baseLayout, sequentialScale} from './theme';

export interface MatrixOptions extends AxesOptions {
  /** d3 format of the number in each cell, for example '.2f'. An empty string writes none. Defaults to '.2f'. */
  readonly valueFormat?: string;
  /** Values that become the lightest and the darkest colour. Default: 0 and the largest value. */
  readonly range?: readonly [number, number];
}

/**
 * A table of numbers as colours, the number in each cell: coherence by direction, a confusion matrix, similarities.
 * The first row is at the top.
 *
 * @param values one row a name of `rows`; NaN leaves a cell empty.
 */
export function matrix(
  rows: readonly string[],
  columns: readonly string[],
  values: readonly (readonly number[])[],
  options: MatrixOptions = {},
): Figure {
  if (values.length !== rows.length) throw expected('values', `${rows.length} rows`, values.length);
  for (const row of values)
    if (row.length !== columns.length) throw expected('each row', `${columns.length} values`, row.length);
  const finite = values.flat().filter(Number.isFinite);
  const [low, high] = options.range ?? [0, Math.max(...finite, 1e-12)];
  const format = options.valueFormat ?? '.2f';
  const heatmap: PlotlyObject = {
    type: 'heatmap',
    x: [...columns],
    y: [...rows],
    z: values.map(row => row.map(value => (Number.isFinite(value) ? value : null))),
    zmin: low,
    zmax: high,
    colorscale: sequentialScale,
    showscale: false,
    xgap: 2,
    ygap: 2,
    hoverongaps: false,
    texttemplate: format ? `%{z:${format}}` : undefined,
  };
  const heightPx =
    options.heightPx ?? 90 + (options.title ? 30 : 0) + Math.max(24, Math.min(44, 360 / rows.length)) * rows.length;
  const plain = {type: 'category', showgrid: false, ticks: '', showline: false};
  return {
    data: [heatmap],
    layout: baseLayout({widthPx: 520, ...options, heightPx}, {xaxis: plain, yaxis: {...plain, autorange: 'reversed'}}),
  };
}
