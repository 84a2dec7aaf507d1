/** The chunks of a WAV file, `id size bytes`, and whether what they say of their sizes is so. */
import {badInput} from '../core/checks';

export interface WavChunks {
  readonly fmt: Buffer;
  readonly data: Buffer;
}

/**
 * Finds `fmt ` and `data`. The sizes of the file and of all chunks must be right to a byte of padding, with nothing else behind the
 * sound: a `data` chunk that says less than there is would be a clip that ends early, silently.
 *
 * Writers to a pipe cannot go back and fill sizes in: where the file's size is unknown, so may be that of `data`, which then goes to
 * the end.
 *
 * @throws UserError that says which size is wrong.
 */
export function findChunks(buffer: Buffer, file: string): WavChunks {
  const found: {fmt?: Buffer; data?: Buffer} = {};
  const wholeSize = buffer.readUInt32LE(4);
  const isStreamed = isUnknown(wholeSize, buffer.length - 8);
  let at = 12;
  while (at + 8 <= buffer.length) {
    const id = buffer.toString('latin1', at, at + 4);
    const left = buffer.length - at - 8;
    const said = buffer.readUInt32LE(at + 4);
    const size = isStreamed && id === 'data' && isUnknown(said, left) ? left : said;
    if (found.data && (size > left || /[^ -~]/.test(id))) break;
    if (size > left)
      throw badInput(file, `a WAV file with ${size} bytes in its ${printable(id)} chunk`, `${left} bytes`);
    const body = buffer.subarray(at + 8, at + 8 + size);
    if (id === 'fmt ') found.fmt ??= body;
    if (id === 'data') {
      if (!found.fmt) throw badInput(file, 'a WAV file with a format chunk', 'none before its sound');
      if (found.data) throw badInput(file, 'a WAV file with one data chunk', 'two of them');
      found.data = body;
    }
    at += 8 + size + (size % 2); // a chunk of odd size is followed by one byte of padding
  }
  const {fmt, data} = found;
  if (!fmt) throw badInput(file, 'a WAV file with a format chunk', 'none before its sound');
  if (!data) throw badInput(file, 'a WAV file with a data chunk', `${buffer.length} bytes without one`);
  const rest = buffer.length - at;
  if (rest > 1)
    throw badInput(
      file,
      `a WAV file with nothing but chunks behind the ${data.length} bytes of its sound`,
      `${rest} bytes of something else`,
    );
  if (!isStreamed && Math.abs(wholeSize + 8 - buffer.length) > 1)
    throw badInput(file, `a WAV file of ${wholeSize + 8} bytes, as its header says`, `${buffer.length} bytes`);
  return {fmt, data};
}

/** 0, or one that fills 31 or 32 bits (0xffffffff; 0x7ffff000 and a little more in sox and eSpeak) and is not there. */
function isUnknown(size: number, left: number): boolean {
  return size === 0 || (size >= 0x7fff_f000 && size > left);
}

/** 'fmt ' is 'fmt'; bytes that are no letters become question marks, so that a message stays one line. */
function printable(id: string): string {
  return id.replace(/[^ -~]/g, '?').trim();
}
