/** One small, fixed instance of every kind of figure; the render test draws them all. */
import {RandomStream} from '../../src/core/random';
import type {AudioModality} from '../../src/core/types';
import {groupedBars, scoreBars} from '../../src/plots/bars';
import {codeMap} from '../../src/plots/code-map';
import {curves, lossCurves} from '../../src/plots/curves';
import type {Figure, Point} from '../../src/plots/figure';
import {imageGrid} from '../../src/plots/image-grid';
import {scoreIntervals} from '../../src/plots/intervals';
import {matrix} from '../../src/plots/matrix';
import {latentMap, pointClouds} from '../../src/plots/points';
import {rocCurves} from '../../src/plots/roc';
import {spectrograms} from '../../src/plots/spectrogram';
import {pictureTile, spectrogramTile, type Tile} from '../../src/plots/tiles';

export const clip: AudioModality = {
  kind: 'audio',
  sampleRateHz: 8000,
  clipSamples: 512,
  windowLengthSamples: 256,
  hopLengthSamples: 128,
  numMelBands: 8,
  minFrequencyHz: 0,
  maxFrequencyHz: 4000,
  floorDb: -80,
};

/** 8×4 pixels from black (upper left) to light grey (lower right). */
export function rampTile(): Tile {
  return pictureTile({height: 4, width: 8, channels: 1, pixels: Uint8Array.from({length: 32}, (_, i) => 7 * i)});
}

const ramp = Float32Array.from({length: 32}, (_, i) => i / 16 - 1);
const ticks = Array.from({length: 41}, (_, i) => -4 + i / 5);
const names = ['zero', 'one', 'two'];

function cloud(stream: RandomStream, x: number, y: number): Point[] {
  return Array.from({length: 60}, () => [x + 0.4 * stream.normal(), y + 0.4 * stream.normal()] as const);
}

export function everyFigure(): Record<string, Figure> {
  const stream = new RandomStream(5, 'test/figures');
  const squareTile = spectrogramTile(
    Array.from({length: 64}, (_, i) => i / 32 - 1),
    8,
    8,
  );
  return {
    curves: curves(
      [
        {name: 'real density', x: ticks, y: ticks.map(x => Math.exp(-x * x)), fill: true},
        {name: 'D', x: ticks, y: ticks.map(x => 1 / (1 + Math.exp(x))), dash: 'dash', colour: '#4B5563'},
      ],
      {title: 'Two curves', xTitle: 'x', yTitle: 'density, or probability', levels: [{value: 0.5, label: '½'}]},
    ),
    lossCurves: lossCurves(
      Array.from({length: 200}, (_, step) => ({
        step,
        losses: {discriminator: 1.39 + 0.1 * stream.normal(), generator: 0.7 + Math.exp(-step / 40)},
      })),
      {title: 'Losses'},
    ),
    pointClouds: pointClouds(
      [
        {name: 'real', points: cloud(stream, -1, 0)},
        {name: 'generated', points: cloud(stream, 1, 0), symbol: 'x'},
      ],
      {title: 'Toy', extent: 3, field: {f: x => 1 / (1 + Math.exp(2 * x)), low: 0, high: 1}},
    ),
    latentMap: latentMap(
      [...cloud(stream, 0, 0), ...cloud(stream, 3, 1), ...cloud(stream, 1, 4)],
      Array.from({length: 180}, (_, i) => Math.floor(i / 60)),
      names,
      {title: 'Codes'},
    ),
    scoreBars: scoreBars(
      [
        {name: 'joint', value: 0.9, ci95: [0.85, 0.94], real: 0.98, chance: 0.01},
        {name: 'one given', value: 0.6, real: 0.98, chance: 0.1},
      ],
      {title: 'Scores'},
    ),
    groupedBars: groupedBars(names, [
      {name: 'real', values: [0.3, 0.3, 0.4]},
      {name: 'generated', values: [0.1, 0.6, 0.3]},
    ]),
    matrix: matrix(names, names, [
      [Number.NaN, 0.2, 0.9],
      [0.4, Number.NaN, 0.1],
      [1, 0, Number.NaN],
    ]),
    imageGrid: imageGrid(
      [
        {name: 'picture', tiles: [squareTile, undefined, squareTile], captions: ['a thin slanted seven', '', 'two']},
        {name: 'sound', tiles: [squareTile, squareTile, squareTile]},
      ],
      {title: 'A grid', columnNames: ['a', 'b', 'c']},
    ),
    spectrograms: spectrograms(
      [
        {name: 'real', values: ramp},
        {name: 'generated', values: ramp.map(v => -v)},
      ],
      clip,
      {title: 'Two clips'},
    ),
    codeMap: codeMap(
      ['picture', 'caption', 'generated'].flatMap((_, kind) =>
        [0, 1, 2].flatMap(label =>
          cloud(stream, 2 * label, label % 2)
            .slice(0, 12)
            .map(point => ({point, label, kind})),
        ),
      ),
      ['picture', 'caption', 'generated'],
      names,
      {title: 'Codes of three classes', xTitle: 'first component'},
    ),
    rocCurves: rocCurves(
      [
        {
          name: 'mismatched picture',
          auroc: 0.9,
          curve: {falsePositiveRate: [0, 0, 0.2, 1], truePositiveRate: [0, 0.6, 0.9, 1]},
        },
        {name: 'generated', auroc: 0.6, curve: {falsePositiveRate: [0, 0.4, 1], truePositiveRate: [0, 0.6, 1]}},
      ],
      {title: 'What D can tell apart'},
    ),
    scoreIntervals: scoreIntervals(
      ['joint', 'one given'],
      [
        {
          name: 'first',
          scores: [
            {value: 0.9, ci95: [0.88, 0.92]},
            {value: 0.7, ci95: [0.6, 0.8]},
          ],
        },
        {name: 'second', scores: [{value: 0.95, ci95: [0.94, 0.96]}, null]},
      ],
      [0.98, undefined],
      {title: 'Coherence'},
    ),
  };
}
