import {assertPositiveInteger, expected} from '../core/checks';
import {RealFft} from './fft';

/** A complex spectrogram: frame after frame, `numBins` bins each. */
export interface Spectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export interface StftOptions {
  readonly numSamples: number;
  readonly windowLengthSamples: number;
  readonly hopLengthSamples: number;
  /**
   * 'hop' unless told: frame f is centred on the middle of its hop, ceil(numSamples / hop) frames. 'centre' is that of librosa and
   * torch: frame f is centred on sample f·hop, 1 + floor(numSamples / hop) frames.
   */
  readonly framing?: 'hop' | 'centre';
  /** What stands outside of the clip: 'silence' unless told (librosa's default), or the clip mirrored at its ends, 'reflect' (torch's). */
  readonly padding?: 'silence' | 'reflect';
}

/**
 * Short-time Fourier transform of clips of one length, and its inverse.
 *
 *   X[f, k] = Σ_n w[n] x[start(f) + n] e^(-2πi k n / L),  k = 0 … L/2, at k · rate / L Hz
 *
 * with the periodic Hann window w[n] = ½ - ½ cos(2πn / window) and start(f) = f·hop + hop/2 - window/2, so that a clip has exactly
 * ceil(numSamples / hop) frames and none is centred outside of it; or, with `framing: 'centre'`, f·hop - window/2. L is the window's
 * length, filled up with zeros to a power of two.
 *
 * Source: Allen & Rabiner 1977 (DOI 10.1109/PROC.1977.10770). With windows of a power of two and `framing: 'centre'` the values are those
 * of librosa.stft (0.11.0) and, with `padding: 'reflect'`, of torch.stft. In units of the samples: a sine of amplitude 1 in the middle of
 * a bin has magnitude window / 4.
 */
export class Stft {
  readonly numFrames: number;
  readonly numBins: number;
  readonly fftLength: number;
  readonly window: Float64Array;
  private readonly firstStart: number;
  private readonly fft: RealFft;
  private readonly frame: Float64Array;
  /** Σ_f w² at each sample: what overlapping windows add up to. */
  private readonly overlap: Float64Array;

  constructor(readonly options: StftOptions) {
    const {numSamples, windowLengthSamples: length, hopLengthSamples: hop} = options;
    assertPositiveInteger('clipSamples', numSamples);
    assertPositiveInteger('windowLengthSamples', length);
    assertPositiveInteger('hopLengthSamples', hop);
    if (hop * 2 > length) throw expected('hopLengthSamples', `at most half of the window of ${length}`, hop);
    const isCentred = options.framing === 'centre';
    if (options.padding === 'reflect' && numSamples <= length / 2) {
      throw expected('clipSamples', `more than half of the window of ${length}, to be mirrored`, numSamples);
    }
    this.numFrames = isCentred ? 1 + Math.floor(numSamples / hop) : Math.ceil(numSamples / hop);
    this.firstStart = isCentred ? -Math.floor(length / 2) : Math.floor((hop - length) / 2);
    this.fftLength = 2 ** Math.ceil(Math.log2(Math.max(2, length)));
    this.fft = new RealFft(this.fftLength);
    this.numBins = this.fft.numBins;
    this.window = Float64Array.from({length}, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
    this.frame = new Float64Array(this.fftLength);
    this.overlap = new Float64Array(numSamples);
    this.eachFrame((_, i, n) => {
      this.overlap[i]! += this.window[n]! ** 2;
    });
  }

  newSpectrum(): Spectrum {
    const size = this.numFrames * this.numBins;
    return {re: new Float64Array(size), im: new Float64Array(size)};
  }

  forward(samples: ArrayLike<number>, out: Spectrum = this.newSpectrum()): Spectrum {
    const isMirrored = this.options.padding === 'reflect';
    const last = this.options.numSamples - 1;
    for (let f = 0; f < this.numFrames; f++) {
      const start = this.frameStart(f);
      this.frame.fill(0);
      for (let n = 0; n < this.window.length; n++) {
        const at = start + n;
        const place = isMirrored ? (at < 0 ? -at : at > last ? 2 * last - at : at) : at;
        this.frame[n] = this.window[n]! * (samples[place] ?? 0);
      }
      this.fft.forward(this.frame, out.re, out.im, f * this.numBins);
    }
    return out;
  }

  /**
   * The clip whose spectrogram is nearest to `spectrum` in least squares: x = Σ_f w·x_f / Σ_f w².
   * Of a mirrored clip only what lies inside it is looked at. inverse(forward(x)) is x.
   * Source: Griffin & Lim 1984, "Signal estimation from modified short-time Fourier transform", eq. 6.
   */
  inverse({re, im}: Spectrum, out = new Float64Array(this.options.numSamples)): Float64Array {
    out.fill(0);
    for (let f = 0; f < this.numFrames; f++) {
      this.fft.inverse(re, im, this.frame, f * this.numBins);
      const start = this.frameStart(f);
      const first = Math.max(0, -start);
      const last = Math.min(this.window.length, out.length - start);
      for (let n = first; n < last; n++) out[start + n]! += this.window[n]! * this.frame[n]!;
    }
    for (let i = 0; i < out.length; i++) out[i] = this.overlap[i]! > 1e-8 ? out[i]! / this.overlap[i]! : 0;
    return out;
  }

  /** Where the window of frame f is highest, in samples: hop/2 for the first, rounded down to where a window can start; 0 with `framing: 'centre'`. */
  frameCentre(f: number): number {
    return this.frameStart(f) + this.window.length / 2;
  }

  private frameStart(f: number): number {
    return f * this.options.hopLengthSamples + this.firstStart;
  }

  private eachFrame(visit: (f: number, sample: number, n: number) => void): void {
    for (let f = 0; f < this.numFrames; f++) {
      const start = this.frameStart(f);
      for (let n = 0; n < this.window.length; n++) {
        if (start + n >= 0 && start + n < this.options.numSamples) visit(f, start + n, n);
      }
    }
  }
}
