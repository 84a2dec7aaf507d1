import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {test} from 'node:test';
import fc from 'fast-check';
import {UserError} from '../../src/core/checks';
import {readSafetensors, writeSafetensors} from '../../src/model/weights';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weights-'));
const file = path.join(folder, 'w.safetensors');
test.after(() => fs.rmSync(folder, {recursive: true}));

test('values, shapes and metadata come back bit-equal', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string({minLength: 1}).filter(key => key !== '__metadata__' && key !== '__proto__'),
        fc.array(fc.float({noNaN: true}), {maxLength: 12}),
      ),
      fc.string(),
      (lists, note) => {
        const tensors = Object.fromEntries(
          Object.entries(lists).map(([name, list]) => [name, {shape: [list.length, 1], data: Float32Array.from(list)}]),
        );
        writeSafetensors(file, tensors, {note});
        const back = readSafetensors(file);
        assert.equal(back.metadata['note'], note);
        assert.deepEqual(back.tensors, tensors);
        assert.equal(
          (fs.statSync(file).size - Object.values(lists).reduce((n, list) => n + 4 * list.length, 0)) % 8,
          0,
        );
      },
    ),
    {numRuns: 60},
  );
});

test('a damaged file gives a typed error that names it, or good tensors; never anything else', () => {
  writeSafetensors(
    file,
    {a: {shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6)}, b: {shape: [], data: Float32Array.of(7)}},
    {kind: 'test'},
  );
  const whole = fs.readFileSync(file);
  let refused = 0;
  fc.assert(
    fc.property(fc.nat({max: whole.length - 1}), fc.integer({min: 1, max: 255}), fc.boolean(), (at, flip, cut) => {
      const damaged = Buffer.from(cut ? whole.subarray(0, at) : whole);
      if (!cut) damaged[at]! ^= flip;
      fs.writeFileSync(file, damaged);
      try {
        readSafetensors(file);
      } catch (error) {
        refused++;
        assert.ok(
          error instanceof UserError && error.message.includes('w.safetensors') && !error.message.includes('\n'),
          String(error),
        );
      }
    }),
    {numRuns: 600},
  );
  assert.ok(refused > 100, `only ${refused} of 600 damaged files were refused`);
});

test('overlapping offsets and huge lengths are refused without allocating them', () => {
  const make = (header: object, bytes: number) => {
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    fs.writeFileSync(file, Buffer.concat([length, json, Buffer.alloc(bytes)]));
  };
  make({a: {dtype: 'F32', shape: [2], data_offsets: [0, 8]}, b: {dtype: 'F32', shape: [1], data_offsets: [4, 8]}}, 8);
  assert.throws(() => readSafetensors(file), /overlap/);
  make({a: {dtype: 'F32', shape: [2 ** 40], data_offsets: [0, 2 ** 42]}}, 8);
  assert.throws(
    () => readSafetensors(file),
    /Expected .*: a to be 4398046511104 bytes inside the file's 8, got offsets 0 to 4398046511104\./,
  );
  fs.writeFileSync(file, Buffer.from('ffffffffffffff7f', 'hex'));
  assert.throws(() => readSafetensors(file), /header alone says 9223372036854775807/);
});
