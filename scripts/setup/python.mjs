// Jupyter in the project's own .venv, with the TypeScript kernel registered there and nowhere else.
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {reasonIn, run} from './run.mjs';
import {clearStamp, hashFiles, stampMatches, writeStamp} from './stamp.mjs';

/** Python of the project's virtual environment. */
export function venvPython(folder) {
  return process.platform === 'win32'
    ? join(folder, '.venv', 'Scripts', 'python.exe')
    : join(folder, '.venv', 'bin', 'python');
}

/** @returns {ok, did} or {ok: false, reason, cure}; never throws, because Jupyter is optional. */
export async function installJupyter(folder) {
  const requirements = join(folder, 'scripts', 'requirements.txt');
  const stamp = join(folder, '.venv', '.multimodal-gan-packages');
  const key = hashFiles([requirements], folder);
  if (stampMatches(stamp, key) && existsSync(venvPython(folder))) return {ok: true, did: false};
  clearStamp(stamp);
  const python = await findPython();
  if (!python) return {ok: false, reason: 'no Python 3.9 or newer', cure: 'install python3 with its venv module'};
  const steps = [
    [python, ['-m', 'venv', '--clear', '.venv'], 'install the venv module (Debian: apt install python3-venv)'],
    [
      venvPython(folder),
      ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-q', '-r', requirements],
      'check the network, then run this again',
    ],
  ];
  for (const [command, args, cure] of steps) {
    const {code, output} = await run(command, args, {cwd: folder});
    if (code !== 0) return {ok: false, reason: reasonIn(output), cure};
  }
  writeStamp(stamp, key);
  return {ok: true, did: true};
}

/** Registers the kernel in .venv when the kernel's installer or the folder changed. Same results as installJupyter. */
export async function registerKernel(folder) {
  const installer = join(folder, 'dist', 'kernel', 'install.js');
  const stamp = join(folder, '.venv', '.multimodal-gan-kernel');
  const key = hashFiles([installer], `${folder} ${process.execPath}`);
  if (stampMatches(stamp, key)) return {ok: true, did: false};
  clearStamp(stamp);
  const program = 'require(process.argv[1]).installKernel({prefix: process.argv[2]})';
  const {code, output} = await run(process.execPath, ['-e', program, installer, join(folder, '.venv')], {cwd: folder});
  if (code !== 0) return {ok: false, reason: reasonIn(output), cure: 'npm run doctor says more'};
  writeStamp(stamp, key);
  return {ok: true, did: true};
}

async function findPython() {
  for (const name of process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']) {
    const {code} = await run(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']);
    if (code === 0) return name;
  }
  return null;
}
