import {expected} from '../core/checks';

/**
 * Fast Fourier transform of one fixed length, a power of two, on real signals.
 *
 *   X[k] = Σ_n x[n] e^(-2πi k n / L),   k = 0 … L/2
 *
 * Radix 2, decimation in time (Cooley & Tukey 1965), with its tables computed once. The forward transform of
 * [1, 2, 3, 4] is 10, -2+2i, -2.
 */
export class RealFft {
  /** L/2 + 1. */
  readonly numBins: number;
  private readonly cosine: Float64Array;
  private readonly sine: Float64Array;
  private readonly reversed: Uint32Array;
  private readonly re: Float64Array;
  private readonly im: Float64Array;

  constructor(readonly length: number) {
    if (!Number.isInteger(length) || length < 2 || (length & (length - 1)) !== 0) {
      throw expected('length', 'a power of two, at least 2', length);
    }
    this.numBins = length / 2 + 1;
    this.cosine = Float64Array.from({length: length / 2}, (_, k) => Math.cos((2 * Math.PI * k) / length));
    this.sine = Float64Array.from({length: length / 2}, (_, k) => -Math.sin((2 * Math.PI * k) / length));
    const bits = Math.log2(length);
    this.reversed = Uint32Array.from({length}, (_, i) => reverseBits(i, bits));
    this.re = new Float64Array(length);
    this.im = new Float64Array(length);
  }

  /** Reads L samples; writes L/2 + 1 bins at `offset` of `re` and `im`. */
  forward(samples: ArrayLike<number>, re: Float64Array, im: Float64Array, offset = 0): void {
    for (let i = 0; i < this.length; i++) {
      this.re[this.reversed[i]!] = samples[i]!;
      this.im[this.reversed[i]!] = 0;
    }
    this.transform();
    for (let k = 0; k < this.numBins; k++) {
      re[offset + k] = this.re[k]!;
      im[offset + k] = this.im[k]!;
    }
  }

  /** Reads L/2 + 1 bins at `offset`; writes L samples. inverse(forward(x)) is x. */
  inverse(re: Float64Array, im: Float64Array, samples: Float64Array, offset = 0): void {
    const half = this.length / 2;
    // The inverse is the forward transform of the conjugate, and a real signal's upper half mirrors its lower one.
    for (let k = 0; k < this.length; k++) {
      const mirrored = k > half;
      const from = offset + (mirrored ? this.length - k : k);
      this.re[this.reversed[k]!] = re[from]!;
      this.im[this.reversed[k]!] = mirrored ? im[from]! : -im[from]!;
    }
    this.transform();
    for (let i = 0; i < this.length; i++) samples[i] = this.re[i]! / this.length;
  }

  private transform(): void {
    const {re, im, cosine, sine, length} = this;
    for (let size = 2; size <= length; size *= 2) {
      const half = size / 2;
      const stride = length / size;
      for (let start = 0; start < length; start += size) {
        for (let j = 0; j < half; j++) {
          const c = cosine[j * stride]!;
          const s = sine[j * stride]!;
          const low = start + j;
          const high = low + half;
          const turnedRe = re[high]! * c - im[high]! * s;
          const turnedIm = re[high]! * s + im[high]! * c;
          re[high] = re[low]! - turnedRe;
          im[high] = im[low]! - turnedIm;
          re[low]! += turnedRe;
          im[low]! += turnedIm;
        }
      }
    }
  }
}

function reverseBits(value: number, bits: number): number {
  let out = 0;
  for (let bit = 0; bit < bits; bit++) out |= ((value >> bit) & 1) << (bits - 1 - bit);
  return out;
}
