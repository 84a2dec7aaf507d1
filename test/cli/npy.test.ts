import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {test} from 'node:test';
import fc from 'fast-check';
import {writeNpy} from '../../src/cli/npy';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'npy-test-'));
test.after(() => fs.rmSync(folder, {recursive: true}));
const file = path.join(folder, 'values.npy');

/** Reads as the format's description says, independently of the writer. */
function readNpy(bytes: Buffer): {header: string; values: Buffer; dataOffset: number} {
  assert.equal(bytes.toString('latin1', 0, 8), '\x93NUMPY\x01\x00');
  const dataOffset = 10 + bytes.readUInt16LE(8);
  return {header: bytes.toString('latin1', 10, dataOffset), values: bytes.subarray(dataOffset), dataOffset};
}

test('float32 of shape [2, 3]: header, alignment and bytes', () => {
  writeNpy(file, Float32Array.of(1, -2, 0.5, 3, 4, -0.25), [2, 3]);
  const {header, values, dataOffset} = readNpy(fs.readFileSync(file));
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
      const read = readNpy(fs.readFileSync(file));
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
