import {expected} from '../core/checks';
import type {Figure, Json, PlotlyObject} from './figure';
import {type AxesOptions, baseLayout, colours, modalityColour} from './theme';

/** One run's scores, in the order of the names. */
export interface NamedScores {
  readonly name: string;
  readonly scores: readonly ({readonly value: number; readonly ci95?: readonly [number, number]} | null)[];
}

const symbols = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'star'] as const;

/**
 * Scores of several runs as points with their intervals, one line a score, the runs below each other; a blue stroke marks real data.
 * Each run has a colour and a shape.
 *
 * @param names of the scores; @param real the same of real data, undefined where it is not known.
 */
export function scoreIntervals(
  names: readonly string[],
  runs: readonly NamedScores[],
  real: readonly (number | undefined)[],
  options: AxesOptions = {},
): Figure {
  const spread = 0.6;
  const data = runs.map(({name, scores}, run): PlotlyObject => {
    if (scores.length !== names.length) throw expected(`scores of "${name}"`, `${names.length} long`, scores.length);
    const colour = modalityColour(run);
    const shift = runs.length > 1 ? spread * (run / (runs.length - 1) - 0.5) : 0;
    const kept = scores.flatMap((score, i) => (score ? [{...score, y: i + shift}] : []));
    return {
      type: 'scatter',
      mode: 'markers',
      name,
      x: kept.map(score => score.value),
      y: kept.map(score => score.y),
      marker: {color: colour, size: 8, symbol: symbols[run % symbols.length]!, line: {color: colours.ink, width: 0.5}},
      error_x: {
        type: 'data',
        symmetric: false,
        array: kept.map(({value, ci95}) => (ci95 ? ci95[1] - value : 0)),
        arrayminus: kept.map(({value, ci95}) => (ci95 ? value - ci95[0] : 0)),
        color: colour,
        thickness: 2,
        width: 4,
      },
    };
  });
  const marked = real.flatMap((x, y) => (x === undefined ? [] : [{x, y}]));
  const ofReal: PlotlyObject = {
    type: 'scatter',
    mode: 'markers',
    name: 'real data',
    x: marked.map(({x}) => x),
    y: marked.map(({y}) => y),
    marker: {symbol: 'line-ns-open', size: 26, color: colours.real, line: {color: colours.real, width: 3}},
  };
  const ticks: Json = names.map((_, i) => i);
  const layout = baseLayout(
    {widthPx: 560, heightPx: 120 + 44 * names.length, ...options},
    {
      yaxis: {tickvals: ticks, ticktext: [...names], range: [names.length - 0.5, -0.5], zeroline: false},
      xaxis: {zeroline: false},
    },
    [...runs.map(run => run.name), 'real data'],
  );
  return {data: [...data, ofReal], layout};
}
