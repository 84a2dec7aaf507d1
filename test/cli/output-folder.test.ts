import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {beforeEach, test} from 'node:test';
import {reportMark, withSibling, writeFolderWhole} from '../../src/cli/output-folder';
import {assertFileWritable, assertReplaceable, isMarked, makeSibling, putInPlace} from '../../src/core/folders';

const base = fs.mkdtempSync(path.join(os.tmpdir(), 'output-test-'));
const folder = path.join(base, 'deep', 'results');
const inside = (name: string) => path.join(folder, name);
test.after(() => fs.rmSync(base, {recursive: true}));
beforeEach(() => fs.rmSync(path.join(base, 'deep'), {recursive: true, force: true}));

const report = (run: string): string => JSON.stringify({package: 'multimodal-gan', run});
const write = (run: string) => (temporary: string) =>
  fs.writeFileSync(path.join(temporary, 'report.json'), report(run));
const standing = (): string => JSON.parse(fs.readFileSync(inside('report.json'), 'utf8')).run;
const beside = (): string[] => fs.readdirSync(path.dirname(folder)).sort();

test('a new folder appears whole, a second run replaces the first', async () => {
  await writeFolderWhole(folder, reportMark, write('one'));
  fs.writeFileSync(inside('left-over.txt'), '');
  await writeFolderWhole(folder, reportMark, write('two'));
  assert.equal(standing(), 'two');
  assert.deepEqual(beside(), ['results']);
  assert.deepEqual(fs.readdirSync(folder), ['report.json']);
  assert.equal(fs.statSync(folder).mode & 0o777, 0o777 & ~process.umask(), 'the rights of any new folder');
});

test("somebody's folders with names close by are not touched", async () => {
  for (const name of ['results.old', 'results.tmp', '.results']) {
    fs.mkdirSync(path.join(base, 'deep', name), {recursive: true});
    fs.writeFileSync(path.join(base, 'deep', name, 'thesis.tex'), name);
  }
  await writeFolderWhole(folder, reportMark, write('one'));
  await writeFolderWhole(folder, reportMark, write('two'));
  assert.deepEqual(beside(), ['.results', 'results', 'results.old', 'results.tmp']);
  for (const name of ['results.old', 'results.tmp', '.results'])
    assert.equal(fs.readFileSync(path.join(base, 'deep', name, 'thesis.tex'), 'utf8'), name);
});

test('two runs with the same place do not tear each other: the later one stands, whole', async () => {
  await writeFolderWhole(folder, reportMark, write('older'));
  const slow = (run: string, milliseconds: number) => async (temporary: string) => {
    fs.writeFileSync(path.join(temporary, 'samples.txt'), run);
    await new Promise(resolve => setTimeout(resolve, milliseconds));
    write(run)(temporary);
  };
  await Promise.all([
    writeFolderWhole(folder, reportMark, slow('slow', 60)),
    writeFolderWhole(folder, reportMark, slow('quick', 5)),
  ]);
  assert.equal(standing(), 'slow');
  assert.equal(fs.readFileSync(inside('samples.txt'), 'utf8'), 'slow');
  assert.deepEqual(beside(), ['results']);
});

test('what stood there comes back when the new folder cannot be put in its place', () => {
  fs.mkdirSync(folder, {recursive: true});
  write('whole')(folder);
  const missing = path.join(base, 'deep', 'is-not-there');
  assert.throws(() => putInPlace(missing, folder, reportMark), {code: 'ENOENT'});
  assert.equal(standing(), 'whole');
  assert.deepEqual(beside(), ['results']);
});

test('a full disk half-way: one line, the older folder stays, no remains', async () => {
  await writeFolderWhole(folder, reportMark, write('whole'));
  const full = (temporary: string): void => {
    write('half')(temporary);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC', syscall: 'write'});
  };
  await assert.rejects(writeFolderWhole(folder, reportMark, full), {
    name: 'UserError',
    message: `Cannot write ${folder}: the disk is full (ENOSPC).`,
    exitCode: 4,
  });
  assert.equal(standing(), 'whole');
  assert.deepEqual(beside(), ['results']);
});

test('the first run on a full disk leaves nothing at all, and its clean-up listener neither', async () => {
  const listeners = process.listenerCount('exit');
  const full = () => Promise.reject(Object.assign(new Error('x'), {code: 'ENOSPC', syscall: 'write'}));
  await assert.rejects(writeFolderWhole(folder, reportMark, full), {exitCode: 4});
  assert.deepEqual(beside(), []);
  assert.equal(process.listenerCount('exit'), listeners);
  assert.equal(await withSibling(folder, async sibling => fs.existsSync(sibling)), true);
  assert.deepEqual(beside(), []);
});

test('a folder is ours by what its file says, not by the file’s name', async () => {
  fs.mkdirSync(folder, {recursive: true});
  for (const foreign of ['{"package": "theirs"}', '{}', 'null', '"multimodal-gan"', 'no JSON', '']) {
    fs.writeFileSync(inside('report.json'), foreign);
    assert.equal(isMarked(folder, reportMark), false, foreign);
    await assert.rejects(writeFolderWhole(folder, reportMark, write('x')), {
      message: `Expected --out to be a new or an empty folder, or one with a report.json whose "package" is "multimodal-gan", got ${folder}, which holds other things.`,
      exitCode: 4,
    });
    assert.equal(fs.readFileSync(inside('report.json'), 'utf8'), foreign);
  }
  fs.writeFileSync(inside('report.json'), report('ours'));
  assert.equal(isMarked(folder, reportMark), true);
});

test("what was put there during a long run is somebody's too", async () => {
  const meanwhile = (temporary: string): void => {
    write('x')(temporary);
    fs.mkdirSync(folder);
    fs.writeFileSync(inside('thesis.tex'), 'precious');
  };
  await assert.rejects(writeFolderWhole(folder, reportMark, meanwhile), {exitCode: 4});
  assert.equal(fs.readFileSync(inside('thesis.tex'), 'utf8'), 'precious');
  assert.deepEqual(beside(), ['results']);
});

test('files in the way are named', () => {
  fs.mkdirSync(folder, {recursive: true});
  fs.writeFileSync(inside('thesis.tex'), 'precious');
  const file = inside('thesis.tex');
  assert.throws(() => assertReplaceable(file, reportMark), {message: /got the file .*thesis\.tex\.$/});
  assert.throws(() => assertReplaceable(path.join(file, 'a', 'b'), reportMark), {
    message: /got a path through the file .*thesis\.tex\.$/,
  });
  assert.doesNotThrow(() => assertReplaceable(inside('new'), reportMark));
  assert.throws(() => assertFileWritable(folder), {message: /^Expected --out to be .*, got the folder .*results\.$/});
  assert.throws(() => assertFileWritable(path.join(file, 'a')), {exitCode: 4});
  assert.doesNotThrow(() => assertFileWritable(file));
  assert.notEqual(makeSibling(folder), makeSibling(folder));
});
