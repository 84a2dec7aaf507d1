#!/usr/bin/env node
// JupyterLab with the TypeScript kernel in a real browser, as a person uses it: npm run test:browser [-- TEST FILES]
//
// Needs Chromium on the PATH (Debian: apt install chromium) or named by MULTIMODAL_GAN_CHROMIUM. Without it the tests are
// skipped with one line and exit code 0; with CI=true that is a failure where it could have been installed.
// Screenshots go to out/browser/. The last line says `N passed, N failed`.
import {existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './setup/run.mjs';
import {filesUnder} from './setup/stamp.mjs';
import {failSetup, setup} from './setup.mjs';
import {canInstall, findChromium} from './testing/chromium.mjs';
import {inWords, runTests} from './testing/node-tests.mjs';

const strict = process.env.CI === 'true';
const chromium = findChromium();
if (!chromium) skip('no Chromium on the PATH', 'apt-get install chromium', strict && canInstall());
const {missing} = await setup({jupyter: true}).catch(failSetup);
const without = missing.find(({name}) => name === 'Jupyter' || name === 'kernel');
if (without) skip(`no ${without.name}, ${without.reason}`, without.cure, strict);

const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : filesUnder(join(root, 'test', 'browser'));
const tests = files.filter(file => file.endsWith('.browser.ts') && existsSync(file));
if (tests.length === 0) {
  console.error(`Expected files named *.browser.ts, got ${wanted.join(' ')}.`);
  process.exit(2);
}
// What is looked at afterwards must be of this run.
if (wanted.length === 0) rmSync(join(root, 'out', 'browser'), {recursive: true, force: true});
const count = await runTests(tests, {
  concurrency: 1,
  env: {...process.env, MULTIMODAL_GAN_CHROMIUM: chromium},
  // Whoever ends this ends JupyterLab, its kernels and the browser too.
  signals: ['SIGTERM', 'SIGHUP'],
});
console.log(inWords(count));
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;

function skip(reason, cure, isFailure) {
  console.log(`Browser tests ${isFailure ? 'FAILED' : 'skipped'}: ${reason}. Cure: ${cure}.`);
  process.exit(isFailure ? 1 : 0);
}
