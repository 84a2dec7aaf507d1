/** Mel-frequency cepstral coefficients: the shape of a spectrum in few numbers. */
import {assertPositiveInteger, UserError} from '../core/checks';

export interface MfccOptions {
  /** M, the bands of the log-mel spectrogram. */
  readonly numMelBands: number;
  /** Coefficients that are kept, the first ones; at most M. 20 unless told. */
  readonly numCoefficients?: number;
  /** L of the lifter 1 + L/2 · sin(π·(k + 1) / L), which lifts the higher ones; 0, none, unless told. */
  readonly lifter?: number;
}

/**
 * The orthonormal discrete cosine transform (type II) of each frame:
 *
 *   c[f, k] = s_k Σ_m dB[f, m] cos(π·k·(m + ½) / M),  s_0 = √(1/M), s_k = √(2/M)
 *
 * Source: Davis & Mermelstein 1980, section II (DOI 10.1109/TASSP.1980.1163420). The values of librosa.feature.mfcc (0.11.0), lifter too.
 * With all M coefficients nothing is lost; with fewer the inverse is a smoothed spectrum. c[f, 0] is √M · mean dB of the frame.
 */
export class Mfcc {
  readonly numCoefficients: number;
  /** [k][m] flat. */
  private readonly cosines: Float64Array;
  private readonly lift: Float64Array;

  /** @throws UserError for more coefficients than bands, and a lifter below 0. */
  constructor(readonly options: MfccOptions) {
    const {numMelBands, numCoefficients = Math.min(20, numMelBands), lifter = 0} = options;
    assertPositiveInteger('numMelBands', numMelBands);
    assertPositiveInteger('numCoefficients', numCoefficients);
    if (numCoefficients > numMelBands) {
      throw new UserError(`Expected numCoefficients of at most ${numMelBands} mel bands, got ${numCoefficients}.`);
    }
    if (!(lifter >= 0)) throw new UserError(`Expected lifter to be 0 or more, got ${lifter}.`);
    this.numCoefficients = numCoefficients;
    this.cosines = Float64Array.from({length: numCoefficients * numMelBands}, (_, i) => {
      const [k, m] = [Math.floor(i / numMelBands), i % numMelBands];
      return Math.sqrt((k === 0 ? 1 : 2) / numMelBands) * Math.cos((Math.PI * k * (m + 0.5)) / numMelBands);
    });
    this.lift = Float64Array.from({length: numCoefficients}, (_, k) =>
      lifter === 0 ? 1 : 1 + (lifter / 2) * Math.sin((Math.PI * (k + 1)) / lifter),
    );
  }

  /** @param decibels [F][M] flat, as of LogMel. @returns [F][numCoefficients] flat. */
  forward(decibels: ArrayLike<number>): Float64Array {
    const bands = this.options.numMelBands;
    const numFrames = this.framesOf(decibels, bands);
    const out = new Float64Array(numFrames * this.numCoefficients);
    for (let f = 0; f < numFrames; f++) {
      for (let k = 0; k < this.numCoefficients; k++) {
        let sum = 0;
        for (let m = 0; m < bands; m++) sum += decibels[f * bands + m]! * this.cosines[k * bands + m]!;
        out[f * this.numCoefficients + k] = sum * this.lift[k]!;
      }
    }
    return out;
  }

  /** Decibels [F][M] flat whose first coefficients are these, and whose others are 0. */
  inverse(coefficients: ArrayLike<number>): Float64Array {
    const bands = this.options.numMelBands;
    const numFrames = this.framesOf(coefficients, this.numCoefficients);
    const out = new Float64Array(numFrames * bands);
    for (let f = 0; f < numFrames; f++) {
      for (let k = 0; k < this.numCoefficients; k++) {
        const value = coefficients[f * this.numCoefficients + k]! / this.lift[k]!;
        for (let m = 0; m < bands; m++) out[f * bands + m]! += value * this.cosines[k * bands + m]!;
      }
    }
    return out;
  }

  private framesOf(values: ArrayLike<number>, each: number): number {
    if (values.length % each !== 0) {
      throw new UserError(`Expected frames of ${each} values, got ${values.length} values in all.`);
    }
    return values.length / each;
  }
}
