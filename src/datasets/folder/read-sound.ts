/** WAV files of any rate and length become clips of one rate and length. */
import {badInput} from '../../core/checks';
import type {AudioModality, Sound} from '../../core/types';
import {resample} from '../resample';
import {parseWav, type WavOptions} from '../wav';

const rates = {least: 1000, most: 384_000};

/**
 * A WAV file as a clip of the modality: stereo mixed to the mean of its channels (or kept, where the modality is stereo; mono then
 * sounds in both ears), resampled without aliasing, cut at its end or followed by silence.
 *
 * @param room as of parseWav; the clip may then be in it.
 * @throws UserError when the file is no WAV file, is damaged, holds NaN, or has a rate below 1 or above 384 kHz.
 */
export function readSound(bytes: Uint8Array, spec: AudioModality, name: string, room?: WavOptions['room']): Sound {
  const {sampleRateHz, clipSamples, channels = 1} = spec;
  const sound = parseWav(bytes, name, {channels: channels === 1 ? 'mixed' : 'kept', room});
  assertRate(sound.sampleRateHz, name);
  const has = sound.channels ?? 1;
  if (channels === 1) return {sampleRateHz, samples: toClip(sound.samples, sound.sampleRateHz, spec)};
  if (has !== 1 && has !== channels) throw badInput(name, `a WAV file of 1 or ${channels} channels`, has);
  const samples = new Float32Array(clipSamples * channels);
  for (let channel = 0; channel < channels; channel++) {
    const own = has === 1 ? sound.samples : sound.samples.filter((_, i) => i % has === channel);
    toClip(own, sound.sampleRateHz, spec).forEach((sample, n) => {
      samples[n * channels + channel] = sample;
    });
  }
  return {sampleRateHz, samples, channels};
}

export interface SoundFacts {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly seconds: number;
}

/** What the file itself holds. */
export function soundFacts(bytes: Uint8Array, name: string): SoundFacts {
  const {sampleRateHz, channels = 1, samples} = parseWav(bytes, name, {channels: 'kept'});
  assertRate(sampleRateHz, name);
  return {sampleRateHz, channels, seconds: samples.length / channels / sampleRateHz};
}

function toClip(samples: Float32Array, fromHz: number, {sampleRateHz, clipSamples}: AudioModality): Float32Array {
  // What is cut off afterwards need not be resampled; a little more is kept, so that the filter sees what follows.
  const needed = Math.ceil((clipSamples / sampleRateHz + 0.1) * fromHz);
  const resampled = resample(samples.length > needed ? samples.subarray(0, needed) : samples, fromHz, sampleRateHz);
  if (resampled.length === clipSamples) return resampled;
  const clip = new Float32Array(clipSamples);
  clip.set(resampled.subarray(0, clipSamples));
  return clip;
}

function assertRate(hz: number, name: string): void {
  if (hz < rates.least || hz > rates.most)
    throw badInput(name, `a WAV file with a rate from ${rates.least} to ${rates.most} Hz`, `${hz} Hz`);
}
