#!/usr/bin/env node
// The whole test: set-up, then types, lint, import rules, unit tests and every notebook.
//
//   npm test                                  all of it
//   npm test -- --only unit                   one part: checks, unit or notebooks
//   npm test -- --only unit test/core         unit tests of some folders or files
//
// The last line says `N passed, N failed`, and `, N skipped` where tests were left out; each check, each unit test and each
// notebook counts as one. Exit code 0 means that nothing failed.
import {existsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {root, run, secondsSince} from './setup/run.mjs';
import {filesUnder} from './setup/stamp.mjs';
import {failSetup, setup} from './setup.mjs';
import {inWords, runTests} from './testing/node-tests.mjs';

const parts = {checks, unit, notebooks};
const {only, paths} = readArguments(process.argv.slice(2));

const {missing} = await setup({jupyter: only !== 'checks' && only !== 'unit'}).catch(failSetup);
const total = {passed: 0, failed: 0, skipped: 0};
for (const [name, part] of Object.entries(parts)) {
  if (only && only !== name) continue;
  const started = performance.now();
  console.log(`\n── ${name} ──`);
  const count = {skipped: 0, ...(await part())};
  for (const kind of Object.keys(total)) total[kind] += count[kind];
  console.log(`${name}: ${inWords(count)}, ${secondsSince(started).toFixed(0)} s`);
}
console.log(`\n${inWords(total)}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** Types, lint and import rules; each is one. */
async function checks() {
  const bin = (name, file, ...args) => [name, join(root, 'node_modules', file), args];
  const tools = [
    bin('types', 'typescript/bin/tsc', '-p', 'test/tsconfig.json', '--noEmit'),
    bin('lint', '@biomejs/biome/bin/biome', 'check', '--max-diagnostics=10', 'src', 'test', 'scripts'),
    bin('import rules', 'dependency-cruiser/bin/dependency-cruise.mjs', 'src', '--config', '.dependency-cruiser.cjs'),
  ];
  const count = {passed: 0, failed: 0};
  for (const [name, file, args] of tools) {
    const {code, output, seconds} = await run(process.execPath, [file, ...args]);
    count[code === 0 ? 'passed' : 'failed']++;
    console.log(`${name}: ${code === 0 ? 'passed' : 'FAILED'}, ${seconds.toFixed(1)} s`);
    if (code !== 0) console.log(output.trimEnd());
  }
  return count;
}

async function unit() {
  const wanted = paths.length > 0 ? paths : ['test'];
  const files = wanted.flatMap(path => (statSync(path).isDirectory() ? filesUnder(path) : [path]));
  const tests = files.filter(file => file.endsWith('.test.ts'));
  if (tests.length === 0) throw new Error(`Expected test files under ${wanted.join(', ')}, got none.`);
  return runTests(tests, {concurrency: 2});
}

async function notebooks() {
  const runner = join(root, 'scripts', 'run-notebooks.mjs');
  if (!existsSync(runner) || !existsSync(join(root, 'notebooks'))) {
    console.log('There are no notebooks yet.');
    return {passed: 0, failed: 0};
  }
  const without = missing.find(({name}) => name === 'Jupyter' || name === 'kernel');
  if (without) {
    console.log(`Not run: ${without.reason}. Cure: ${without.cure}.`);
    return {passed: 0, failed: 0};
  }
  const {code, output} = await run(process.execPath, [runner], {show: true});
  const [, passed, failed] = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1) ?? [];
  const count = {passed: Number(passed ?? 0), failed: Number(failed ?? 0)};
  if (passed === undefined || (code !== 0 && count.failed === 0)) count.failed++;
  return count;
}

function readArguments(args) {
  const at = args.indexOf('--only');
  if (at < 0 && args.length === 0) return {only: null, paths: []};
  const only = args[at + 1];
  if (at !== 0 || !(only in parts)) {
    console.error(`Expected --only ${Object.keys(parts).join(' | ')}, got ${args.join(' ')}.`);
    process.exit(2);
  }
  return {only, paths: args.slice(2)};
}
