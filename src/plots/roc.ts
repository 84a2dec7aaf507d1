import {curves} from './curves';
import type {Figure} from './figure';
import {type AxesOptions, colours, modalityColour} from './theme';

/** One way of ranking, with its ROC curve. */
export interface NamedRoc {
  readonly name: string;
  /** Written into the legend. */
  readonly auroc: number;
  readonly curve: {readonly falsePositiveRate: readonly number[]; readonly truePositiveRate: readonly number[]};
}

const dashes = ['solid', 'dash', 'dot', 'dashdot'] as const;

/** ROC curves with the diagonal of chance; each has a colour and a dash of its own. */
export function rocCurves(rankings: readonly NamedRoc[], options: AxesOptions = {}): Figure {
  const lines = rankings.map(({name, auroc, curve}, i) => ({
    name: `${name}: ${auroc.toFixed(3)}`,
    x: curve.falsePositiveRate,
    y: curve.truePositiveRate,
    colour: modalityColour(i),
    dash: dashes[i % dashes.length],
  }));
  const chance = {name: 'chance: 0.500', x: [0, 1], y: [0, 1], colour: colours.chance, dash: 'dot' as const};
  return curves([...lines, chance], {
    xTitle: 'false positives, share',
    yTitle: 'true positives, share',
    widthPx: 460,
    heightPx: 440,
    xRange: [-0.02, 1.02],
    yRange: [-0.02, 1.02],
    ...options,
  });
}
