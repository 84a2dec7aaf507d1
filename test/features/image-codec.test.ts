import assert from 'node:assert/strict';
import {test} from 'node:test';

import fc from 'fast-check';

import {ImageCodec} from '../../src/features/image-codec';

const codec = new ImageCodec({kind: 'image', height: 1, width: 2, channels: 3});
const picture = (...pixels: number[]) => ({height: 1, width: 2, channels: 3, pixels: Uint8Array.from(pixels)});

test('0, 51 and 255 become -1, -0.6 and 1', () => {
  const values = codec.encode(picture(0, 51, 255, 255, 0, 0));
  for (const [i, value] of [-1, -0.6, 1, 1, -1, -1].entries()) assert.ok(Math.abs(values[i]! - value) < 1e-6);
});

test('every byte comes back, and values outside are cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({minLength: 6, maxLength: 6}), pixels => {
      assert.deepEqual(codec.decode(codec.encode(picture(...pixels))), picture(...pixels));
    }),
  );
  assert.deepEqual(
    [...codec.decode(Float32Array.of(-9, 9, 0.001, -0.001, 1.001, -1.001)).pixels],
    [0, 255, 128, 127, 255, 0],
  );
});

test('pictures of another shape and other parts are refused', () => {
  assert.throws(
    () => codec.encode({...picture(1, 2, 3, 4, 5, 6), height: 3}),
    /Expected a picture of 1 × 2 × 3 \(height, width, channels\), got 3 × 2 × 3\./,
  );
  assert.throws(() => codec.encode(picture(1, 2)), /Expected the picture to be 6 bytes, got 2\./);
  assert.throws(() => codec.encode('seven'), /Expected the part to be a picture, got "text"\./);
  assert.throws(() => codec.decode(new Float32Array(5)), /Expected 1 × 2 × 3 values, got 5\./);
  assert.throws(
    () => new ImageCodec({kind: 'image', height: 0, width: 2, channels: 3}),
    /Expected height to be a positive integer, got 0\./,
  );
});
