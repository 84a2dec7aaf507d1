import assert from 'node:assert/strict';
import {test} from 'node:test';

import {resample} from '../../src/datasets/resample';

const tone = (hz: number, rate: number, seconds = 0.5) =>
  Float32Array.from({length: Math.round(rate * seconds)}, (_, n) => Math.sin((2 * Math.PI * hz * n) / rate));
/** Root mean square away from the ends, where the filter meets silence. */
const level = (samples: Float32Array) => {
  const inner = samples.slice(Math.floor(samples.length / 4), Math.floor((3 * samples.length) / 4));
  return Math.sqrt(inner.reduce((sum, sample) => sum + sample * sample, 0) / inner.length);
};
const db = (ratio: number) => 20 * Math.log10(ratio);

test('a tone that the new rate holds is the same tone, sample by sample', () => {
  for (const [from, to] of [
    [44100, 8000],
    [8000, 44100],
    [16000, 8000],
    [22050, 16000],
    [48000, 44101],
  ] as const) {
    const hz = 0.45 * Math.min(from, to) * 0.99;
    const [got, wanted] = [resample(tone(hz, from), from, to), tone(hz, to)];
    assert.equal(got.length, wanted.length);
    const from4 = Math.floor(got.length / 4);
    for (let n = from4; n < 3 * from4; n++) assert.ok(Math.abs(got[n]! - wanted[n]!) < 1e-3, `${from} → ${to} at ${n}`);
  }
});

test('aliasing: above the new Nyquist frequency nothing louder than -88 dB comes through, below it the level stays', () => {
  for (const from of [44100, 48000, 16000]) {
    for (const hz of [4010, 4240, 5000, 6500, 7900].filter(each => each < from / 2)) {
      const through = db(level(resample(tone(hz, from), from, 8000)) / Math.SQRT1_2);
      assert.ok(through < -88, `${hz} Hz of ${from}: ${through} dB`);
    }
    for (const hz of [100, 1000, 3000, 3600]) {
      const through = db(level(resample(tone(hz, from), from, 8000)) / Math.SQRT1_2);
      assert.ok(Math.abs(through) < 0.01, `${hz} Hz of ${from}: ${through} dB`);
    }
  }
});

test('equal rates change nothing, and the shortest clip stays a clip', () => {
  const samples = tone(440, 8000);
  assert.equal(resample(samples, 8000, 8000), samples);
  assert.equal(resample(Float32Array.of(0.5), 44100, 8000).length, 1);
  assert.throws(() => resample(samples, 0, 8000), /fromHz/);
});
