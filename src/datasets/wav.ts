/**
 * WAV, the RIFF file format for sound: chunks of `id size bytes`, little-endian, of which `fmt ` and `data` matter here.
 *
 * Source: Microsoft, "Multiple Channel Audio Data and WAVE Files" (2007); IBM & Microsoft, "Multimedia Programming
 * Interface and Data Specifications 1.0" (1991), section WAVE.
 */
import {badInput} from '../core/checks';
import type {Sound} from '../core/types';
import {readBytes} from './files';
import {findChunks} from './wav-chunks';

export function readWav(file: string, options: WavOptions = {}): Sound {
  return parseWav(readBytes(file), file, options);
}

export interface WavOptions {
  /** 'mixed', the mean of all channels, unless told; 'kept' leaves them side by side. */
  readonly channels?: 'mixed' | 'kept';
  /** Where the samples go, for readers of many files: an array of this length that the caller owns. A new one unless told. */
  readonly room?: (length: number) => Float32Array;
}

/**
 * Reads 8-, 16-, 24- and 32-bit PCM and 32- and 64-bit float; several channels are averaged to one unless they are to be kept.
 *
 * Samples: 8-bit (v - 128) / 128; n-bit v / 2^(n-1), so that 16-bit 16384 becomes 0.5; float as it is, cut to [-1, 1].
 *
 * @param file stands in the messages only.
 * @throws UserError on a foreign, truncated or empty file, on another encoding, on sizes and rates in the header that contradict
 * each other or the file, and on samples that are not numbers.
 */
export function parseWav(
  bytes: Uint8Array,
  file = 'WAV data',
  {channels = 'mixed', room = newRoom}: WavOptions = {},
): Sound {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < 12 || ascii(buffer, 0) !== 'RIFF' || ascii(buffer, 8) !== 'WAVE') {
    throw badInput(file, 'a WAV file (it begins RIFF….WAVE)', beginning(buffer));
  }
  const chunks = findChunks(buffer, file);
  const format = parseFormat(chunks.fmt, file);
  const frameBytes = format.channels * format.bytesPerSample;
  if (chunks.data.length === 0 || chunks.data.length % frameBytes !== 0) {
    throw badInput(
      file,
      `a WAV file with whole frames of ${frameBytes} bytes, at least one`,
      `${chunks.data.length} bytes of sound`,
    );
  }
  const samples = readSamples(chunks.data, format, file, room);
  const {sampleRateHz} = format;
  if (format.channels === 1) return {sampleRateHz, samples};
  if (channels === 'kept') return {sampleRateHz, samples, channels: format.channels};
  return {sampleRateHz, samples: mixDown(samples, format.channels)};
}

/** A 16-bit PCM file. Samples outside [-1, 1] are cut; 0.5 becomes 16384, so that parseWav gives it back exactly. */
export function formatWav({sampleRateHz, samples, channels = 1}: Sound): Buffer {
  const dataBytes = samples.length * 2;
  const buffer = Buffer.alloc(44 + dataBytes);
  buffer.write('RIFF', 0, 'latin1');
  buffer.writeUInt32LE(36 + dataBytes, 4);
  buffer.write('WAVEfmt ', 8, 'latin1');
  buffer.writeUInt32LE(16, 16);
  buffer.writeUInt16LE(formatTags.pcm, 20);
  buffer.writeUInt16LE(channels, 22);
  buffer.writeUInt32LE(sampleRateHz, 24);
  buffer.writeUInt32LE(sampleRateHz * 2 * channels, 28); // bytes a second
  buffer.writeUInt16LE(2 * channels, 32); // bytes a frame
  buffer.writeUInt16LE(16, 34); // bits a sample
  buffer.write('data', 36, 'latin1');
  buffer.writeUInt32LE(dataBytes, 40);
  samples.forEach((sample, i) => {
    buffer.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(sample * 32768))), 44 + 2 * i);
  });
  return buffer;
}

const formatTags = {pcm: 1, float: 3, extensible: 0xfffe} as const;

interface Format {
  readonly isFloat: boolean;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bytesPerSample: number;
}

