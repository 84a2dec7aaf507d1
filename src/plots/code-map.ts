import {expected} from '../core/checks';
import {transparent} from './curves';
import type {Figure, Json, PlotlyObject, Point} from './figure';
import {type AxesOptions, baseLayout, classColour, colours} from './theme';

/** One point of a map of codes. */
export interface MappedCode {
  readonly point: Point;
  /** Class index; -1 is drawn grey. */
  readonly label: number;
  /** What it was read from, for example 'image'; index into `kinds`. */
  readonly kind: number;
}

/** Four shapes that can be told apart when small; further kinds begin again. */
const symbols = ['circle', 'square-open', 'triangle-up', 'x'] as const;

/**
 * Codes as points: colour by class, shape by what the code was read from, the class's name at the point nearest to the middle of its points.
 *
 * @param kinds in the legend, for example ['image', 'caption', 'speech', 'generated'].
 */
export function codeMap(
  codes: readonly MappedCode[],
  kinds: readonly string[],
  classNames: readonly string[],
  options: AxesOptions = {},
): Figure {
  if (codes.length === 0) throw expected('codes', 'a non-empty list', []);
  const data = kinds.flatMap((_, kind) =>
    [...classNames.keys(), -1].flatMap((label): PlotlyObject[] => {
      const own = codes.filter(code => code.kind === kind && code.label === label);
      if (own.length === 0) return [];
      const colour = label < 0 ? colours.chance : classColour(label);
      return [
        {
          type: 'scatter',
          mode: 'markers',
          name: classNames[label] ?? 'no class',
          x: own.map(code => code.point[0]),
          y: own.map(code => code.point[1]),
          showlegend: false,
          marker: {
            color: transparent(colour, 0.65),
            size: 6,
            symbol: symbols[kind % symbols.length]!,
            line: {color: colour, width: 1},
          },
        },
      ];
    }),
  );
  // Shapes are explained in grey, since a colour would name a class.
  const legend = kinds.map(
    (name, kind): PlotlyObject => ({
      type: 'scatter',
      mode: 'markers',
      name,
      x: [null],
      y: [null],
      marker: {
        color: colours.muted,
        size: 8,
        symbol: symbols[kind % symbols.length]!,
        line: {color: colours.muted, width: 1},
      },
    }),
  );
  const annotations: Json = classNames.flatMap((name, label) => {
    const own = codes.filter(code => code.label === label).map(code => code.point);
    if (own.length === 0) return [];
    // On one of its points: between two groups of a class the middle would name an empty place, or another class.
    const [x, y] = nearestTo([middle(own.map(point => point[0])), middle(own.map(point => point[1]))], own);
    return [
      {
        x,
        y,
        text: `<b>${name}</b>`,
        showarrow: false,
        bgcolor: 'rgba(255,255,255,0.75)',
        borderpad: 1,
        font: {size: 12, color: colours.ink},
      },
    ];
  });
  const plain = {zeroline: false};
  return {
    data: [...data, ...legend],
    layout: baseLayout(
      {widthPx: 480, heightPx: 440, ...options},
      {annotations, showlegend: true, xaxis: plain, yaxis: plain},
      kinds,
    ),
  };
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function nearestTo([x, y]: Point, points: readonly Point[]): Point {
  const distance = (point: Point): number => (point[0] - x) ** 2 + (point[1] - y) ** 2;
  return points.reduce((best, point) => (distance(point) < distance(best) ? point : best));
}
