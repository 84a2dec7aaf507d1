/** Features equal their references, and their inverses undo them as far as that can be. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {defaultGriffinLim, griffinLim, spectralConvergence} from '../../src/features/griffin-lim';
import {dbToPower, LogMel, powerToDb} from '../../src/features/log-mel';
import {Mfcc} from '../../src/features/mfcc';
import {Stft} from '../../src/features/stft';
import {type FeatureCase, featureCases, golden, sound} from './golden-cases';

const byFeature = new Map<string, FeatureCase[]>();
for (const one of featureCases()) byFeature.set(one.feature, [...(byFeature.get(one.feature) ?? []), one]);

for (const [feature, cases] of byFeature) {
  test(`${feature} equals its references`, () => {
    for (const one of cases) {
      assert.ok(one.count >= 8, `${one.case}: only ${one.count} values`);
      // NaN, of other numbers of values, fails too.
      assert.ok(one.difference <= one.allowed, `${one.case}: off by ${one.difference} ${one.unit}`);
    }
  });
}

test('centred frames are undone too, with either padding, ends included', () => {
  for (const {framing, padding, window, hop} of golden.stft) {
    const stft = new Stft({numSamples: sound.length, windowLengthSamples: window, hopLengthSamples: hop, framing, padding}); // biome-ignore format: settings
    const back = stft.inverse(stft.forward(sound));
    for (const [n, value] of back.entries()) assert.ok(Math.abs(value - sound[n]!) < 1e-9, `sample ${n}`);
    assert.equal(stft.frameCentre(2), 2 * hop);
  }
  assert.throws(
    () => new Stft({numSamples: 60, windowLengthSamples: 128, hopLengthSamples: 32, padding: 'reflect'}),
    /more than half of the window of 128, to be mirrored, got 60/,
  );
});

test('a sine of amplitude 1 in the middle of a bin has magnitude window / 4', () => {
  const stft = new Stft({numSamples: 1024, windowLengthSamples: 256, hopLengthSamples: 64, framing: 'centre'});
  const {re, im} = stft.forward(Float64Array.from({length: 1024}, (_, n) => Math.sin((2 * Math.PI * 16 * n) / 256)));
  const at = 8 * stft.numBins + 16;
  assert.ok(Math.abs(Math.hypot(re[at]!, im[at]!) - 64) < 1e-9);
});

test('decibels: by hand, cut from below, and back', () => {
  assert.deepEqual([...powerToDb([0.01, 1, 100], 1, null)].map(Math.round), [-20, 0, 20]);
  assert.deepEqual([...powerToDb([0.01, 1, 100], 100, 30)].map(Math.round), [-30, -20, 0]);
  assert.ok(Math.abs(powerToDb([0], 1, null)[0]! + 100) < 1e-9);
  assert.ok(Math.abs(dbToPower([-20], 3)[0]! - 0.03) < 1e-12);
  assert.throws(() => new LogMel({...sizes, rangeDb: 0}), /rangeDb/);
});

const sizes = {
  numSamples: sound.length,
  windowLengthSamples: 256,
  hopLengthSamples: 64,
  framing: 'centre',
  sampleRateHz: 8000,
  numMelBands: 32,
  minFrequencyHz: 40,
  maxFrequencyHz: 4000,
} as const;

test('a sound from its log-mel spectrogram sounds alike: encoded again it is near, and another sound is not', () => {
  const logMel = new LogMel(sizes);
  const decibels = logMel.forward(sound);
  const again = logMel.forward(logMel.inverse(decibels, new RandomStream(1, 'test')));
  const meanDifference = (other: Float64Array) =>
    other.reduce((sum, value, i) => sum + Math.abs(value - decibels[i]!), 0) / other.length;
  const off = meanDifference(again);
  assert.ok(off > 0.01 && off < 2.5, `${off} dB`);
  const other = logMel.forward(sound.map((_, n) => Math.sin((2 * Math.PI * 1500 * n) / 8000)));
  assert.ok(meanDifference(other) > 4 * off);
});

test('MFCC: all coefficients lose nothing, few smooth, the first is the mean; wrong sizes are named', () => {
  const stream = new RandomStream(3, 'mfcc');
  const decibels = stream.normals(3 * 8).map(value => 10 * value);
  for (const lifter of [0, 5]) {
    const all = new Mfcc({numMelBands: 8, numCoefficients: 8, lifter});
    const back = all.inverse(all.forward(decibels));
    for (const [i, value] of back.entries()) assert.ok(Math.abs(value - decibels[i]!) < 1e-9);
  }
  const few = new Mfcc({numMelBands: 8, numCoefficients: 2});
  const [c0] = few.forward(decibels);
  assert.ok(Math.abs(c0! - (Math.sqrt(8) * decibels.slice(0, 8).reduce((a, b) => a + b, 0)) / 8) < 1e-9);
  // What two coefficients can say is said exactly: once smoothed, nothing changes.
  const smooth = few.inverse(few.forward(decibels));
  for (const [i, value] of few.inverse(few.forward(smooth)).entries()) assert.ok(Math.abs(value - smooth[i]!) < 1e-9);
  assert.throws(() => new Mfcc({numMelBands: 8, numCoefficients: 9}), /at most 8 mel bands, got 9/);
  assert.throws(() => few.forward([1, 2, 3]), /frames of 8 values, got 3 values in all/);
  assert.throws(() => new Mfcc({numMelBands: 8, lifter: -1}), /lifter to be 0 or more, got -1/);
});

test('Griffin–Lim comes as near to the magnitudes as librosa’s, over five seeds', () => {
  const stft = new Stft(sizes);
  const {re, im} = stft.forward(sound);
  const magnitude = re.map((value, i) => Math.hypot(value, im[i]!));
  for (const {iterations, momentum, mean, most} of golden.griffinLim) {
    const errors = [0, 1, 2, 3, 4].map(seed =>
      spectralConvergence(
        griffinLim(magnitude, stft, new RandomStream(seed, 'phase'), {...defaultGriffinLim, iterations, momentum}),
        magnitude,
        stft,
      ),
    );
    const ours = errors.reduce((a, b) => a + b, 0) / errors.length;
    assert.ok(ours > 0 && ours < Math.max(1.5 * mean, most), `${iterations}, ${momentum}: ${ours} for ${mean}`);
  }
});
