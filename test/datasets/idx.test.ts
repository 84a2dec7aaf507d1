import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {gzipSync} from 'node:zlib';

import fc from 'fast-check';

import {exitCodes, UserError} from '../../src/core/checks';
import {formatIdx, parseIdx, readIdx} from '../../src/datasets/idx';

/** Two pictures of 1 × 3. */
const plain = Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 255]);

const inputError = (pattern: RegExp) => (error: unknown) =>
  error instanceof UserError &&
  error.exitCode === exitCodes.input &&
  pattern.test(error.message) &&
  !error.message.includes('\n');

test('an IDX file by hand, plain and gzipped', () => {
  for (const bytes of [plain, gzipSync(plain)]) {
    const {shape, data} = parseIdx(bytes);
    assert.deepEqual(shape, [2, 1, 3]);
    assert.deepEqual([...data], [10, 20, 30, 40, 50, 255]);
  }
  assert.deepEqual(formatIdx({shape: [2, 1, 3], data: Uint8Array.of(10, 20, 30, 40, 50, 255)}), plain);
});

test('what is wrong with an IDX file is said, with its name, what was expected and what was got', () => {
  const cases: [Buffer, RegExp][] = [
    [Buffer.alloc(0), /^Expected a\.idx to be an IDX file of bytes .*, got the beginning of an empty file\.$/],
    [Buffer.from('RIFF1234WAVE'), /begins 00 00 08 .* got the beginning 52 49 46 46\.$/],
    [Buffer.from([0, 0, 13, 1, 0, 0, 0, 0]), /got the beginning 00 00 0d 01\.$/],
    [plain.subarray(0, 10), /^Expected a\.idx to be an IDX file with a header of 16 bytes, got 10 bytes\.$/],
    [
      plain.subarray(0, 20),
      /^Expected a\.idx to be an IDX file of shape \[2, 1, 3\] with 6 bytes of values, got 4 bytes of values\.$/,
    ],
    [Buffer.concat([plain, Buffer.of(1)]), /with 6 bytes of values, got 7 bytes of values\.$/],
    [
      gzipSync(Buffer.concat([plain, Buffer.alloc(50)])),
      /a gzipped IDX file as long as its header says, got more bytes\.$/,
    ],
    [gzipSync(plain).subarray(0, 30), /^Expected a\.idx to be a whole gzip file, got unexpected end of file\.$/],
    [
      gzipSync(Buffer.from([0, 0, 8, 1, 255, 255, 255, 255])),
      /that holds the 4294967303 bytes of its header, got \d+ packed bytes\.$/,
    ],
  ];
  for (const [bytes, pattern] of cases)
    assert.throws(() => parseIdx(bytes, 'a.idx'), inputError(pattern), String(pattern));
});

test('a missing path and a folder are bad input too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'idx-'));
  try {
    assert.throws(
      () => readIdx(join(folder, 'none')),
      inputError(/none to be a readable file, got nothing at that path\.$/),
    );
    assert.throws(() => readIdx(folder), inputError(/to be a readable file, got a folder\.$/));
    writeFileSync(join(folder, 'a'), plain);
    assert.deepEqual(readIdx(join(folder, 'a')).shape, [2, 1, 3]);
  } finally {
    rmSync(folder, {recursive: true});
  }
});

test('any array of bytes comes back as it was, packed or not', () => {
  const arrays = fc
    .array(fc.integer({min: 0, max: 6}), {minLength: 1, maxLength: 4})
    .chain(shape =>
      fc
        .uint8Array({minLength: shape.reduce((a, b) => a * b, 1), maxLength: shape.reduce((a, b) => a * b, 1)})
        .map(data => ({shape, data})),
    );
  fc.assert(
    fc.property(arrays, fc.boolean(), (array, gzip) => {
      const back = parseIdx(formatIdx(array, {gzip}));
      assert.deepEqual(back.shape, array.shape);
      assert.deepEqual([...back.data], [...array.data]);
    }),
  );
});

test('formatIdx refuses data that do not fill their shape', () => {
  assert.throws(
    () => formatIdx({shape: [2, 3], data: new Uint8Array(5)}),
    /Expected data to be 6 values for shape \[2, 3\], got 5\./,
  );
});

test('damaged files end in a typed error or in data as long as the file', () => {
  for (const whole of [plain, gzipSync(plain)]) {
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(7)), {maxLength: 4}),
        (length, flips) => {
          const bytes = Buffer.from(whole);
          for (const [at, bit] of flips) bytes[at]! ^= 1 << bit;
          let array: ReturnType<typeof parseIdx>;
          try {
            array = parseIdx(bytes.subarray(0, length));
          } catch (error) {
            assert.ok(error instanceof UserError, String(error));
            return;
          }
          assert.equal(
            array.data.length,
            array.shape.reduce((a, b) => a * b, 1),
          );
          assert.ok(array.data.length <= plain.length);
        },
      ),
      {numRuns: 500},
    );
  }
});
