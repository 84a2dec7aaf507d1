import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'node:test';

import {fromMel, hzToMel, melFilters, melToHz, toMel} from '../../src/features/mel';
import {Stft} from '../../src/features/stft';

interface Golden {
  filters12: {shape: [number, number]; values: number[]};
  filters32RowSums: number[];
  filters32Peaks: number[];
  melPower: {shape: [number, number]; values: number[]};
  hzToMel: [number, number][];
}
/** Where the numbers come from stands in the file. */
const golden = JSON.parse(readFileSync(join(__dirname, '..', 'golden', 'mel-librosa.json'), 'utf8')) as Golden;

const options = {sampleRateHz: 8000, fftLength: 256, numMelBands: 12, minFrequencyHz: 60, maxFrequencyHz: 4000};

function assertClose(got: number, wanted: number, what: string, relative = 1e-5): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted) + 1e-12, `${what}: ${got} for ${wanted}`);
}

test('the mel scale has its two fixed points and librosa’s numbers, and is undone', () => {
  assert.ok(Math.abs(hzToMel(1000) - 15) < 1e-12 && Math.abs(hzToMel(6400) - 42) < 1e-12);
  for (const [hz, mel] of golden.hzToMel) {
    assertClose(hzToMel(hz), mel, `${hz} Hz`);
    assertClose(melToHz(hzToMel(hz)), hz, `${hz} Hz back`);
  }
});

test('filters equal librosa.filters.mel', () => {
  const [bands, bins] = golden.filters12.shape;
  const filters = melFilters(options);
  assert.equal(filters.length, bands);
  for (const [m, {firstBin, weights}] of filters.entries()) {
    for (let k = 0; k < bins; k++) {
      assertClose(weights[k - firstBin] ?? 0, golden.filters12.values[m * bins + k]!, `filter ${m}, bin ${k}`);
    }
  }
  for (const [m, {weights}] of melFilters({...options, numMelBands: 32}).entries()) {
    assertClose(
      weights.reduce((a, b) => a + b, 0),
      golden.filters32RowSums[m]!,
      `sum of filter ${m}`,
    );
    assertClose(Math.max(...weights), golden.filters32Peaks[m]!, `peak of filter ${m}`);
  }
});

test('mel power of a sound equals librosa’s, frame by frame', () => {
  const samples = Array.from(
    {length: 1024},
    (_, n) =>
      0.5 * Math.sin((2 * Math.PI * 440 * n) / 8000) +
      0.25 * Math.sin((2 * Math.PI * 1800 * n) / 8000 + 0.3) * (n / 1024),
  );
  const stft = new Stft({numSamples: 1024, windowLengthSamples: 256, hopLengthSamples: 128});
  const {re, im} = stft.forward(samples);
  const mel = toMel(
    re.map((value, i) => value ** 2 + im[i]! ** 2),
    stft.numBins,
    melFilters(options),
  );
  assert.deepEqual([mel.length / 12, 12], golden.melPower.shape);
  for (const [i, value] of mel.entries()) assertClose(value, golden.melPower.values[i]!, `value ${i}`);
});

test('bins from mel bands: never negative, and their mel power is nearly the given one', () => {
  const filters = melFilters({...options, numMelBands: 32});
  const power = Float64Array.from({length: 2 * 129}, (_, i) => 1 + Math.sin(i * 1.7) + (i % 129 === 40 ? 30 : 0));
  const mel = toMel(power, 129, filters);
  const back = fromMel(mel, 129, filters);
  assert.equal(back.length, power.length);
  assert.ok(back.every(value => value >= 0));
  for (const [i, value] of toMel(back, 129, filters).entries()) assertClose(value, mel[i]!, `band ${i}`, 0.02);
  assert.ok(fromMel(new Float64Array(32), 129, filters).every(value => value === 0));
});

test('constants that cannot be are refused', () => {
  assert.throws(
    () => melFilters({...options, numMelBands: 300}),
    /Expected every mel band to hold a frequency .* use fewer than 300 bands/,
  );
  assert.throws(
    () => melFilters({...options, maxFrequencyHz: 5000}),
    /Expected 0 <= minFrequencyHz < maxFrequencyHz <= 4000, got 60 and 5000\./,
  );
  assert.throws(() => melFilters({...options, minFrequencyHz: 4000}), /got 4000 and 4000\./);
});
