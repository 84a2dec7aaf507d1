#!/usr/bin/env node
// The first run: set-up, then training, evaluation and a report in out/first-run.
//
//   npm start                          about 4 minutes of training
//   npm start -- --minutes 15          longer, better
//   npm start -- --help                every option
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {root} from './setup/run.mjs';
import {failSetup, setup} from './setup.mjs';

await setup().catch(failSetup);
// Only now are there packages and a build to load.
const {runCli} = createRequire(import.meta.url)(join(root, 'dist', 'cli', 'main.js'));
process.exitCode = await runCli(['first-run', ...process.argv.slice(2)]);
