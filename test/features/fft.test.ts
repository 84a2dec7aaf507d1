import assert from 'node:assert/strict';
import {test} from 'node:test';

import fc from 'fast-check';

import {RealFft} from '../../src/features/fft';

test('four samples by hand', () => {
  const fft = new RealFft(4);
  const re = new Float64Array(4);
  const im = new Float64Array(4);
  fft.forward([1, 2, 3, 4], re, im, 1);
  for (const [i, value] of [0, 10, -2, -2].entries()) assert.ok(Math.abs(re[i]! - value) < 1e-12);
  for (const [i, value] of [0, 0, 2, 0].entries()) assert.ok(Math.abs(im[i]! - value) < 1e-12);
});

test('equals the sum that defines it, and its inverse gives the samples back', () => {
  const sizes = fc.constantFrom(2, 8, 32);
  const cases = sizes.chain(size =>
    fc.array(fc.double({min: -1, max: 1, noNaN: true}), {minLength: size, maxLength: size}),
  );
  fc.assert(
    fc.property(cases, samples => {
      const size = samples.length;
      const fft = new RealFft(size);
      const re = new Float64Array(fft.numBins);
      const im = new Float64Array(fft.numBins);
      fft.forward(samples, re, im);
      for (let k = 0; k <= size / 2; k++) {
        const angle = (n: number) => (-2 * Math.PI * k * n) / size;
        const sum = (part: (angle: number) => number) =>
          samples.reduce((total, sample, n) => total + sample * part(angle(n)), 0);
        assert.ok(Math.abs(re[k]! - sum(Math.cos)) < 1e-9 && Math.abs(im[k]! - sum(Math.sin)) < 1e-9, `bin ${k}`);
      }
      const back = new Float64Array(size);
      fft.inverse(re, im, back);
      assert.ok(back.every((value, n) => Math.abs(value - samples[n]!) < 1e-12));
    }),
  );
});

test('only powers of two', () => {
  for (const length of [0, 1, 3, 100, 2.5]) {
    assert.throws(() => new RealFft(length), /Expected length to be a power of two, at least 2, got /);
  }
});
