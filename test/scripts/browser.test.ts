import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {test} from 'node:test';

const script = path.resolve(__dirname, '..', '..', 'scripts', 'test-browser.mjs');

/** Runs the browser tests where only these programs can be found. */
function runWith(programs: readonly string[], settings: Record<string, string> = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'browser-test-'));
  try {
    for (const name of programs) fs.writeFileSync(path.join(folder, name), '#!/bin/sh\n', {mode: 0o755});
    // The tests may themselves run on a CI machine.
    const {CI: _, MULTIMODAL_GAN_CHROMIUM: __, ...rest} = process.env;
    const env = {...rest, PATH: folder, ...settings};
    const {status, stdout} = spawnSync(process.execPath, [script], {env});
    return {status, output: stdout.toString()};
  } finally {
    fs.rmSync(folder, {recursive: true});
  }
}

test('without a browser the tests are skipped with one line that names the cure', () => {
  for (const [programs, settings] of [
    [[], {}],
    [['apt-get'], {}],
    [[], {CI: 'true'}],
  ] as const) {
    const {status, output} = runWith(programs, settings);
    assert.equal(output, 'Browser tests skipped: no Chromium on the PATH. Cure: apt-get install chromium.\n');
    assert.equal(status, 0);
  }
});

test('on a CI machine that could have installed a browser its absence is a failure', t => {
  if (process.getuid?.() !== 0) return t.skip('only root can install');
  const {status, output} = runWith(['apt-get'], {CI: 'true'});
  assert.equal(output, 'Browser tests FAILED: no Chromium on the PATH. Cure: apt-get install chromium.\n');
  assert.equal(status, 1);
});
