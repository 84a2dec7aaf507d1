import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {beforeEach, test} from 'node:test';
import {assertReplaceable, writeFolderWhole} from '../../src/cli/output-folder';

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'output-test-'));
const folder = path.join(base, 'deep', 'results');
const inside = (name: string) => path.join(folder, name);
test.after(() => fs.rmSync(base, {recursive: true}));
beforeEach(() => fs.rmSync(path.join(base, 'deep'), {recursive: true, force: true}));

const write = (text: string) => (temporary: string) => fs.writeFileSync(path.join(temporary, 'report.json'), text);

test('a new folder appears whole, a second run replaces the first', async () => {
  await writeFolderWhole(folder, 'report.json', write('one'));
  fs.writeFileSync(inside('left-over.txt'), '');
  await writeFolderWhole(folder, 'report.json', write('two'));
  assert.equal(fs.readFileSync(inside('report.json'), 'utf8'), 'two');
  assert.deepEqual(fs.readdirSync(path.dirname(folder)), ['results']);
  assert.deepEqual(fs.readdirSync(folder), ['report.json']);
});

test('a full disk half-way: one line, the older folder stays, no remains', async () => {
  await writeFolderWhole(folder, 'report.json', write('whole'));
  const full = (temporary: string): void => {
    write('half')(temporary);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC', syscall: 'write'});
  };
  await assert.rejects(writeFolderWhole(folder, 'report.json', full), {
    name: 'UserError',
    message: `Cannot write ${folder}: the disk is full (ENOSPC).`,
    exitCode: 4,
  });
  assert.equal(fs.readFileSync(inside('report.json'), 'utf8'), 'whole');
  assert.deepEqual(fs.readdirSync(path.dirname(folder)), ['results']);
});

test('the first run on a full disk leaves nothing at all', async () => {
  const full = () => Promise.reject(Object.assign(new Error('x'), {code: 'ENOSPC', syscall: 'write'}));
  await assert.rejects(writeFolderWhole(folder, 'report.json', full), {exitCode: 4});
  assert.deepEqual(fs.readdirSync(path.dirname(folder)), []);
});

test("a folder with somebody's files, and a file, are refused and left alone", async () => {
  fs.mkdirSync(folder, {recursive: true});
  fs.writeFileSync(inside('thesis.tex'), 'precious');
  await assert.rejects(writeFolderWhole(folder, 'report.json', write('x')), {
    message: `Expected --out to be a new or an empty folder, or one with report.json in it, got ${folder}, which holds other things.`,
  });
  assert.equal(fs.readFileSync(inside('thesis.tex'), 'utf8'), 'precious');
  assert.throws(() => assertReplaceable(inside('thesis.tex'), 'report.json'), {
    message: /got the file .*thesis\.tex\.$/,
  });
  assert.throws(() => assertReplaceable(path.join(inside('thesis.tex'), 'a', 'b'), 'report.json'), {
    message: /got a path through the file .*thesis\.tex\.$/,
  });
  assert.doesNotThrow(() => assertReplaceable(inside('new'), 'report.json'));
});
