#!/usr/bin/env node
// Runs notebooks headlessly, as tests or to renew their outputs. They are executed by plain nbclient in the project's
// .venv; the files themselves are left alone unless --save is given.
//
//   node scripts/run-notebooks.mjs                              every notebook under notebooks/
//   node scripts/run-notebooks.mjs notebooks/02-the-loss.ipynb  some of them
//     --profile smoke|full   how much they compute (MULTIMODAL_GAN_PROFILE); smoke by default
//     --timeout SECONDS      for each notebook; 300 for smoke, 3600 for full
//     --save                 write the outputs back into the notebooks that passed
//     --json FILE            results for programs; out/notebooks/results.json by default
//
// Each notebook is one line; a failure also names its cell and shows the traceback. The last line says
// `N passed, N failed`. Exit codes: 0 all passed, 1 some failed, 2 wrong options, 3 nothing to run or no Jupyter.
import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {venvPython} from './setup/python.mjs';
import {root} from './setup/run.mjs';
import {filesUnder} from './setup/stamp.mjs';

const limitSeconds = {smoke: 300, full: 3600};
/** How long a helper that does not end by itself at the limit is waited for. */
const graceSeconds = 30;

const options = readOptions();
const python = venvPython(root);
if (!existsSync(python)) stop(3, 'Expected Jupyter in .venv, got none; run npm run setup.');
const notebooks = findNotebooks(options.paths);
const results = [];
for (const notebook of notebooks) {
  const result = await execute(notebook);
  results.push(result);
  report(result);
}
const passed = results.filter(({ok}) => ok).length;
mkdirSync(dirname(options.json), {recursive: true});
writeFileSync(
  options.json,
  `${JSON.stringify({profile: options.profile, passed, failed: results.length - passed, notebooks: results}, null, 2)}\n`,
);
console.log(`${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;

/** @returns {name, ok, seconds, cells} and, for a failure, {cell, ename, evalue, traceback}. */
async function execute(notebook) {
  const folder = mkdtempSync(join(tmpdir(), 'notebook-'));
  const output = join(folder, 'result.json');
  const helper = fileURLToPath(new URL('run_notebook.py', import.meta.url));
  const args = [
    helper,
    notebook,
    '--result',
    output,
    '--timeout',
    String(options.seconds),
    ...(options.save ? ['--save'] : []),
  ];
  const env = {...process.env, MULTIMODAL_GAN_PROFILE: options.profile, TF_CPP_MIN_LOG_LEVEL: '2'};
  const started = performance.now();
  try {
    const {code, text} = await run(python, args, env);
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    const result = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')) : died(code, text);
    return {name: relative(root, notebook), seconds, ...result};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function run(command, args, env) {
  return new Promise(done => {
    let text = '';
    const child = spawn(command, args, {cwd: root, env, stdio: ['ignore', 'pipe', 'pipe']});
    const timer = setTimeout(() => child.kill('SIGKILL'), (options.seconds + graceSeconds) * 1000);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (text += data));
    child.on('error', error => (text += error.message));
    child.on('close', code => {
      clearTimeout(timer);
      done({code, text});
    });
  });
}

function died(code, text) {
  const evalue = `The program that runs notebooks ended with ${code === null ? 'a signal' : `code ${code}`}.`;
  return {
    ok: false,
    cells: 0,
    cell: null,
    ename: 'RunnerError',
    evalue,
    traceback: text.trimEnd().split('\n').slice(-20),
  };
}

function report({name, ok, seconds, cell, ename, evalue, traceback}) {
  console.log(`${ok ? 'passed' : 'FAILED'} ${name} (${seconds} s)`);
  if (ok) return;
  const place = {null: 'outside the cells', end: 'after the last cell'}[cell] ?? `cell ${cell}`;
  console.log(`  ${place}: ${ename}: ${evalue}`);
  for (const line of traceback) console.log(`    ${line}`);
}

function findNotebooks(paths) {
  const files = paths.flatMap(path => {
    if (!existsSync(path)) stop(2, `Expected a notebook or a folder, got ${path}.`);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
  const found = files.filter(file => file.endsWith('.ipynb') && !file.includes('.ipynb_checkpoints'));
  if (found.length === 0)
    stop(3, `Expected notebooks under ${paths.map(path => relative(root, path)).join(', ')}, got none.`);
  return found;
}

function readOptions() {
  const spec = {profile: {type: 'string'}, timeout: {type: 'string'}, json: {type: 'string'}, save: {type: 'boolean'}};
  let parsed;
  try {
    parsed = parseArgs({options: spec, allowPositionals: true});
  } catch (error) {
    stop(2, error.message);
  }
  const {values, positionals} = parsed;
  const profile = values.profile ?? process.env.MULTIMODAL_GAN_PROFILE ?? 'smoke';
  if (!(profile in limitSeconds)) stop(2, `Unknown profile "${profile}"; choose smoke or full.`);
  const seconds = values.timeout === undefined ? limitSeconds[profile] : Number(values.timeout);
  if (!(seconds > 0)) stop(2, `Expected --timeout to be a positive number of seconds, got ${values.timeout}.`);
  const paths = (positionals.length > 0 ? positionals : [join(root, 'notebooks')]).map(path => resolve(path));
  const json = resolve(values.json ?? join(root, 'out', 'notebooks', 'results.json'));
  return {profile, seconds, paths, json, save: values.save ?? false};
}

function stop(code, message) {
  console.error(message);
  process.exit(code);
}
