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
}

/**
 * Short-time Fourier transform of clips of one length, and its inverse.
 *
 *   X[f, k] = Σ_n w[n] x[f·hop + hop/2 - window/2 + n] e^(-2πi k n / L)
 *
 * with the periodic Hann window w[n] = ½ - ½ cos(2πn / window). Frame f is centred on the middle of its hop, so a clip has
 * exactly ceil(numSamples / hop) frames; outside the clip there is silence. L is the window's length, filled up with
 * zeros to a power of two. Values equal librosa's `stft(center=False)` of the clip with (window - hop)/2 zeros in front.
 */
export class Stft {
  readonly numFrames: number;
  readonly numBins: number;
  readonly fftLength: number;
  readonly window: Float64Array;
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
    this.numFrames = Math.ceil(numSamples / hop);
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
    for (let f = 0; f < this.numFrames; f++) {
      const start = this.frameStart(f);
      this.frame.fill(0);
      for (let n = 0; n < this.window.length; n++) this.frame[n] = this.window[n]! * (samples[start + n] ?? 0);
      this.fft.forward(this.frame, out.re, out.im, f * this.numBins);
    }
    return out;
  }

  /**
   * The clip whose spectrogram is nearest to `spectrum` in least squares: x = Σ_f w·x_f / Σ_f w².
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

  /** Where the window of frame f is highest, in samples: hop/2 for the first, rounded down to where a window can start. */
  frameCentre(f: number): number {
    return this.frameStart(f) + this.window.length / 2;
  }

  private frameStart(f: number): number {
    const {windowLengthSamples, hopLengthSamples} = this.options;
    return f * hopLengthSamples + Math.floor((hopLengthSamples - windowLengthSamples) / 2);
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
