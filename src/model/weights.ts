/**
 * Tensors in a safetensors file: 8 bytes little-endian header length, a JSON header {name: {dtype, shape, data_offsets}},
 * then the raw values. Float32 only. Reading trusts nothing: every length and offset is checked against the file's size first.
 *
 * Format: safetensors (github.com/huggingface/safetensors, "Format" in its README).
 */
import {badInput} from '../core/checks';
import {readFileOrFail, writeFileWhole} from '../core/files';
import type {tf} from '../core/tensorflow';

export interface StoredTensor {
  readonly shape: number[];
  readonly data: Float32Array;
}

export interface Weights {
  readonly tensors: Record<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/** Writes the tensors in the order of their keys; the same values give the same bytes. */
export function writeSafetensors(
  file: string,
  tensors: Readonly<Record<string, tf.Tensor | StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const data =
      'data' in tensor && tensor.data instanceof Float32Array
        ? tensor.data
        : ((tensor as tf.Tensor).dataSync() as Float32Array);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    header[name] = {dtype: 'F32', shape: tensor.shape, data_offsets: [offset, offset + bytes.length]};
    chunks.push(bytes);
    offset += bytes.length;
  }
  const text = JSON.stringify(header);
  // The format asks for a header padded with spaces, so that the values begin at a multiple of 8 bytes.
  const json = Buffer.from(
    text.padEnd(Math.ceil(Buffer.byteLength(text) / 8) * 8 - (Buffer.byteLength(text) - text.length), ' '),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileWhole(file, Buffer.concat([length, json, ...chunks]));
}

/** Reads every tensor; throws a UserError that names the file and what is wrong with it. */
export function readSafetensors(file: string): Weights {
  const bytes = readFileOrFail(file, 'weights');
  const {header, valuesAt} = readHeader(file, bytes);
  const tensors: Record<string, StoredTensor> = {};
  const metadata: Record<string, string> = {};
  const spans: [number, number][] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, value] of Object.entries(entry as Record<string, unknown>)) metadata[key] = String(value);
      continue;
    }
    const {shape, begin, end} = checkEntry(file, name, entry, bytes.length - valuesAt);
    spans.push([begin, end]);
    const data = new Float32Array((end - begin) / 4);
    bytes.copy(new Uint8Array(data.buffer), 0, valuesAt + begin, valuesAt + end);
    tensors[name] = {shape, data};
  }
  spans.sort((a, b) => a[0] - b[0]);
  spans.reduce((last, [begin, end]) => {
    if (begin < last)
      throw badInput(file, 'a safetensors file whose tensors do not overlap', `offset ${begin} before ${last}`);
    return end;
  }, 0);
  return {tensors, metadata};
}

function readHeader(file: string, bytes: Buffer): {header: Record<string, unknown>; valuesAt: number} {
  if (bytes.length < 8) throw badInput(file, 'a safetensors file', `${bytes.length} bytes`);
  const length = bytes.readBigUInt64LE(0);
  if (length > BigInt(bytes.length - 8)) {
    throw badInput(file, 'a whole safetensors file', `${bytes.length} bytes where the header alone says ${length}`);
  }
  const valuesAt = 8 + Number(length);
  try {
    const header = JSON.parse(bytes.toString('utf8', 8, valuesAt));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return {header, valuesAt};
  } catch {
    // Falls through to the same message as a header of another type.
  }
  throw badInput(file, 'a safetensors file', 'a header that is not a JSON object');
}

function checkEntry(
  file: string,
  name: string,
  entry: unknown,
  size: number,
): {shape: number[]; begin: number; end: number} {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (entry ?? {}) as {dtype?: unknown; shape?: unknown; data_offsets?: unknown};
  const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  if (dtype !== 'F32') throw badInput(`${file}: ${name}`, 'of type F32', dtype);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw badInput(`${file}: ${name}`, 'of a valid shape', shape);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw badInput(`${file}: ${name}`, 'given two offsets', offsets);
  }
  const [begin, end] = offsets as [number, number];
  const wantedBytes = shape.reduce((product, n) => product * n, 4);
  if (end - begin !== wantedBytes || end > size) {
    throw badInput(`${file}: ${name}`, `${wantedBytes} bytes inside the file's ${size}`, `offsets ${begin} to ${end}`);
  }
  return {shape, begin, end};
}
