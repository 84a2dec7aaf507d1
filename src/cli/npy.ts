/**
 * Arrays in NumPy's .npy format, version 1.0: the bytes 93 4e 55 4d 50 59, a version, a header that is a Python
 * dictionary, padded so that the values begin at a multiple of 64, then the values, row-major and little-endian.
 *
 * Format: numpy.lib.format, "Format Version 1.0" (NumPy Enhancement Proposal 1).
 */
import {badInput, expected} from '../core/checks';
import {readFileOrFail, writeFileWhole} from '../core/files';

export interface NpyArray {
  /** As NumPy writes it, for example '<f4'. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Row by row. */
  readonly values: Float32Array;
}

/** How one value of a type is read, little-endian. */
const readers: Readonly<Record<string, readonly [bytes: number, read: (bytes: DataView, at: number) => number]>> = {
  f4: [4, (bytes, at) => bytes.getFloat32(at, true)],
  f8: [8, (bytes, at) => bytes.getFloat64(at, true)],
  i1: [1, (bytes, at) => bytes.getInt8(at)],
  i2: [2, (bytes, at) => bytes.getInt16(at, true)],
  i4: [4, (bytes, at) => bytes.getInt32(at, true)],
  i8: [8, (bytes, at) => Number(bytes.getBigInt64(at, true))],
  u1: [1, (bytes, at) => bytes.getUint8(at)],
  u2: [2, (bytes, at) => bytes.getUint16(at, true)],
  u4: [4, (bytes, at) => bytes.getUint32(at, true)],
  b1: [1, (bytes, at) => bytes.getUint8(at)],
};

/**
 * Reads what `numpy.save` wrote: versions 1 to 3 of the format, numbers of 1, 2, 4 or 8 bytes, little-endian, in C order.
 *
 * @throws UserError that names the file for anything else, and for a file that ends early.
 */
export function readNpy(file: string): NpyArray {
  const bytes = readFileOrFail(file, 'samples');
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY') {
    throw badInput(file, 'an array as numpy.save writes it', 'another kind of file');
  }
  const isFirstVersion = bytes[6] === 1;
  const start = isFirstVersion ? 10 : 12;
  const end = start + (isFirstVersion ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  const header = bytes.toString('latin1', start, end);
  const dtype = header.match(/'descr': *'([^']+)'/)?.[1];
  const tuple = header.match(/'shape': *\(([^)]*)\)/)?.[1];
  if (dtype === undefined || tuple === undefined) {
    throw badInput(file, 'an array of numbers', 'a header without descr and shape (a record or pickled objects?)');
  }
  const reader = /^[<|=]/.test(dtype) ? readers[dtype.slice(1)] : undefined;
  if (!reader) throw badInput(file, `of one of the types ${Object.keys(readers).join(', ')}, little-endian`, dtype);
  if (!/'fortran_order': *False/.test(header)) {
    throw badInput(file, 'in C order (numpy.ascontiguousarray)', 'an array in Fortran order');
  }
  const shape = tuple.split(',').flatMap(text => (text.trim() === '' ? [] : Number(text)));
  const size = shape.reduce((product, n) => product * n, 1);
  const [width, read] = reader;
  if (bytes.length - end !== size * width) {
    throw badInput(file, `${size * width} bytes of values long (shape [${shape.join(', ')}])`, bytes.length - end);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + end);
  return {dtype, shape, values: Float32Array.from({length: size}, (_, i) => read(view, i * width))};
}

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
