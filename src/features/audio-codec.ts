import {assertPositiveInteger, expected, UserError} from '../core/checks';
import {RandomStream} from '../core/random';
import type {AudioModality, Part, Sound} from '../core/types';
import type {Codec} from './codec-type';
import {griffinLim} from './griffin-lim';
import {fromMel, type MelFilter, melFilters, toMel} from './mel';
import {Stft} from './stft';

/**
 * Sound ↔ log-mel spectrogram, [M, F, C] in [-1, 1], low bands first.
 *
 *   power = |STFT|²,   mel = B · power,   dB = 10 log10(mel / loudest mel of the clip),   value = 1 - 2 · max(dB, floor) / floor
 *
 * So 1 is the loudest cell of the clip, and how loud a clip was recorded does not matter; -1 is `floorDb` below it, or silence.
 * With `referenceDb` the decibels are 10 log10(mel) - referenceDb, cut at 0, and loudness stays; of a clip in stereo the loudest cell
 * is that of both channels together, so that the difference between them stays.
 * A clip longer than `clipSamples` is cut at its end, a shorter one followed by silence.
 *
 * Back to sound: the decibels undone (the floor counts as nothing at all), bins from mel bands by non-negative least squares,
 * phases by fast Griffin–Lim between frames twice as dense, channel by channel. Without `referenceDb` the loudest sample is then 0.9
 * where the loudest cell is 1, and softer by as many decibels as that cell is below. The first phases come from a fixed seed: the same values, the same sound.
 * Measured on the 300 held-out clips of `digits`: encoding a decoded clip again gives its values within 1.0 dB on average, spectral
 * convergence is .16, and a nearest neighbour among the train clips names .990 of them, as it does before; about 35 ms a clip.
 */
export class AudioCodec implements Codec {
  private readonly stft: Stft;
  private readonly filters: readonly MelFilter[];
  private readonly denseStft: Stft;

  constructor(readonly spec: AudioModality) {
    assertPositiveInteger('sampleRateHz', spec.sampleRateHz);
    assertPositiveInteger('numMelBands', spec.numMelBands);
    if (!(spec.floorDb < 0)) throw expected('floorDb', 'negative', spec.floorDb);
    const {clipSamples: numSamples, windowLengthSamples, hopLengthSamples, ...rest} = spec;
    this.stft = new Stft({numSamples, windowLengthSamples, hopLengthSamples});
    this.denseStft = new Stft({numSamples, windowLengthSamples, hopLengthSamples: Math.ceil(hopLengthSamples / 2)});
    this.filters = melFilters({...rest, fftLength: this.stft.fftLength});
  }

  encode(part: Part): Float32Array {
    const {samples} = assertSound(part, this.spec);
    const {numMelBands, floorDb, referenceDb, channels = 1} = this.spec;
    const mels = Array.from({length: channels}, (_, channel) => this.melPower(channelOf(samples, channel, channels)));
    const loudest = Math.max(...mels.map(mel => mel.reduce((most, power) => Math.max(most, power), 0)));
    const numFrames = this.stft.numFrames;
    const values = new Float32Array(numMelBands * numFrames * channels).fill(-1);
    if (loudest < silencePower) return values;
    const reference = referenceDb === undefined ? loudest : 10 ** (referenceDb / 10);
    mels.forEach((mel, channel) => {
      for (let f = 0; f < numFrames; f++) {
        for (let m = 0; m < numMelBands; m++) {
          const db = Math.min(0, 10 * Math.log10(mel[f * numMelBands + m]! / reference));
          values[(m * numFrames + f) * channels + channel] = 1 - (2 * Math.max(db, floorDb)) / floorDb;
        }
      }
    });
    return values;
  }

