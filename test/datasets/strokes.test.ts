import assert from 'node:assert/strict';
import {test} from 'node:test';

import type {Picture} from '../../src/core/types';
import {measureStrokes} from '../../src/datasets/strokes';

/** A bar `width` wide on rows 4 … 23, moved right by `shear` pixels for each row upwards. */
function bar(width: number, shear: number): Picture {
  const pixels = new Uint8Array(28 * 28);
  for (let y = 4; y < 24; y++) {
    for (let x = 0; x < width; x++) pixels[y * 28 + 5 + x + Math.round((23 - y) * shear)] = 255;
  }
  return {height: 28, width: 28, channels: 1, pixels};
}

test('a bar that stands, leans right by 45 degrees, and leans left', () => {
  assert.ok(Math.abs(measureStrokes(bar(4, 0)).slant) < 1e-9);
  assert.ok(Math.abs(measureStrokes(bar(3, 1)).slant - 45) < 1e-9);
  const left = bar(3, 1);
  for (let y = 0; y < 28; y++) left.pixels.subarray(y * 28, (y + 1) * 28).reverse();
  assert.ok(Math.abs(measureStrokes(left).slant + 45) < 1e-9);
});

test('thickness of a 4 × 20 bar: twice its ink by its edge', () => {
  // Central differences give ½ in the 2 columns beside each long edge and ½ in the 2 rows beside each short one:
  // long edges 2 · 2 · ½ · 18 inner rows, short ones 2 · 2 · ½ · 2 inner columns; each of the 4 corners has one pixel
  // inside with |∇| = √½ and two outside neighbours with ½ which the edges' ends add.
  const straight = 2 * 2 * 0.5 * 18 + 2 * 2 * 0.5 * 2;
  const corners = 4 * (Math.SQRT1_2 + 0.5 + 0.5);
  assert.ok(Math.abs(measureStrokes(bar(4, 0)).thickness - (2 * 80) / (straight + corners)) < 1e-9);
});

test('a broader pen is thicker, at any ink, and moving the writing changes nothing', () => {
  const thickness = [2, 3, 4, 6].map(width => measureStrokes(bar(width, 0.5)).thickness);
  for (let i = 1; i < thickness.length; i++) assert.ok(thickness[i]! > thickness[i - 1]! + 0.3, `${thickness}`);
  const moved = bar(4, 0.5);
  moved.pixels.copyWithin(2, 0);
  moved.pixels.fill(0, 0, 2);
  const before = measureStrokes(bar(4, 0.5));
  const after = measureStrokes(moved);
  assert.ok(Math.abs(before.thickness - after.thickness) < 1e-9);
  assert.ok(Math.abs(before.slant - after.slant) < 1e-9);
  const grey = bar(4, 0);
  grey.pixels.forEach((pixel, i) => {
    grey.pixels[i] = pixel / 5;
  });
  assert.ok(Math.abs(measureStrokes(grey).thickness - measureStrokes(bar(4, 0)).thickness) < 1e-9);
});

test('an empty picture and one with ink on a single row give numbers', () => {
  assert.deepEqual(measureStrokes({height: 28, width: 28, channels: 1, pixels: new Uint8Array(784)}), {
    thickness: 0,
    slant: 0,
  });
  const line = new Uint8Array(784).fill(255, 28, 56);
  assert.equal(measureStrokes({height: 28, width: 28, channels: 1, pixels: line}).slant, 0);
});
