import assert from 'node:assert/strict';
import {test} from 'node:test';

import type {AudioModality, Sound} from '../../src/core/types';
import {digitSpeech, loadDigits} from '../../src/datasets/digits';
import {AudioCodec} from '../../src/features/audio-codec';

const codec = new AudioCodec(digitSpeech);
const tone = (hz: number, numSamples = 4096, level = 0.5): Sound => ({
  sampleRateHz: 8000,
  samples: Float32Array.from({length: numSamples}, (_, n) => level * Math.sin((2 * Math.PI * hz * n) / 8000)),
});
/** [M, F] value at band m, frame f. */
const at = (values: Float32Array, m: number, f: number) => values[m * 32 + f]!;

test('a tone lights the band of its frequency, whatever its level, and 1 is the loudest cell', () => {
  // Bands are equally spaced by 1.06 mel from 60 Hz (.9 mel): 440 Hz is 6.6 mel, so between the centres of bands 4 and 5.
  const values = codec.encode(tone(440));
  assert.equal(values.length, 32 * 32);
  const middle = Array.from({length: 32}, (_, m) => at(values, m, 16));
  const loudest = middle.indexOf(Math.max(...middle));
  assert.ok(loudest === 4 || loudest === 5, `${loudest}`);
  assert.ok(Math.max(...values) === 1 && Math.min(...values) === -1);
  const softer = codec.encode(tone(440, 4096, 0.005));
  assert.ok(values.every((value, i) => Math.abs(value - softer[i]!) < 1e-4));
});

test('a tenth of the amplitude is 20 dB: 2/3 of one unit at a floor of -60 dB', () => {
  const {samples} = tone(1000);
  const values = codec.encode({
    sampleRateHz: 8000,
    samples: samples.map((sample, n) => (n < 2048 ? sample : sample / 10)),
  });
  const band = Array.from({length: 32}, (_, m) => at(values, m, 8)).indexOf(
    Math.max(...values.filter((_, i) => i % 32 === 8)),
  );
  assert.ok(Math.abs(at(values, band, 8) - at(values, band, 24) - 2 / 3) < 1e-3);
});

test('short clips are followed by silence, long ones cut, and silence is -1', () => {
  const short = codec.encode(tone(700, 1024));
  assert.ok(at(short, 8, 4) > 0.5 && at(short, 8, 10) === -1 && at(short, 8, 31) === -1);
  const long = tone(700, 6000);
  assert.deepEqual(
    codec.encode(long),
    codec
      .encode({...long, samples: long.samples.slice(0, 4096)})
      .map((value, i) => (i % 32 === 31 ? codec.encode(long)[i]! : value)),
  );
  assert.ok(codec.encode({sampleRateHz: 8000, samples: new Float32Array(4096)}).every(value => value === -1));
});

test('a decoded clip is the clip again to the ear of the spectrogram: within 2 dB on average, each of 30', () => {
  const rows = loadDigits().rows('validation');
  const distances: number[] = [];
  for (let i = 0; i < rows.length; i += 33) {
    const values = codec.encode(rows[i]!.parts['speech']!);
    const sound = codec.decode(values);
    assert.equal(sound.samples.length, 4096);
    assert.ok(Math.abs(sound.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) - 0.9) < 1e-6);
    const again = codec.encode(sound);
    // 30 dB a unit
    distances.push((again.reduce((sum, value, j) => sum + Math.abs(value - values[j]!), 0) / again.length) * 30);
  }
  const mean = distances.reduce((a, b) => a + b, 0) / distances.length;
  assert.ok(mean < 1.5 && Math.max(...distances) < 2.5, `mean ${mean} dB, worst ${Math.max(...distances)} dB`);
});

test('decoding is repeatable, softer for softer cells, and silent for none', () => {
  const values = codec.encode(tone(440));
  assert.deepEqual(codec.decode(values), codec.decode(values));
  assert.ok(codec.decode(new Float32Array(1024).fill(-1)).samples.every(sample => sample === 0));
  // One unit lower is 30 dB softer: 0.9 · 10^(-30/20).
  const soft = codec.decode(values.map(value => Math.max(-1, value - 1)));
  const peak = soft.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  assert.ok(Math.abs(peak - 0.9 * 10 ** -1.5) < 1e-4, `${peak}`);
});

