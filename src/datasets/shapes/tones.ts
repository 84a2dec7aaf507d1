/** The tone of a combination: its pitch tells the colour, its timbre the shape, its loudness the size, and its side the place. */
import type {RandomStream} from '../../core/random';
import type {Sound} from '../../core/types';
import {type Combination, colourNames, type PlaceName, type ShapeName, type SizeName} from './combinations';

export const toneRateHz = 8000;
export const toneSamples = 4096;

/** What differs between two tones of one combination. */
export interface Voicing {
  readonly pitchHz: number;
  /** Level of both ears together, in dB of a full-scale sine. */
  readonly levelDb: number;
  /** How much louder the left ear hears it than the right one, in dB. */
  readonly leftDb: number;
  readonly startSeconds: number;
  readonly attackSeconds: number;
  readonly holdSeconds: number;
  /** Fall of the level from beginning to end. */
  readonly decayDb: number;
}

/**
 * Pitch 200 Hz for red and 200 Hz more for each colour after it, ± 2 %; level -5 dB for large and -19 dB for small, ± 1 dB; the left
 * ear 18, 6, -6 or -18 dB louder, ± 1.5 dB, for places from the left to the right along their U. Beginning, attack, length and decay
 * are drawn without regard to the attributes. All uniform.
 */
export function drawVoicing({colour, size, place}: Combination, stream: RandomStream): Voicing {
  const between = (low: number, high: number): number => low + (high - low) * stream.uniform();
  return {
    pitchHz: 200 * (colourNames.indexOf(colour) + 1) * between(0.98, 1.02),
    levelDb: levels[size] + between(-1, 1),
    leftDb: sides[place] + between(-1.5, 1.5),
    startSeconds: between(0, 0.04),
    attackSeconds: between(0.005, 0.05),
    holdSeconds: between(0.3, 0.44),
    decayDb: between(0, 12),
  };
}

/**
 * A stereo clip of 0.512 s at 8 kHz. The wave has the name of the shape where there is one: a sine for the circle, a square wave, a
 * triangle wave, and a sawtooth for the star, of all harmonics below 4 kHz. Both ears together have the power of the level.
 */
export function renderTone(shape: ShapeName, voicing: Voicing): Sound {
  const {pitchHz, levelDb, leftDb, startSeconds, attackSeconds, holdSeconds, decayDb} = voicing;
  const period = onePeriod(shape, Math.floor((toneRateHz / 2 - 1) / pitchHz));
  const samples = new Float32Array(toneSamples * 2);
  // left² + right² = 2, so that a tone from the middle has amplitude 1 in both ears.
  const ratio = 10 ** (leftDb / 20);
  const right = Math.sqrt(2 / (1 + ratio * ratio));
  const left = ratio * right;
  const first = Math.floor(startSeconds * toneRateHz);
  const last = Math.min(toneSamples, Math.floor((startSeconds + holdSeconds) * toneRateHz));
  // Fades by multiplication; one power a sample would take most of the time.
  const fade = 10 ** (-decayDb / 20 / (last - first));
  let level = 10 ** (levelDb / 20) / Math.SQRT2;
  for (let n = first, phase = 0; n < last; n++) {
    const rise = Math.min(1, (n - first) / (attackSeconds * toneRateHz), (last - n) / (releaseSeconds * toneRateHz));
    const value = period[Math.floor(phase)]! * level * rise;
    samples[2 * n] = value * left;
    samples[2 * n + 1] = value * right;
    level *= fade;
    phase = (phase + (pitchHz / toneRateHz) * periodLength) % periodLength;
  }
  return {sampleRateHz: toneRateHz, samples, channels: 2};
}

const releaseSeconds = 0.03;
const levels: Readonly<Record<SizeName, number>> = {small: -19, large: -5};
const sides: Readonly<Record<PlaceName, number>> = {
  'top left': 18,
  'bottom left': 6,
  'bottom right': -6,
  'top right': -18,
};

/** Steps of a stored period: fine enough to be read without interpolation, at -60 dB. */
const periodLength = 4096;
const periods = new Map<string, Float32Array>();

/** One period with so many harmonics, of the power of a sine of amplitude 1. */
function onePeriod(shape: ShapeName, harmonics: number): Float32Array {
  const key = `${shape} ${harmonics}`;
  const known = periods.get(key);
  if (known) return known;
  const amplitudes = Array.from({length: harmonics}, (_, i) => amplitude(shape, i + 1));
  const power = Math.sqrt(amplitudes.reduce((sum, a) => sum + a * a, 0));
  const period = Float32Array.from({length: periodLength}, (_, n) =>
    amplitudes.reduce((sum, a, i) => sum + (a / power) * Math.sin((2 * Math.PI * (i + 1) * n) / periodLength), 0),
  );
  periods.set(key, period);
  return period;
}

/** Fourier coefficients of the four waves. */
function amplitude(shape: ShapeName, harmonic: number): number {
  const isOdd = harmonic % 2 === 1;
  switch (shape) {
    case 'circle':
      return harmonic === 1 ? 1 : 0;
    case 'square':
      return isOdd ? 1 / harmonic : 0;
    case 'triangle':
      return isOdd ? (harmonic % 4 === 1 ? 1 : -1) / harmonic ** 2 : 0;
    case 'star':
      return 1 / harmonic;
  }
}
