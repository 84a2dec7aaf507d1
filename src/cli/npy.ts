/**
 * Arrays in NumPy's .npy format, version 1.0: the bytes 93 4e 55 4d 50 59, a version, a header that is a Python
 * dictionary, padded so that the values begin at a multiple of 64, then the values, row-major and little-endian.
 *
 * Format: numpy.lib.format, "Format Version 1.0" (NumPy Enhancement Proposal 1).
 */
import {expected} from '../core/checks';
import {writeFileWhole} from '../core/files';

/** `numpy.load(file)` gives an array of this shape, float32 or int32. */
export function writeNpy(file: string, values: Float32Array | Int32Array, shape: readonly number[]): void {
  const size = shape.reduce((product, n) => product * n, 1);
  if (size !== values.length)
    throw expected(`${file}'s values`, `${size} for shape [${shape.join(', ')}]`, values.length);
  const header = npyHeader(values instanceof Float32Array ? '<f4' : '<i4', shape);
  writeFileWhole(file, Buffer.concat([header, Buffer.from(values.buffer, values.byteOffset, values.byteLength)]));
}

function npyHeader(dtype: string, shape: readonly number[]): Buffer {
  // A tuple of one number needs its comma in Python.
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefixBytes = 10;
  const total = Math.ceil((prefixBytes + dictionary.length + 1) / 64) * 64;
  const header = Buffer.alloc(total, ' ');
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  header.writeUInt16LE(total - prefixBytes, 8);
  header.write(dictionary, prefixBytes, 'latin1');
  header.write('\n', total - 1, 'latin1');
  return header;
}
