import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {test} from 'node:test';
import fc from 'fast-check';
import {readNpy, writeNpy} from '../../src/cli/npy';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'npy-test-'));
test.after(() => fs.rmSync(folder, {recursive: true}));
const file = path.join(folder, 'values.npy');

/** Reads as the format's description says, independently of the writer. */
function parseNpy(bytes: Buffer): {header: string; values: Buffer; dataOffset: number} {
  assert.equal(bytes.toString('latin1', 0, 8), '\x93NUMPY\x01\x00');
  const dataOffset = 10 + bytes.readUInt16LE(8);
  return {header: bytes.toString('latin1', 10, dataOffset), values: bytes.subarray(dataOffset), dataOffset};
}

test('float32 of shape [2, 3]: header, alignment and bytes', () => {
  writeNpy(file, Float32Array.of(1, -2, 0.5, 3, 4, -0.25), [2, 3]);
  const {header, values, dataOffset} = parseNpy(fs.readFileSync(file));
  assert.equal(header.trimEnd(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  assert.ok(header.endsWith(' \n'));
  assert.equal(dataOffset, 128);
  assert.equal(values.length, 24);
  assert.equal(values.readFloatLE(4), -2);
  assert.equal(values.readFloatLE(20), -0.25);
});

test('any shape: the values begin at a multiple of 64 and come back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({min: 1, max: 4}), {minLength: 1, maxLength: 6}), fc.boolean(), (shape, whole) => {
      const size = shape.reduce((product, n) => product * n, 1);
      const numbers = Array.from({length: size}, (_, i) => (i % 7) - 3);
      const values = whole ? Int32Array.from(numbers) : Float32Array.from(numbers);
      writeNpy(file, values, shape);
      const read = parseNpy(fs.readFileSync(file));
      assert.equal(read.dataOffset % 64, 0);
      assert.deepEqual(
        numbers,
        numbers.map((_, i) => (whole ? read.values.readInt32LE(4 * i) : read.values.readFloatLE(4 * i))),
      );
    }),
    {numRuns: 50},
  );
});

test('numpy itself reads it, where Python has numpy', t => {
  const python = 'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a.ravel().tolist())';
  writeNpy(file, Int32Array.of(5, -6, 7), [3]);
  const own = path.resolve(__dirname, '..', '..', '.venv', 'bin', 'python');
  const program = fs.existsSync(own) ? own : 'python3';
  if (spawnSync(program, ['-c', 'import numpy']).status !== 0) return t.skip(`no numpy in ${path.basename(program)}`);
  const {status, stdout, stderr} = spawnSync(program, ['-c', python, file]);
  assert.equal(status, 0, String(stderr));
  assert.equal(stdout.toString().trim(), 'int32 (3,) [5, -6, 7]');
});

test('a shape that does not fit the values is refused', () => {
  assert.throws(() => writeNpy(file, new Float32Array(5), [2, 3]), {
    message: /^Expected .*values\.npy's values to be 6 for shape \[2, 3\], got 5\.$/,
  });
});

test('reading: what was written comes back, in every type that numpy has for plain numbers', () => {
  writeNpy(file, Float32Array.of(1, -2, 0.5, 3, 4, -0.25), [2, 3]);
  const {dtype, shape, values} = readNpy(file);
  assert.deepEqual([dtype, shape, [...values]], ['<f4', [2, 3], [1, -2, 0.5, 3, 4, -0.25]]);
  const write = (descr: string, bytes: Buffer, count = 2, order = 'False'): void => {
    const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${count},), }\n`;
    const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
    start.writeUInt16LE(header.length, 8);
    fs.writeFileSync(file, Buffer.concat([start, Buffer.from(header, 'latin1'), bytes]));
  };
  const eight = Buffer.alloc(16);
  eight.writeDoubleLE(-1.5, 0);
  eight.writeDoubleLE(250, 8);
  write('<f8', eight);
  assert.deepEqual([...readNpy(file).values], [-1.5, 250]);
  eight.writeBigInt64LE(-7n, 0);
  eight.writeBigInt64LE(9n, 8);
  write('<i8', eight);
  assert.deepEqual([...readNpy(file).values], [-7, 9]);
  write('|u1', Buffer.of(0, 255));
  assert.deepEqual([...readNpy(file).values], [0, 255]);
  write('<i2', Buffer.of(0xfe, 0xff, 3, 0));
  assert.deepEqual([...readNpy(file).values], [-2, 3]);

  write('>f4', Buffer.alloc(8));
  assert.throws(() => readNpy(file), /values\.npy to be of one of the types .*, little-endian, got ">f4"\.$/);
  write('<f4', Buffer.alloc(8), 2, 'True');
  assert.throws(() => readNpy(file), /to be in C order \(numpy\.ascontiguousarray\), got an array in Fortran order\.$/);
  write('<f4', Buffer.alloc(7));
  assert.throws(() => readNpy(file), /to be 8 bytes of values long \(shape \[2\]\), got 7\.$/);
  fs.writeFileSync(file, 'PNG, or what a person took for an array');
  assert.throws(() => readNpy(file), /to be an array as numpy\.save writes it, got another kind of file\.$/);
});