function parseFormat(fmt: Buffer, file: string): Format {
  if (fmt.length < 16)
    throw badInput(file, 'a WAV file with a format chunk of 16 bytes or more', `${fmt.length} bytes`);
  let tag = fmt.readUInt16LE(0);
  // The first two bytes of an extensible format's sub-format are the tag that it stands for.
  if (tag === formatTags.extensible && fmt.length >= 26) tag = fmt.readUInt16LE(24);
  const channels = fmt.readUInt16LE(2);
  const sampleRateHz = fmt.readUInt32LE(4);
  const bits = fmt.readUInt16LE(14);
  const isFloat = tag === formatTags.float;
  const known = (tag === formatTags.pcm && [8, 16, 24, 32].includes(bits)) || (isFloat && [32, 64].includes(bits));
  if (!known)
    throw badInput(
      file,
      'a WAV file of 8-, 16-, 24- or 32-bit PCM or 32- or 64-bit float',
      `format ${tag} with ${bits} bits`,
    );
  if (channels < 1) throw badInput(file, 'a WAV file of at least one channel', channels);
  if (sampleRateHz < 1) throw badInput(file, 'a WAV file with a sample rate', `${sampleRateHz} Hz`);
  assertSizes(fmt, file, (channels * bits) / 8, sampleRateHz);
  return {isFloat, channels, sampleRateHz, bytesPerSample: bits / 8};
}

/** 24 bits in 4 bytes, say, may lie at either end of them: such files are refused (as extensible ones they say 32 bits, and are read). */
function assertSizes(fmt: Buffer, file: string, frameBytes: number, sampleRateHz: number): void {
  const [bytesPerSecond, blockAlign] = [fmt.readUInt32LE(8), fmt.readUInt16LE(12)];
  if (blockAlign !== frameBytes)
    throw badInput(
      file,
      `a WAV file with ${frameBytes} bytes in a frame, by its channels and bits`,
      `${blockAlign} bytes`,
    );
  if (bytesPerSecond !== sampleRateHz * frameBytes)
    throw badInput(
      file,
      `a WAV file of ${sampleRateHz * frameBytes} bytes a second, by its rate and frames`,
      `${bytesPerSecond} bytes`,
    );
}

const newRoom = (length: number): Float32Array => new Float32Array(length);

function readSamples(data: Buffer, format: Format, file: string, room: NonNullable<WavOptions['room']>): Float32Array {
  const {bytesPerSample, channels} = format;
  if (!format.isFloat) return readIntegers(data, bytesPerSample, room(data.length / bytesPerSample));
  const values = room(data.length / bytesPerSample);
  for (let i = 0; i < values.length; i++) {
    const value = bytesPerSample === 4 ? data.readFloatLE(4 * i) : data.readDoubleLE(8 * i);
    if (Number.isNaN(value)) throw badInput(file, 'a WAV file of numbers', `NaN at sample ${Math.floor(i / channels)}`);
    values[i] = Math.max(-1, Math.min(1, value));
  }
  return values;
}

/** The mean of the channels at each moment. */
function mixDown(values: Float32Array, channels: number): Float32Array {
  const samples = new Float32Array(values.length / channels);
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += values[i * channels + channel]!;
    samples[i] = sum / channels;
  }
  return samples;
}

function readIntegers(data: Buffer, bytesPerSample: number, values: Float32Array): Float32Array {
  if (bytesPerSample === 2) {
    for (let i = 0; i < values.length; i++)
      values[i] = (((data[2 * i + 1]! << 24) | (data[2 * i]! << 16)) >> 16) / 32768;
    return values;
  }
  // 8-bit sound is unsigned; turning its highest bit makes it signed like the others.
  const turned = bytesPerSample === 1 ? 0x80 : 0;
  for (let i = 0, at = 0; i < values.length; i++) {
    let value = 0; // the sample's bytes, lowest first, shifted up to the top of 32 bits
    for (let byte = 4 - bytesPerSample; byte < 4; byte++) value |= (data[at++]! ^ turned) << (8 * byte);
    values[i] = value / 2 ** 31;
  }
  return values;
}

function ascii(buffer: Buffer, at: number): string {
  return buffer.toString('latin1', at, at + 4);
}

function beginning(buffer: Buffer): string {
  if (buffer.length === 0) return 'an empty file';
  return `the beginning ${buffer
    .subarray(0, 12)
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ')}`;
}
