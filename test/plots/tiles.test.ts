import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import {encodePng} from '../../src/plots/png';
import {imageGridPng, magma, pictureTile, spectrogramTile, tileSheet} from '../../src/plots/tiles';

test('encodePng: sharp reads back exactly the pixels that were written', async () => {
  const anyPixels = fc
    .tuple(fc.integer({min: 1, max: 9}), fc.integer({min: 1, max: 9}), fc.constantFrom(3 as const, 4 as const))
    .chain(([width, height, channels]) =>
      fc
        .uint8Array({minLength: width * height * channels, maxLength: width * height * channels})
        .map(pixels => ({width, height, channels, pixels})),
    );
  await fc.assert(
    fc.asyncProperty(anyPixels, async ({width, height, channels, pixels}) => {
      const {data, info} = await sharp(encodePng(width, height, pixels, channels))
        .raw()
        .toBuffer({resolveWithObject: true});
      assert.deepEqual([info.width, info.height, info.channels], [width, height, channels]);
      assert.deepEqual([...data], [...pixels]);
    }),
    {numRuns: 30, seed: 1},
  );
});

test('encodePng refuses pixels that do not fill the size', () => {
  assert.throws(() => encodePng(2, 2, new Uint8Array(11)), {message: 'Expected pixels to be 12 bytes, got 11.'});
});

test('pictureTile: grey goes to all three channels, RGB stays', () => {
  const grey = pictureTile({height: 1, width: 2, channels: 1, pixels: Uint8Array.of(7, 250)});
  assert.deepEqual([...grey.rgb], [7, 7, 7, 250, 250, 250]);
  const rgb = pictureTile({height: 1, width: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3)});
  assert.deepEqual([...rgb.rgb], [1, 2, 3]);
  assert.throws(
    () => pictureTile({height: 1, width: 1, channels: 2, pixels: Uint8Array.of(1, 2)}),
    /Expected picture\.channels to be 1 or 3, got 2\./,
  );
});

test('spectrogramTile: the lowest band is the lowest row, silence is black, time runs right', () => {
  // Two bands, three frames; only the low band's last frame is loud.
  const tile = spectrogramTile([-1, -1, 1, -1, -1, -1], 2, 3);
  assert.deepEqual([tile.width, tile.height], [3, 2]);
  const pixel = (x: number, y: number) => [...tile.rgb.subarray((y * 3 + x) * 3, (y * 3 + x) * 3 + 3)];
  assert.deepEqual(pixel(2, 1), [252, 253, 191]);
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [2, 0],
    [0, 1],
    [1, 1],
  ] as const)
    assert.deepEqual(pixel(x, y), [0, 0, 4]);
  assert.throws(() => spectrogramTile([1, 2, 3], 2, 2), {message: 'Expected values to be 2×2 numbers, got 3.'});
});

test('magma runs through its stops and is cut outside', () => {
  assert.deepEqual(magma(0.125), [28, 16, 68]);
  assert.deepEqual(magma(0.0625), [14, 8, 36]); // half way between the first two
  assert.deepEqual(magma(-3), magma(0));
  assert.deepEqual(magma(9), [252, 253, 191]);
});

test('tileSheet places tiles row by row with white between, unblurred', () => {
  const dot = (level: number) => ({width: 1, height: 1, rgb: Uint8Array.of(level, level, level)});
  const sheet = tileSheet([dot(10), undefined, dot(30)], {columns: 2, scale: 2, gap: 1});
  assert.deepEqual([sheet.width, sheet.height], [5, 5]);
  const red = Array.from({length: 25}, (_, i) => sheet.rgb[3 * i]);
  assert.deepEqual(
    red,
    [
      10, 10, 255, 255, 255, 10, 10, 255, 255, 255, 255, 255, 255, 255, 255, 30, 30, 255, 255, 255, 30, 30, 255, 255,
      255,
    ],
  );
});

test('tiles of different sizes do not go on one sheet', async () => {
  const tile = (width: number) => ({width, height: 1, rgb: new Uint8Array(3 * width)});
  assert.throws(() => tileSheet([tile(2), tile(3)], {columns: 2}), {
    message: 'Expected tile 1 to be 2×1 pixels, got "3×1".',
  });
  assert.throws(() => tileSheet([undefined], {columns: 2}), /Expected tiles to be a list with at least one tile/);
  const {width, height} = await sharp(imageGridPng([tile(2), tile(2), tile(2)], {columns: 2})).metadata();
  assert.deepEqual([width, height], [16, 10]); // 2 · (2·3) + 4 and 2 · (1·3) + 4
});
