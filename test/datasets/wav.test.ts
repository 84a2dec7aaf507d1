import assert from 'node:assert/strict';
import {test} from 'node:test';

import fc from 'fast-check';

import {exitCodes, UserError} from '../../src/core/checks';
import {formatWav, parseWav} from '../../src/datasets/wav';

interface WavFields {
  tag: number;
  channels: number;
  bits: number;
  data: Buffer;
  extensibleTag?: number;
  /** Bytes between the format and the data. */
  between?: Buffer;
}

function buildWav({tag, channels, bits, data, extensibleTag, between = Buffer.alloc(0)}: WavFields): Buffer {
  const fmt = Buffer.alloc(extensibleTag === undefined ? 16 : 40);
  fmt.writeUInt16LE(tag, 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(8000, 4);
  fmt.writeUInt16LE(bits, 14);
  if (extensibleTag !== undefined) fmt.writeUInt16LE(extensibleTag, 24);
  const body = Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', fmt), between, chunk('data', data)]);
  return chunk('RIFF', body);
}

function chunk(id: string, body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from(id), size, body, Buffer.alloc(body.length % 2)]);
}

const doubles = (...values: number[]) => Buffer.from(Float64Array.from(values).buffer);
const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);

const inputError = (pattern: RegExp) => (error: unknown) =>
  error instanceof UserError &&
  error.exitCode === exitCodes.input &&
  pattern.test(error.message) &&
  !error.message.includes('\n');

test('each encoding, by hand', () => {
  const cases: [string, WavFields, number[]][] = [
    ['8-bit is unsigned', {tag: 1, channels: 1, bits: 8, data: Buffer.of(128, 0, 192)}, [0, -1, 0.5]],
    ['16-bit', {tag: 1, channels: 1, bits: 16, data: Buffer.of(0, 0x40, 0, 0x80, 0xff, 0xff)}, [0.5, -1, -1 / 32768]],
    ['24-bit', {tag: 1, channels: 1, bits: 24, data: Buffer.of(0, 0, 0x20, 0, 0, 0xc0)}, [0.25, -0.5]],
    ['32-bit', {tag: 1, channels: 1, bits: 32, data: Buffer.of(0, 0, 0, 0x60, 0, 0, 0, 0x80)}, [0.75, -1]],
    ['float, cut to [-1, 1]', {tag: 3, channels: 1, bits: 32, data: floats(0.125, -3, 1.5)}, [0.125, -1, 1]],
    ['64-bit float', {tag: 3, channels: 1, bits: 64, data: doubles(0.1, -7, 0.25)}, [Math.fround(0.1), -1, 0.25]],
    ['extensible 16-bit', {tag: 0xfffe, extensibleTag: 1, channels: 1, bits: 16, data: Buffer.of(0, 0x40)}, [0.5]],
    [
      'stereo is averaged',
      {tag: 1, channels: 2, bits: 16, data: Buffer.of(0, 0x40, 0, 0x20, 0, 0xc0, 0, 0)},
      [0.375, -0.25],
    ],
    [
      'other chunks, one of odd size',
      {tag: 1, channels: 1, bits: 8, data: Buffer.of(64), between: chunk('LIST', Buffer.from('abc'))},
      [-0.5],
    ],
  ];
  for (const [name, fields, samples] of cases) {
    const sound = parseWav(buildWav(fields));
    assert.deepEqual([...sound.samples], samples, name);
    assert.equal(sound.sampleRateHz, 8000, name);
  }
});

test('what is wrong with a WAV file is said', () => {
  const good = {tag: 1, channels: 1, bits: 16, data: Buffer.of(1, 2, 3, 4)};
  const rate0 = buildWav(good);
  rate0.writeUInt32LE(0, 24);
  const cases: [Buffer, RegExp][] = [
    [Buffer.alloc(0), /^Expected a\.wav to be a WAV file \(it begins RIFF….WAVE\), got an empty file\.$/],
    [Buffer.from('OggS and so on'), /got the beginning 4f 67 67 53 /],
    [
      buildWav(good).subarray(0, 46),
      /^Expected a\.wav to be a WAV file with 4 bytes in its data chunk, got 2 bytes\.$/,
    ],
    [buildWav(good).subarray(0, 36), /with a data chunk, got 36 bytes without one\.$/],
    [
      chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), chunk('data', Buffer.of(1, 2))])),
      /with a format chunk, got none before its sound\.$/,
    ],
    [buildWav({...good, tag: 85}), /8-, 16-, 24- or 32-bit PCM or 32- or 64-bit float, got format 85 with 16 bits\.$/],
    [buildWav({...good, bits: 12}), /got format 1 with 12 bits\.$/],
    [buildWav({...good, channels: 0}), /at least one channel, got 0\.$/],
    [rate0, /with a sample rate, got 0 Hz\.$/],
    [buildWav({...good, data: Buffer.alloc(0)}), /whole frames of 2 bytes, at least one, got 0 bytes of sound\.$/],
    [buildWav({...good, data: Buffer.alloc(3)}), /whole frames of 2 bytes, at least one, got 3 bytes of sound\.$/],
    [
      buildWav({tag: 3, channels: 1, bits: 32, data: floats(0, Number.NaN)}),
      /a WAV file of numbers, got NaN at sample 1\.$/,
    ],
  ];
  for (const [bytes, pattern] of cases)
    assert.throws(() => parseWav(bytes, 'a.wav'), inputError(pattern), String(pattern));
});

test('16-bit samples come back exactly, others to half a step, and outside of [-1, 1] they are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({min: -32768, max: 32767}), {minLength: 1, maxLength: 50}), steps => {
      const samples = Float32Array.from(steps, step => step / 32768);
      const back = parseWav(formatWav({sampleRateHz: 11025, samples}));
      assert.deepEqual(back, {sampleRateHz: 11025, samples});
    }),
  );
  const back = parseWav(formatWav({sampleRateHz: 8000, samples: Float32Array.of(0.3, 7, -7)})).samples;
  assert.ok(Math.abs(back[0]! - 0.3) <= 0.5 / 32768);
  assert.deepEqual([...back.subarray(1)], [32767 / 32768, -1]);
});

test('damaged files end in a typed error or in no more samples than the file has bytes', () => {
  const whole = formatWav({sampleRateHz: 8000, samples: Float32Array.from({length: 40}, (_, i) => Math.sin(i))});
  fc.assert(
    fc.property(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(60), fc.nat(7)), {maxLength: 4}), (length, flips) => {
      const bytes = Buffer.from(whole);
      for (const [at, bit] of flips) bytes[at]! ^= 1 << bit;
      let sound: ReturnType<typeof parseWav>;
      try {
        sound = parseWav(bytes.subarray(0, length));
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
        return;
      }
      assert.ok(sound.samples.length > 0 && sound.samples.length <= length);
      assert.ok(sound.samples.every(sample => sample >= -1 && sample <= 1));
    }),
    {numRuns: 2000},
  );
});

test('channels can be kept side by side, and are written so', () => {
  const data = Buffer.of(0, 0x40, 0, 0x20, 0, 0xc0, 0, 0);
  const kept = parseWav(buildWav({tag: 1, channels: 2, bits: 16, data}), 'a.wav', {channels: 'kept'});
  assert.deepEqual(kept, {sampleRateHz: 8000, samples: Float32Array.of(0.5, 0.25, -0.5, 0), channels: 2});
  assert.deepEqual(parseWav(formatWav(kept), 'b.wav', {channels: 'kept'}), kept);
  assert.deepEqual([...parseWav(formatWav(kept)).samples], [0.375, -0.25]);
});
