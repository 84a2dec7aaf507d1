import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';

const reporter = pathToFileURL(path.resolve(__dirname, '..', '..', 'scripts', 'testing', 'reporter.mjs')).href;

/** Runs test files of the given texts as `npm test` does. */
function report(files: Record<string, string>): {status: number | null; lines: string[]} {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'reporter-test-'));
  try {
    const names = Object.entries(files).map(([name, text]) => {
      fs.writeFileSync(path.join(folder, name), `const {test, describe} = require('node:test');\n${text}`);
      return path.join(folder, name);
    });
    // A runner inside a runner would speak the outer one's private language.
    const {NODE_TEST_CONTEXT: _, ...env} = process.env;
    const {status, stdout} = spawnSync(process.execPath, ['--test', `--test-reporter=${reporter}`, ...names], {env});
    return {status, lines: stdout.toString().trimEnd().split('\n')};
  } finally {
    fs.rmSync(folder, {recursive: true});
  }
}

test('the last line counts tests, not suites; skipped ones are neither passed nor failed', () => {
  const {status, lines} = report({
    'a.test.js': "describe('suite', () => { test('one', () => {}); test('two', () => {}); });",
    'b.test.js': "test('three', () => {}); test('four', {skip: true}, () => {});",
  });
  assert.equal(lines.at(-1), 'tests: 3 passed, 0 failed, 1 skipped');
  assert.equal(status, 0);
});

test('a failed test, and a file that cannot be loaded, are counted and shown', () => {
  const {status, lines} = report({
    'a.test.js':
      "console.log('a word before'); test('good', () => {}); test('bad', () => { throw new Error('broken here'); });",
    'b.test.js': "require('./is-not-there');",
  });
  assert.equal(lines.at(-1), 'tests: 1 passed, 2 failed, 0 skipped');
  assert.equal(status, 1);
  const text = lines.join('\n');
  assert.match(text, /FAILED .*a\.test\.js: bad\nError: broken here/);
  assert.match(text, /printed:\na word before/);
  assert.match(text, /Cannot find module '\.\/is-not-there'/);
});

test('a hook that fails is a failure, though every test passed', () => {
  const {status, lines} = report({
    'a.test.js':
      "describe('suite', () => { require('node:test').after(() => { throw new Error('left over'); }); test('good', () => {}); });",
  });
  assert.equal(lines.at(-1), 'tests: 1 passed, 1 failed, 0 skipped');
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /FAILED .*a\.test\.js: suite\nError: left over/);
});
