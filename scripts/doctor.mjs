#!/usr/bin/env node
// What is there, what is missing and why: npm run doctor. Works before anything is installed.
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {root, run} from './setup/run.mjs';

const cli = join(root, 'dist', 'cli', 'main.js');
if (existsSync(cli) && existsSync(join(root, 'node_modules', '.package-lock.json'))) {
  const {createRequire} = await import('node:module');
  const {runCli} = createRequire(import.meta.url)(cli);
  process.exitCode = await runCli(['doctor', ...process.argv.slice(2)]);
} else {
  console.log(`Node ${process.versions.node} (${process.platform} ${process.arch})`);
  for (const [tool, need] of [
    ['npm', 'needed'],
    ['python3', 'for Jupyter and, once, for the native engine'],
    ['g++', 'once, for the native engine'],
  ]) {
    const {code, output} = await run(tool, ['--version']);
    console.log(
      `${tool}: ${
        code === 0
          ? output
              .trim()
              .split('\n')
              .at(tool === 'npm' ? -1 : 0)
          : `not found (${need})`
      }`,
    );
  }
  console.log('Nothing is set up here yet: no packages or no build. Cure: npm run setup.');
  process.exitCode = 1;
}
