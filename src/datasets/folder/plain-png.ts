/**
 * The usual PNG file of small data, read several times as fast as by a library for all of them: 8 bits a channel, grey or RGB, not
 * interlaced, without palette, transparency or profile. Whatever is unusual or damaged gives null, for another reader to judge.
 *
 * Source: "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5 (chunks), 9 (filters) and 11.2 (IHDR, IDAT).
 */
import * as zlib from 'node:zlib';

/** @returns height · width · channels bytes, or null. */
export function readPlainPng(bytes: Buffer, height: number, width: number, channels: 1 | 3): Uint8Array | null {
  if (bytes.length < 57 || bytes.readUInt32BE(0) !== 0x89504e47 || bytes.readUInt32BE(4) !== 0x0d0a1a0a) return null;
  const isFitting =
    bytes.toString('latin1', 12, 16) === 'IHDR' &&
    bytes.readUInt32BE(16) === width &&
    bytes.readUInt32BE(20) === height &&
    bytes[24] === 8 &&
    bytes[25] === (channels === 1 ? 0 : 2) &&
    bytes.readUInt16BE(26) === 0 &&
    bytes[28] === 0;
  const packed = isFitting ? packedData(bytes) : null;
  if (!packed) return null;
  const row = width * channels;
  const size = height * (row + 1);
  let lines: Buffer;
  try {
    // What would unpack to more than the picture has is refused before it is unpacked.
    lines = zlib.inflateSync(packed, {maxOutputLength: size, chunkSize: Math.max(64, size)});
  } catch {
    return null;
  }
  return lines.length === size ? unfilter(lines, height, row, channels) : null;
}

/** The data of all IDAT chunks; null where a chunk is unusual, cut off, or fails its checksum. */
function packedData(bytes: Buffer): Uint8Array | null {
  const found: Buffer[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 8 + length;
    if (!plainChunks.has(type) || end + 4 > bytes.length) return null;
    if (checksum && checksum(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return null;
    if (type === 'IDAT') found.push(bytes.subarray(at + 8, end));
    if (type === 'IEND') return found.length === 1 ? found[0]! : Buffer.concat(found);
    at = end + 4;
  }
  return null;
}

/** Chunks that change no pixel. */
const plainChunks = new Set(['IHDR', 'IDAT', 'IEND', 'pHYs', 'tEXt', 'tIME', 'sRGB']);

/** Newer than the types that this is compiled with; there since Node 20.15. */
const checksum = (zlib as unknown as {crc32?: (data: Uint8Array) => number}).crc32;

/** Undoes the five filters, row by row: none, left, up, their mean, and Paeth's choice of left, up and corner. */
function unfilter(lines: Buffer, height: number, row: number, step: number): Uint8Array | null {
  const out = new Uint8Array(height * row);
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    const filter = lines[from++]!;
    if (filter > 4) return null;
    for (let x = 0; x < row; x++, from++, to++) {
      const left = x >= step ? out[to - step]! : 0;
      const up = y > 0 ? out[to - row]! : 0;
      const corner = x >= step && y > 0 ? out[to - row - step]! : 0;
      out[to] = lines[from]! + predict(filter, left, up, corner);
    }
  }
  return out;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4:
      return paeth(left, up, corner);
    default:
      return 0;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
