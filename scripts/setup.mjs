#!/usr/bin/env node
// Makes a fresh clone ready, and takes a moment when nothing changed. Plain Node without dependencies, because it runs
// before there are any.
//
//   npm run setup                    packages, build, native engine
//   npm run setup -- --jupyter       and JupyterLab with the TypeScript kernel in .venv
//
// What is optional (native engine, Jupyter) and cannot be had costs one line that says what is missing and the cure.
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {buildSources} from './setup/build.mjs';
import {withLock} from './setup/lock.mjs';
import {installPackages, linkProject} from './setup/packages.mjs';
import {installJupyter, registerKernel} from './setup/python.mjs';
import {root, secondsSince} from './setup/run.mjs';

const oldestNode = [20, 19];

/**
 * @param options.folder the project; options.jupyter also makes .venv; options.native false leaves the native engine out;
 * options.log takes each line of news.
 * @returns {did: [{name, seconds}], missing: [{name, reason, cure}]}; throws an Error of one line where a needed part fails.
 */
export async function setup({folder = root, jupyter = false, native = wantsNative(), log = console.log} = {}) {
  assertNode(process.versions.node);
  const report = {did: [], missing: []};
  const part = async (name, hint, work) => {
    const started = performance.now();
    // Only a part that really works takes longer than this; then a person wants to know what is going on.
    const notice = setTimeout(() => log(`Set-up: ${name}${hint ? ` (${hint})` : ''} …`), 700);
    try {
      const result = await work();
      if (result === true || result?.did) report.did.push({name, seconds: secondsSince(started)});
      if (result?.ok === false) {
        report.missing.push({name, reason: result.reason, cure: result.cure});
        log(`No ${name}: ${result.reason}. Cure: ${result.cure}.`);
      }
      return result;
    } finally {
      clearTimeout(notice);
    }
  };

  await withLock(
    join(folder, '.cache', 'setup.lock'),
    async () => {
      await part('npm packages', 'once; the first set-up takes about two minutes in all', () =>
        installPackages(folder),
      );
      linkProject(folder);
      await part('build', '', () => buildSources(folder));
      if (native)
        await part('native engine', 'once; the first set-up takes about two minutes in all', () =>
          nativeEngine(folder),
        );
      if (jupyter) {
        const installed = await part('Jupyter', 'once, about a minute', () => installJupyter(folder));
        if (installed.ok) await part('kernel', '', () => registerKernel(folder));
      }
    },
    log,
  );
  if (report.did.length > 0) {
    log(`Set-up: ${report.did.map(({name, seconds}) => `${name} ${seconds.toFixed(1)} s`).join(', ')}`);
  }
  return report;
}

/** For a script's last resort: the error's one line, and a failing exit code. */
export function failSetup(error) {
  console.error(error.message);
  process.exit(1);
}

async function nativeEngine(folder) {
  const builder = join(folder, 'scripts', 'build-native.mjs');
  if (!existsSync(builder)) return false;
  const {buildNative} = await import(pathToFileURL(builder).href);
  const result = await buildNative({root: folder});
  return {...result, did: result.ok && result.changed};
}

function wantsNative() {
  return !['wasm', 'cpu'].includes(process.env.MULTIMODAL_GAN_BACKEND ?? '');
}

function assertNode(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Error(
    `Expected Node ${oldestNode.join('.')} or newer, got ${version}. Cure: install Node 22 from https://nodejs.org.`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const {did, missing} = await setup({jupyter: process.argv.includes('--jupyter')});
    if (did.length === 0 && missing.length === 0) console.log('Set-up: nothing to do');
  } catch (error) {
    failSetup(error);
  }
}
