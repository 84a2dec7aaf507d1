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
  behind?: Buffer;
}

const none = Buffer.alloc(0);

function buildWav({tag, channels, bits, data, extensibleTag, between = none, behind = none}: WavFields): Buffer {
  const fmt = Buffer.alloc(extensibleTag === undefined ? 16 : 40);
  fmt.writeUInt16LE(tag, 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(8000, 4);
  fmt.writeUInt32LE(1000 * bits * channels, 8);
  fmt.writeUInt16LE((bits * channels) >> 3, 12);
  fmt.writeUInt16LE(bits, 14);
  if (extensibleTag !== undefined) fmt.writeUInt16LE(extensibleTag, 24);
  const body = Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', fmt), between, chunk('data', data), behind]);
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

const tone = {tag: 1, channels: 1, bits: 16, data: Buffer.of(0, 0x40, 0, 0x20)};

/** A copy with a number of 16 or 32 bits in the header replaced. */
function withNumber(bytes: Buffer, at: number, value: number, bits: 16 | 32 = 32): Buffer {
  const copy = Buffer.from(bytes);
  if (bits === 16) copy.writeUInt16LE(value, at);
  else copy.writeUInt32LE(value, at);
  return copy;
}

test('sizes and rates that contradict each other or the file are named', () => {
  const good = buildWav(tone);
  const long = Buffer.concat([good, Buffer.from('junk and junk')]);
  const cases: [Buffer, RegExp][] = [
    [withNumber(good, 32, 4, 16), /with 2 bytes in a frame, by its channels and bits, got 4 bytes\.$/],
    [withNumber(buildWav({...tone, bits: 24, data: Buffer.alloc(8)}), 32, 4, 16), /3 bytes in a frame.*got 4 bytes\.$/],
    [withNumber(good, 28, 8000), /of 16000 bytes a second, by its rate and frames, got 8000 bytes\.$/],
    [
      withNumber(good, 40, 2),
      /with nothing but chunks behind the 2 bytes of its sound, got 2 bytes of something else\.$/,
    ],
    [withNumber(long, 4, long.length - 8), /behind the 4 bytes of its sound, got 13 bytes of something else\.$/],
    [long, /behind the 4 bytes of its sound, got 13 bytes/],
    [buildWav({...tone, behind: Buffer.alloc(16)}), /behind the 4 bytes of its sound, got 16 bytes/],
    [buildWav({...tone, behind: chunk('data', tone.data)}), /with one data chunk, got two of them\.$/],
    [withNumber(good, 4, 100), /^Expected a\.wav to be a WAV file of 108 bytes, as its header says, got 48 bytes\.$/],
    [Buffer.concat([good, chunk('LIST', none)]), /a WAV file of 48 bytes, as its header says, got 56 bytes\.$/],
    // The file's size is known, so that of the sound must be.
    [withNumber(good, 40, 0xffffffff), /with 4294967295 bytes in its data chunk, got 4 bytes\.$/],
  ];
  for (const [bytes, pattern] of cases)
    assert.throws(() => parseWav(bytes, 'a.wav'), inputError(pattern), String(pattern));
});

test('chunks behind the sound, padding or none, and files of writers to a pipe are read', () => {
  const samples = [0.5, 0.25];
  const good = buildWav(tone);
  const odd = buildWav({tag: 1, channels: 1, bits: 8, data: Buffer.of(192)});
  const behind = Buffer.concat([chunk('LIST', Buffer.from('INFOabc')), chunk('id3 ', Buffer.from('tag'))]);
  const cases: [string, Buffer, number[]][] = [
    ['chunks behind', buildWav({...tone, behind}), samples],
    ['padding that the size leaves out', withNumber(odd, 4, odd.length - 9), [0.5]],
    ['no padding', odd.subarray(0, -1), [0.5]],
    ['only the size of the file unknown', withNumber(buildWav({...tone, behind}), 4, 0), samples],
  ];
  for (const unknown of [0, 0xffffffff, 0x7ffff000, 0x7fffffff]) {
    const streamed = withNumber(withNumber(good, 4, Math.min(0xffffffff, unknown + 36)), 40, unknown);
    cases.push([`streamed with ${unknown}`, unknown === 0 ? withNumber(streamed, 4, 0) : streamed, samples]);
  }
  for (const [name, bytes, wanted] of cases) assert.deepEqual([...parseWav(bytes).samples], wanted, name);
  assert.throws(() => parseWav(withNumber(withNumber(good, 4, 0), 40, 2)), /got 2 bytes of something else/);
});

test('24 of 32 bits are read where the file is extensible: they lie at the upper end', () => {
  const data = Buffer.of(0, 0, 0, 0x60);
  const bytes = buildWav({tag: 0xfffe, extensibleTag: 1, channels: 1, bits: 32, data});
  assert.deepEqual([...parseWav(withNumber(bytes, 38, 24, 16)).samples], [0.75]);
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
