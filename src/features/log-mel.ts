/** Log-mel spectrograms in decibels, as librosa has them, and sounds back from them. */
import {assertInRange} from '../core/checks';
import type {RandomStream} from '../core/random';
import {griffinLim} from './griffin-lim';
import {fromMel, type MelFilter, type MelOptions, melFilters, toMel} from './mel';
import {Stft, type StftOptions} from './stft';

export interface LogMelOptions extends StftOptions, Omit<MelOptions, 'fftLength'> {
  /** Power of 0 dB; 1 unless told, or 'loudest' for the loudest cell of the clip. */
  readonly reference?: number | 'loudest';
  /** Decibels below the loudest cell at which a cell is cut; 80 unless told, null for no cut. */
  readonly rangeDb?: number | null;
}

/**
 * A sound as decibels of power in M mel bands and F frames, and back.
 *
 *   dB = 10 log₁₀ max(10⁻¹⁰, B·|STFT|²) - 10 log₁₀ reference,  not below the loudest cell less `rangeDb`
 *
 * With `framing: 'centre'` and windows of a power of two the values are those of librosa.power_to_db of
 * librosa.feature.melspectrogram (0.11.0), whose `ref` is `reference` and whose `top_db` is `rangeDb`. AudioCodec is the other view, in
 * [-1, 1], which the networks learn.
 */
export class LogMel {
  readonly stft: Stft;
  private readonly filters: readonly MelFilter[];

  constructor(readonly options: LogMelOptions) {
    const {rangeDb = 80} = options;
    if (rangeDb !== null) assertInRange('rangeDb', rangeDb, Number.MIN_VALUE, Number.MAX_VALUE);
    this.stft = new Stft(options);
    this.filters = melFilters({...options, fftLength: this.stft.fftLength});
  }

  /** Mel power of samples, frame after frame: [F][M] flat, in squares of the samples' units. */
  power(samples: ArrayLike<number>): Float64Array {
    const {re, im} = this.stft.forward(samples);
    return toMel(
      re.map((value, i) => value * value + im[i]! * im[i]!),
      this.stft.numBins,
      this.filters,
    );
  }

  /** Decibels, [F][M] flat. */
  forward(samples: ArrayLike<number>): Float64Array {
    const {reference = 1, rangeDb = 80} = this.options;
    const power = this.power(samples);
    const loudest = power.reduce((most, value) => Math.max(most, value), 0);
    return powerToDb(power, reference === 'loudest' ? loudest : reference, rangeDb);
  }

  /**
   * A sound of these decibels: bins from bands by non-negative least squares, phases by Griffin–Lim. Neither is exact: mel bands forget
   * which bin of a band was loud, and decibels the phases; encoding again comes close (about 1 dB on speech).
   *
   * @param decibels [F][M] flat, of `forward` with a reference that is a number (or relative to the loudest: then the sound is, too).
   * @param stream draws the first phases.
   */
  inverse(decibels: Float64Array, stream: RandomStream): Float64Array {
    const {reference = 1} = this.options;
    const power = dbToPower(decibels, reference === 'loudest' ? 1 : reference);
    return griffinLim(fromMel(power, this.stft.numBins, this.filters).map(Math.sqrt), this.stft, stream);
  }
}

/** Power below which there is nothing to hear. */
const leastPower = 1e-10;

/** 10 log₁₀(power / reference), not below the largest less `rangeDb`; -20 for .01 and a reference of 1. */
export function powerToDb(power: ArrayLike<number>, reference = 1, rangeDb: number | null = 80): Float64Array {
  const zero = 10 * Math.log10(Math.max(leastPower, reference));
  const decibels = Float64Array.from(power, value => 10 * Math.log10(Math.max(leastPower, value)) - zero);
  if (rangeDb === null) return decibels;
  const floor = decibels.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY) - rangeDb;
  return decibels.map(value => Math.max(value, floor));
}

/** The inverse of powerToDb, but for what was cut: .01 for -20 and a reference of 1. */
export function dbToPower(decibels: ArrayLike<number>, reference = 1): Float64Array {
  return Float64Array.from(decibels, value => reference * 10 ** (value / 10));
}
