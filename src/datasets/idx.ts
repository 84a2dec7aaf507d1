/**
 * IDX, the file format of MNIST: `00 00 type rank`, then `rank` sizes, then the values, everything big-endian.
 *
 * Only unsigned bytes (type 08) are read, which is what MNIST and its relatives hold.
 * Source: "The MNIST database of handwritten digits", section FILE FORMATS (LeCun, Cortes, Burges).
 */
import {constants, gunzipSync, gzipSync} from 'node:zlib';

import {badInput, expected} from '../core/checks';
import {readBytes} from './files';

export interface IdxArray {
  /** [count] for labels, [count, rows, columns] for pictures. */
  readonly shape: readonly number[];
  /** Row by row; a view on the file's bytes, not a copy. */
  readonly data: Uint8Array;
}

/** Reads `file`, gzipped or not (the first two bytes decide, not the name). */
export function readIdx(file: string): IdxArray {
  return parseIdx(readBytes(file), file);
}

/**
 * Two labels, 7 and 3: parseIdx(Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 7, 3])) has shape [2] and data 7, 3.
 *
 * @param file stands in the messages only.
 * @throws UserError on a foreign file, a truncated one, or one with bytes to spare.
 */
export function parseIdx(bytes: Uint8Array, file = 'IDX data'): IdxArray {
  const plain = isGzip(bytes) ? gunzipIdx(bytes, file) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const {shape, headerBytes, dataBytes} = parseHeader(plain, file);
  const got = plain.length - headerBytes;
  if (got !== dataBytes) {
    throw badInput(
      file,
      `an IDX file of shape [${shape.join(', ')}] with ${dataBytes} bytes of values`,
      `${got} bytes of values`,
    );
  }
  return {shape, data: plain.subarray(headerBytes)};
}

/** The bytes of an IDX file; parseIdx(formatIdx(array)) gives the array back. */
export function formatIdx({shape, data}: IdxArray, {gzip = false} = {}): Buffer {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== data.length) throw expected('data', `${count} values for shape [${shape.join(', ')}]`, data.length);
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = unsignedByte;
  header[3] = shape.length;
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  const plain = Buffer.concat([header, data]);
  return gzip ? gzipSync(plain, {level: 9}) : plain;
}

const unsignedByte = 8;
const maxRank = 4;
/** Deflate cannot pack more than 1,032 bytes into one, so a header that promises more is wrong before anything is unpacked. */
const maxDeflateRatio = 1032;

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function parseHeader(plain: Buffer, file: string): {shape: number[]; headerBytes: number; dataBytes: number} {
  const magic = plain.subarray(0, 4);
  const rank = magic[3] ?? 0;
  if (magic.length < 4 || magic[0] !== 0 || magic[1] !== 0 || magic[2] !== unsignedByte || rank < 1 || rank > maxRank) {
    throw badInput(
      file,
      `an IDX file of bytes (it begins 00 00 08 and a rank from 1 to ${maxRank})`,
      `the beginning ${hex(magic)}`,
    );
  }
  const headerBytes = 4 + 4 * rank;
  if (plain.length < headerBytes)
    throw badInput(file, `an IDX file with a header of ${headerBytes} bytes`, `${plain.length} bytes`);
  const shape = Array.from({length: rank}, (_, axis) => plain.readUInt32BE(4 + 4 * axis));
  return {shape, headerBytes, dataBytes: shape.reduce((product, size) => product * size, 1)};
}

/** Unpacks the header first and never allocates more than it promises. */
function gunzipIdx(bytes: Uint8Array, file: string): Buffer {
  try {
    const start = gunzipSync(bytes.subarray(0, 4096), {finishFlush: constants.Z_SYNC_FLUSH});
    const {headerBytes, dataBytes} = parseHeader(start, file);
    const size = headerBytes + dataBytes;
    if (size > bytes.length * maxDeflateRatio) {
      throw badInput(
        file,
        `a gzipped IDX file that holds the ${size} bytes of its header`,
        `${bytes.length} packed bytes`,
      );
    }
    return gunzipSync(bytes, {maxOutputLength: size + 1});
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw badInput(file, 'a gzipped IDX file as long as its header says', 'more bytes');
    if (code?.startsWith('Z_')) throw badInput(file, 'a whole gzip file', (error as Error).message);
    throw error;
  }
}

function hex(bytes: Uint8Array): string {
  return bytes.length === 0
    ? 'of an empty file'
    : Buffer.from(bytes)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1 ');
}