test('other constants work as well: 16 kHz, a window of 400, 40 bands', () => {
  const spec: AudioModality = {
    ...digitSpeech,
    sampleRateHz: 16000,
    clipSamples: 8000,
    windowLengthSamples: 400,
    hopLengthSamples: 160,
    numMelBands: 40,
    maxFrequencyHz: 8000,
  };
  const other = new AudioCodec(spec);
  const values = other.encode({sampleRateHz: 16000, samples: tone(440, 8000).samples});
  assert.equal(values.length, 40 * 50);
  assert.equal(other.decode(values).samples.length, 8000);
});

test('a sound stays where it was in time, whether its hop can be halved or not', () => {
  // With a hop of 5 the dense one is 3: positions taken for half hops would come a fifth late.
  for (const hopLengthSamples of [5, 6, 7, 32]) {
    const other = new AudioCodec({...digitSpeech, windowLengthSamples: 64, hopLengthSamples, numMelBands: 8});
    const samples = new Float32Array(4096);
    for (let n = 3000; n < 3200; n++) samples[n] = 0.5 * Math.sin((2 * Math.PI * 1000 * n) / 8000);
    const decoded = other.decode(other.encode({sampleRateHz: 8000, samples})).samples;
    let energy = 0;
    let moment = 0;
    decoded.forEach((sample, n) => {
      energy += sample ** 2;
      moment += n * sample ** 2;
    });
    assert.ok(Math.abs(moment / energy - 3099.5) < 16, `hop ${hopLengthSamples}: centred on ${moment / energy}`);
  }
});

test('what is not such a sound is refused', () => {
  assert.throws(() => codec.encode('seven'), /Expected the part to be a sound, got "text"\./);
  assert.throws(
    () => codec.encode({sampleRateHz: 16000, samples: new Float32Array(5)}),
    /Expected the sound to be at 8000 Hz, got 16000 Hz\./,
  );
  assert.throws(
    () => codec.encode({sampleRateHz: 8000, samples: Float32Array.of(0, Number.NaN)}),
    /finite numbers, got NaN at sample 1\./,
  );
  assert.throws(
    () => codec.encode({sampleRateHz: 8000, samples: new Float32Array(0)}),
    /at least one sample long, got "none"\./,
  );
  assert.throws(() => codec.decode(new Float32Array(7)), /Expected a spectrogram of 32 × 32 values, got 7\./);
  assert.throws(() => new AudioCodec({...digitSpeech, floorDb: 0}), /Expected floorDb to be negative, got 0\./);
});

test('in stereo the difference between the ears stays, and with a reference the loudness too', () => {
  const {samples} = tone(1000);
  const clip = (left: number, right: number): Sound => ({
    sampleRateHz: 8000,
    channels: 2,
    samples: Float32Array.from({length: 8192}, (_, i) => samples[i >> 1]! * (i % 2 === 0 ? left : right)),
  });
  const stereo = new AudioCodec({...digitSpeech, channels: 2});
  const values = stereo.encode(clip(0.1, 1));
  assert.equal(values.length, 32 * 32 * 2);
  const loudest = values.indexOf(1);
  assert.equal(loudest % 2, 1);
  // A tenth of the amplitude is -20 dB: 2/3 lower at a floor of -60 dB.
  assert.ok(Math.abs(values[loudest - 1]! - 1 / 3) < 1e-3, `${values[loudest - 1]}`);
  assert.deepEqual(
    values.filter((_, i) => i % 2 === 1),
    codec.encode(tone(1000)),
  );
  const absolute = new AudioCodec({...digitSpeech, channels: 2, referenceDb: 20});
  const [loud, soft] = [absolute.encode(clip(1, 1)), absolute.encode(clip(0.1, 0.1))];
  const top = loud.reduce((best, value, i) => (value > loud[best]! ? i : best), 0);
  assert.ok(loud[top]! < 1 && Math.abs(loud[top]! - soft[top]! - 2 / 3) < 1e-3);
  // Back to sound: the right ear ten times as loud as the left, and at the level that it had.
  const decoded = absolute.decode(absolute.encode(clip(0.1, 1)));
  const rms = (ear: number) =>
    Math.sqrt(decoded.samples.reduce((sum, sample, i) => sum + (i % 2 === ear ? sample * sample : 0), 0) / 4096);
  assert.ok(decoded.channels === 2 && decoded.samples.length === 8192);
  assert.ok(Math.abs(20 * Math.log10(rms(1) / rms(0)) - 20) < 1, `${rms(0)} ${rms(1)}`);
  assert.ok(Math.abs(20 * Math.log10(rms(1) / (0.5 / Math.SQRT2))) < 1.5, `${rms(1)}`);
  assert.throws(() => absolute.encode(tone(500)), /the sound to be of 2 channel\(s\), got 1/);
});
