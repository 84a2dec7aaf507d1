import {expected} from '../core/checks';
import {type AudioModality, numFrames} from '../core/types';
import type {Figure, Json, PlotlyObject} from './figure';
import {type AxesOptions, axis, baseLayout, colours} from './theme';
import {magmaStops} from './tiles';

/** One log-mel spectrogram, M×F×C values in [-1, 1], band by band from the lowest. */
export interface NamedSpectrogram {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/**
 * Log-mel spectrograms side by side on one scale: time in seconds, bands by number, level in dB below the loudest cell
 * of the clip. A value of 1 is 0 dB, -1 is the modality's floor. A stereo clip becomes two, left and right.
 */
export function spectrograms(
  named: readonly NamedSpectrogram[],
  spec: AudioModality,
  options: AxesOptions = {},
): Figure {
  if (named.length === 0) throw expected('clips', 'a non-empty list', []);
  const clips = named.flatMap(clip => channelsOf(clip, spec.channels ?? 1));
  const frames = numFrames(spec);
  const seconds = Array.from({length: frames}, (_, f) => (f * spec.hopLengthSamples) / spec.sampleRateHz);
  const bands = Array.from({length: spec.numMelBands}, (_, m) => m);
  const data = clips.map((clip, index): PlotlyObject => {
    if (clip.values.length !== bands.length * frames) {
      throw expected(`spectrogram "${clip.name}"`, `${bands.length}×${frames} numbers`, clip.values.length);
    }
    return {
      type: 'heatmap',
      name: clip.name,
      x: seconds,
      y: bands,
      z: bands.map(m => seconds.map((_, f) => decibels(clip.values[m * frames + f]!, spec.floorDb))),
      zmin: spec.floorDb,
      zmax: 0,
      colorscale: magmaStops.map((rgb, i) => [i / (magmaStops.length - 1), `rgb(${rgb.join(',')})`]),
      showscale: index === clips.length - 1,
      colorbar: {title: {text: 'dB', side: 'top'}, thickness: 10, outlinewidth: 0, tickfont: {size: 10}},
      xaxis: axisId('x', index),
      yaxis: axisId('y', index),
    };
  });
  const widthPx = options.widthPx ?? Math.min(900, 120 + 210 * clips.length);
  const layout: PlotlyObject = {...baseLayout({heightPx: 270, ...options, widthPx}, {}), ...panels(clips)};
  return {data, layout};
}

/** One spectrogram a channel. */
function channelsOf({name, values}: NamedSpectrogram, count: number): NamedSpectrogram[] {
  if (count === 1) return [{name, values}];
  const sides = count === 2 ? ['left', 'right'] : Array.from({length: count}, (_, channel) => String(channel + 1));
  return sides.map((side, channel) => ({
    name: `${name}, ${side}`,
    values: Array.from(values).filter((_, i) => i % count === channel),
  }));
}

/** Level in dB of a stored value: decibels(1, -80) is 0, decibels(-1, -80) is -80, decibels(0, -80) is -40. */
export function decibels(value: number, floorDb: number): number {
  return ((1 - value) / 2) * floorDb + 0; // never -0
}

function panels(clips: readonly NamedSpectrogram[]): PlotlyObject {
  const gap = 0.05;
  const width = (1 - gap * (clips.length - 1)) / clips.length;
  const out: Record<string, Json> = {};
  out['annotations'] = clips.map((clip, index) => {
    const x = index * (width + gap) + width / 2;
    return {
      xref: 'paper',
      yref: 'paper',
      x,
      y: 1,
      xanchor: 'center',
      yanchor: 'bottom',
      text: clip.name,
      showarrow: false,
      font: {size: 12, color: colours.ink},
    };
  });
  clips.forEach((_, index) => {
    const left = index * (width + gap);
    const suffix = index === 0 ? '' : String(index + 1);
    out[`xaxis${suffix}`] = {...axis('seconds'), domain: [left, left + width], anchor: axisId('y', index), nticks: 4};
    out[`yaxis${suffix}`] = {
      ...axis(index === 0 ? 'mel band' : undefined),
      anchor: axisId('x', index),
      showticklabels: index === 0,
    };
  });
  return out;
}

/** Plotly numbers its axes x, x2, x3 … */
function axisId(letter: 'x' | 'y', index: number): string {
  return index === 0 ? letter : `${letter}${index + 1}`;
}
