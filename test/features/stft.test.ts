import assert from 'node:assert/strict';
import {test} from 'node:test';

import {RandomStream} from '../../src/core/random';
import {defaultGriffinLim, griffinLim, spectralConvergence} from '../../src/features/griffin-lim';
import {Stft} from '../../src/features/stft';

const options = {numSamples: 1000, windowLengthSamples: 256, hopLengthSamples: 64};

test('a click falls into the frames around it, weighed by the window', () => {
  // Window 4, hop 2, frames centred on hops: frame f covers samples 2f - 1 … 2f + 2; Hann of 4 is 0, ½, 1, ½.
  const stft = new Stft({numSamples: 6, windowLengthSamples: 4, hopLengthSamples: 2});
  assert.equal(stft.numFrames, 3);
  const {re} = stft.forward([0, 0, 8, 0, 0, 0]);
  // The click at 2 is place 3 of frame 0 (½) and place 1 of frame 1 (½); bin 0 is the sum of a frame.
  assert.deepEqual(
    [0, 1, 2].map(f => Math.round(re[f * stft.numBins]! * 1e9) / 1e9),
    [4, 4, 0],
  );
  const edge = stft.forward([8, 0, 0, 0, 0, 0]).re;
  assert.deepEqual(
    [0, 1].map(f => Math.round(edge[f * stft.numBins]! * 1e9) / 1e9),
    [4, 0],
  );
});

test('the inverse gives every sample back, ends included, also where the window is no power of two', () => {
  const stream = new RandomStream(3, 'stft');
  for (const change of [{}, {windowLengthSamples: 200}, {hopLengthSamples: 100}, {numSamples: 130}]) {
    const stft = new Stft({...options, ...change});
    const samples = stream.normals(stft.options.numSamples);
    const back = stft.inverse(stft.forward(samples));
    assert.equal(back.length, samples.length);
    for (const [n, value] of back.entries())
      assert.ok(Math.abs(value - samples[n]!) < 1e-9, `sample ${n}: ${value} for ${samples[n]}`);
  }
});

test('hops that leave gaps are refused', () => {
  assert.throws(
    () => new Stft({...options, hopLengthSamples: 129}),
    /Expected hopLengthSamples to be at most half of the window of 256, got 129\./,
  );
  assert.throws(() => new Stft({...options, numSamples: 0}), /Expected clipSamples to be a positive integer, got 0\./);
});

test('Griffin–Lim finds a sound with the wanted magnitudes, better with more steps, the same for the same seed', () => {
  const stft = new Stft(options);
  const chirp = Float64Array.from(
    {length: 1000},
    (_, n) => Math.sin(0.1 * n + 0.0004 * n * n) * Math.sin((Math.PI * n) / 1000),
  );
  const {re, im} = stft.forward(chirp);
  const magnitude = re.map((value, i) => Math.hypot(value, im[i]!));
  assert.ok(spectralConvergence(chirp, magnitude, stft) < 1e-12);
  const error = (iterations: number) =>
    spectralConvergence(
      griffinLim(magnitude, stft, new RandomStream(1, 'phase'), {...defaultGriffinLim, iterations}),
      magnitude,
      stft,
    );
  const [none, few, many] = [error(0), error(8), error(64)];
  assert.ok(none! > 0.4 && few! < none! && many! < 0.5 * few! && many! < 0.1, `${none} ${few} ${many}`);
  const draw = (seed: number) => griffinLim(magnitude, stft, new RandomStream(seed, 'phase'));
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.ok(
    griffinLim(new Float64Array(magnitude.length), stft, new RandomStream(1, 'phase')).every(sample => sample === 0),
  );
});

test('frames are centred on the middle of their hops, to half a sample', () => {
  const centres = (windowLengthSamples: number, hopLengthSamples: number) => {
    const stft = new Stft({numSamples: 100, windowLengthSamples, hopLengthSamples});
    return [0, 1, 4].map(f => stft.frameCentre(f));
  };
  assert.deepEqual(centres(8, 4), [2, 6, 18]);
  assert.deepEqual(centres(9, 3), [1.5, 4.5, 13.5]);
  // No whole sample at which a window of 8 could start is centred on 1.5.
  assert.deepEqual(centres(8, 3), [1, 4, 13]);
});
