import {UserError} from '../core/checks';

export interface MelOptions {
  readonly sampleRateHz: number;
  readonly fftLength: number;
  readonly numMelBands: number;
  readonly minFrequencyHz: number;
  readonly maxFrequencyHz: number;
  /** Formula of the mel scale; 'slaney' unless told. */
  readonly scale?: MelScale;
  /** Whether all triangles have one area ('area', unless told) or one height ('peak'). */
  readonly norm?: 'area' | 'peak';
}

/** 'slaney': linear below 1,000 Hz, logarithmic above. 'htk': logarithmic everywhere. */
export type MelScale = 'slaney' | 'htk';

/** One triangle: its weights for the bins from `firstBin` on; all others are 0. */
export interface MelFilter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

/**
 * Triangular filters, equally spaced on the mel scale, each of the same area:
 *
 *   weight[m, k] = max(0, min((f_k - l) / (c - l), (r - f_k) / (r - c))) · 2 / (r - l)
 *
 * where l, c, r are three neighbours of M + 2 points from the lowest to the highest frequency and f_k = k · rate / L, in Hz; without the
 * last factor, of height 1, with `norm: 'peak'`. The same numbers as librosa.filters.mel (0.11.0; htk=False, norm='slaney' are its and
 * our defaults; scale 'htk' is htk=True, norm 'peak' is norm=None).
 * Source: Slaney 1998, "Auditory Toolbox", function MakeERBFilters/mfcc; Young et al., "The HTK Book", section 5.6.
 */
export function melFilters(options: MelOptions): MelFilter[] {
  const {sampleRateHz, fftLength, numMelBands, minFrequencyHz, maxFrequencyHz, scale, norm = 'area'} = options;
  if (!(minFrequencyHz >= 0 && minFrequencyHz < maxFrequencyHz && maxFrequencyHz <= sampleRateHz / 2)) {
    throw new UserError(
      `Expected 0 <= minFrequencyHz < maxFrequencyHz <= ${sampleRateHz / 2}, got ${minFrequencyHz} and ${maxFrequencyHz}.`,
    );
  }
  const lowest = hzToMel(minFrequencyHz, scale);
  const step = (hzToMel(maxFrequencyHz, scale) - lowest) / (numMelBands + 1);
  const corner = (i: number) => melToHz(lowest + step * i, scale);
  return Array.from({length: numMelBands}, (_, m) => {
    const [left, centre, right] = [corner(m), corner(m + 1), corner(m + 2)];
    const weights = Array.from({length: fftLength / 2 + 1}, (_, k) => {
      const frequency = (k * sampleRateHz) / fftLength;
      const triangle = Math.min((frequency - left) / (centre - left), (right - frequency) / (right - centre));
      return norm === 'peak' ? Math.max(0, triangle) : (Math.max(0, triangle) * 2) / (right - left);
    });
    const firstBin = weights.findIndex(weight => weight > 0);
    if (firstBin < 0) {
      throw new UserError(
        `Expected every mel band to hold a frequency of the transform, got band ${m} (${left.toFixed(0)}–${right.toFixed(0)} Hz) between two; use fewer than ${numMelBands} bands or a longer window.`,
      );
    }
    const lastBin = firstBin + weights.slice(firstBin).filter(weight => weight > 0).length - 1; // a triangle has no holes
    return {firstBin, weights: Float64Array.from(weights.slice(firstBin, lastBin + 1))};
  });
}

/**
 * 'slaney': linear below 1,000 Hz (15 mel), logarithmic above: 6,400 Hz is 42 mel. Source: Slaney 1998, as in librosa.hz_to_mel.
 * 'htk': 2595 log₁₀(1 + f / 700); 1,000 Hz is 1,000 mel, nearly. Source: O'Shaughnessy 1987, as in The HTK Book, equation 5.13.
 */
export function hzToMel(hz: number, scale: MelScale = 'slaney'): number {
  if (scale === 'htk') return 2595 * Math.log10(1 + hz / 700);
  return hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
}

/** The inverse of hzToMel. */
export function melToHz(mel: number, scale: MelScale = 'slaney'): number {
  if (scale === 'htk') return 700 * (10 ** (mel / 2595) - 1);
  return mel < 15 ? (200 * mel) / 3 : 1000 * 6.4 ** ((mel - 15) / 27);
}

/** Mel power of each frame, [F][M] flat, from the power of each bin, [F][numBins] flat. */
export function toMel(power: Float64Array, numBins: number, filters: readonly MelFilter[]): Float64Array {
  const numFrames = power.length / numBins;
  const mel = new Float64Array(numFrames * filters.length);
  for (let f = 0; f < numFrames; f++) {
    for (const [m, {firstBin, weights}] of filters.entries()) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * power[f * numBins + firstBin + i]!;
      mel[f * filters.length + m] = sum;
    }
  }
  return mel;
}

/**
 * Bin power p >= 0 whose mel power is nearest to `mel`: least squares ‖B p - mel‖² for each frame, by multiplicative
 * updates p ← p · Bᵀmel / BᵀB p, which never leave the positive numbers.
 * Source: Lee & Seung 2001, "Algorithms for non-negative matrix factorization", eq. 4 with B fixed.
 */
export function fromMel(
  mel: Float64Array,
  numBins: number,
  filters: readonly MelFilter[],
  iterations = 60,
): Float64Array {
  const numBands = filters.length;
  const numFrames = mel.length / numBands;
  const power = new Float64Array(numFrames * numBins);
  const wanted = new Float64Array(numBins);
  const got = new Float64Array(numBins);
  for (let f = 0; f < numFrames; f++) {
    const frame = power.subarray(f * numBins, (f + 1) * numBins);
    spread(mel.subarray(f * numBands, (f + 1) * numBands), filters, wanted);
    frame.set(wanted);
    for (let i = 0; i < iterations; i++) {
      spread(toMel(frame, numBins, filters), filters, got);
      for (let k = 0; k < numBins; k++) frame[k] = got[k]! > 0 ? (frame[k]! * wanted[k]!) / got[k]! : 0;
    }
  }
  return power;
}

/** out = Bᵀ bands. */
function spread(bands: Float64Array, filters: readonly MelFilter[], out: Float64Array): void {
  out.fill(0);
  for (const [m, {firstBin, weights}] of filters.entries()) {
    for (let i = 0; i < weights.length; i++) out[firstBin + i]! += weights[i]! * bands[m]!;
  }
}
