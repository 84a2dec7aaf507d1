import type {Figure, Json, PlotlyObject} from './figure';
import {type AxesOptions, baseLayout, colours} from './theme';

/** One score of generated examples, with what to hold it against. */
export interface Score {
  readonly name: string;
  readonly value: number;
  /** 95 % interval [low, high]. */
  readonly ci95?: readonly [number, number];
  /** The same score of real data: the ceiling, or the floor of a distance. */
  readonly real?: number;
  /** The same score of a guess. */
  readonly chance?: number;
}

/**
 * Scores as horizontal bars with their intervals; a blue line marks what real data score, a grey one what chance scores.
 *
 * @param options.valueFormat d3 format of the numbers at the bars, for example '.3f'. Defaults to '.3~r'.
 */
export function scoreBars(
  scores: readonly Score[],
  options: AxesOptions & {readonly valueFormat?: string} = {},
): Figure {
  const names = scores.map(score => score.name);
  const format = options.valueFormat ?? '.3~r';
  const bars: PlotlyObject = {
    type: 'bar',
    orientation: 'h',
    name: 'generated',
    y: names,
    x: scores.map(score => score.value),
    width: 0.5,
    marker: {color: colours.generated},
    error_x: {
      type: 'data',
      symmetric: false,
      array: scores.map(score => (score.ci95 ? score.ci95[1] - score.value : null)),
      arrayminus: scores.map(score => (score.ci95 ? score.value - score.ci95[0] : null)),
      color: colours.ink,
      thickness: 1.5,
      width: 4,
    },
    texttemplate: `%{x:${format}}`,
    textposition: 'inside',
    insidetextanchor: 'middle',
    insidetextfont: {color: '#FFFFFF', size: 12},
    textangle: 0,
    constraintext: 'none',
  };
  const data = [
    bars,
    marks(
      'real data',
      names,
      scores.map(s => s.real),
      colours.real,
    ),
    marks(
      'chance',
      names,
      scores.map(s => s.chance),
      colours.chance,
    ),
  ];
  const heightPx = options.heightPx ?? 94 + 34 * scores.length;
  const yaxis = {autorange: 'reversed', showgrid: false, ticks: ''};
  const layout = baseLayout({...options, heightPx}, {yaxis, xaxis: {rangemode: 'tozero'}, bargap: 0.3});
  return {data: data.filter(trace => (trace['x'] as readonly Json[]).length > 0), layout};
}

/**
 * How often each category occurs in several groups, side by side: the classes that a generator makes beside those of
 * the data.
 *
 * @param groups one list of counts or shares a group, in the order of `categories`.
 */
export function groupedBars(
  categories: readonly string[],
  groups: readonly {readonly name: string; readonly values: readonly number[]; readonly colour?: string}[],
  options: AxesOptions = {},
): Figure {
  const data = groups.map(group => ({
    type: 'bar',
    name: group.name,
    x: [...categories],
    y: [...group.values],
    marker: {color: group.colour ?? (group.name === 'real' ? colours.real : colours.generated)},
  }));
  return {
    data,
    layout: baseLayout(options, {
      barmode: 'group',
      bargap: 0.25,
      bargroupgap: 0.05,
      xaxis: {type: 'category', showgrid: false},
    }),
  };
}

/** Upright strokes at given values, one a bar; scores without one are left out. */
function marks(
  name: string,
  names: readonly string[],
  values: readonly (number | undefined)[],
  colour: string,
): PlotlyObject {
  const kept = names
    .map((y, i) => ({y, x: values[i]}))
    .filter((mark): mark is {y: string; x: number} => mark.x !== undefined);
  return {
    type: 'scatter',
    mode: 'markers',
    name,
    x: kept.map(mark => mark.x),
    y: kept.map(mark => mark.y),
    marker: {symbol: 'line-ns-open', size: 22, color: colour, line: {color: colour, width: 3}},
  };
}
