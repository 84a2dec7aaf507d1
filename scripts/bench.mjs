#!/usr/bin/env node
// Measures training steps, memory, latency and start-up, ours and others', and writes benchmarks/RESULTS.md and results.json.
//
//   npm run bench                                    what is here: our engines, and the peers if .venv-bench has been made
//   npm run bench -- --peers                         first makes .venv-bench with PyTorch and TensorFlow (7 GB), from PyPI
//   npm run bench -- --quick --check --out DIR       seconds; fails where engines disagree, measures nothing worth reading
//   npm run bench -- --only steps,timeline --nets perceptron,dcgan-28 --batches 64 --threads 2,1 --engines compiled,pytorch
//
// Parts: parity, steps, equality, compileTime, memory, completion, startup, timeline. Each replaces its own rows in
// results.json and leaves the rest, so that a long run can be made in pieces, whenever the machine is quiet.
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {reasonIn, root, run} from './setup/run.mjs';
import {hashFiles, stampMatches, writeStamp} from './setup/stamp.mjs';

const args = process.argv.slice(2).filter(argument => argument !== '--peers');
if (process.argv.includes('--peers')) await makePeers();
const {code} = await run(process.execPath, ['--import', 'tsx', join(root, 'scripts', 'bench', 'main.ts'), ...args], {
  show: true,
});
process.exitCode = code;

/** Once; again when the pins change. */
async function makePeers() {
  const requirements = join(root, 'scripts', 'bench', 'peers', 'requirements.txt');
  const folder = join(root, '.venv-bench');
  const python = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const stamp = join(folder, '.multimodal-gan-packages');
  const key = hashFiles([requirements], root);
  if (stampMatches(stamp, key) && existsSync(python)) return;
  console.log('making .venv-bench with PyTorch and TensorFlow; this takes minutes, once');
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-q', '-r', requirements];
  for (const [command, options] of [
    [process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]],
    [python, pip],
  ]) {
    const {code, output} = await run(command, options);
    if (code === 0) continue;
    console.error(
      `The peers could not be installed: ${reasonIn(output)}. Without --peers our own engines are measured.`,
    );
    process.exit(1);
  }
  writeStamp(stamp, key);
}