  decode(values: Float32Array): Sound {
    const {sampleRateHz, clipSamples, numMelBands, channels = 1, referenceDb} = this.spec;
    if (values.length !== numMelBands * this.stft.numFrames * channels) {
      const shape = [numMelBands, this.stft.numFrames, ...(channels > 1 ? [channels] : [])].join(' × ');
      throw new UserError(`Expected a spectrogram of ${shape} values, got ${values.length}.`);
    }
    const samples = new Float64Array(clipSamples * channels);
    for (let channel = 0; channel < channels; channel++) {
      const magnitude = this.magnitudes(channelOf(values, channel, channels));
      const sound = griffinLim(magnitude, this.denseStft, new RandomStream(0, 'features/griffin-lim'));
      for (let n = 0; n < clipSamples; n++) samples[n * channels + channel] = sound[n]!;
    }
    const stereo = channels > 1 ? {channels} : {};
    if (referenceDb !== undefined) {
      const scale = 10 ** (referenceDb / 20);
      return {
        sampleRateHz,
        samples: Float32Array.from(samples, sample => Math.max(-1, Math.min(1, sample * scale))),
        ...stereo,
      };
    }
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    const loudest = values.reduce((most, value) => Math.max(most, value), -1);
    const wanted = 0.9 * 10 ** (this.decibels(Math.min(1, loudest)) / 20);
    const scale = peak > 0 ? wanted / peak : 0;
    return {sampleRateHz, samples: Float32Array.from(samples, sample => sample * scale), ...stereo};
  }

  /** S for Griffin–Lim at the frames of the dense transform, one each half hop (rounded up): [frames][numBins] flat, relative to the loudest cell. */
  private magnitudes(values: Float32Array): Float64Array {
    const {numMelBands} = this.spec;
    const numFrames = this.stft.numFrames;
    const dense = this.denseStft.numFrames;
    const mel = new Float64Array(dense * numMelBands);
    for (let f = 0; f < dense; f++) {
      // In given frames. With an even hop the denser ones stand a quarter of a hop to the sides of the given ones.
      const position = (this.denseStft.frameCentre(f) - this.stft.frameCentre(0)) / this.spec.hopLengthSamples;
      const at = Math.max(0, Math.min(numFrames - 1, position));
      const low = Math.floor(at);
      const high = Math.min(low + 1, numFrames - 1);
      for (let m = 0; m < numMelBands; m++) {
        const value = values[m * numFrames + low]! * (1 - at + low) + values[m * numFrames + high]! * (at - low);
        mel[f * numMelBands + m] = value > -1 ? 10 ** (this.decibels(value) / 10) : 0;
      }
    }
    return fromMel(mel, this.denseStft.numBins, this.filters).map(Math.sqrt);
  }

  private decibels(value: number): number {
    return (this.spec.floorDb * (1 - value)) / 2;
  }

  private melPower(samples: Float32Array): Float64Array {
    const {re, im} = this.stft.forward(samples);
    const power = re.map((value, i) => value * value + im[i]! * im[i]!);
    return toMel(power, this.stft.numBins, this.filters);
  }
}

/** Every `count`-th value, from the first of this channel on; the values themselves when there is one channel. */
function channelOf(values: Float32Array, channel: number, count: number): Float32Array {
  if (count === 1) return values;
  return Float32Array.from(
    {length: Math.ceil((values.length - channel) / count)},
    (_, i) => values[i * count + channel]!,
  );
}

/** Mel power below which a clip is silent: one 16-bit step of noise is far above it. */
const silencePower = 1e-12;

function assertSound(part: Part, spec: AudioModality): Sound {
  if (typeof part === 'string' || !('samples' in part))
    throw expected('the part', 'a sound', typeof part === 'string' ? 'text' : 'a picture');
  if (part.sampleRateHz !== spec.sampleRateHz)
    throw expected('the sound', `at ${spec.sampleRateHz} Hz`, `${part.sampleRateHz} Hz`);
  if ((part.channels ?? 1) !== (spec.channels ?? 1))
    throw expected('the sound', `of ${spec.channels ?? 1} channel(s)`, part.channels ?? 1);
  if (part.samples.length === 0) throw expected('the sound', 'at least one sample long', 'none');
  const wrong = part.samples.findIndex(sample => !Number.isFinite(sample));
  if (wrong >= 0) throw expected('the sound', 'finite numbers', `${part.samples[wrong]} at sample ${wrong}`);
  return part;
}
