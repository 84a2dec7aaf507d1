// The npm packages of the lockfile, and the project itself under its own name beside them.
import {existsSync, lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync} from 'node:fs';
import {basename, join} from 'node:path';
import {reasonIn, run} from './run.mjs';
import {clearStamp, hashFiles, stampMatches, writeStamp} from './stamp.mjs';

const stampOf = folder => join(folder, 'node_modules', '.multimodal-gan-packages');

/** Installs with `npm ci` when node_modules is not what the lockfile says. @returns true when it installed. */
export async function installPackages(folder) {
  const key = hashFiles([join(folder, 'package-lock.json')], `${process.platform} ${process.arch}`);
  const stamp = stampOf(folder);
  if (stampMatches(stamp, key) && existsSync(join(folder, 'node_modules', '.package-lock.json'))) return false;
  if (isInstalled(folder)) {
    writeStamp(stamp, key);
    return false;
  }
  clearStamp(stamp);
  const [command, ...args] = npmCommand();
  const {code, output} = await run(command, [...args, 'ci', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
  });
  if (code !== 0) {
    throw new Error(
      `The npm packages could not be installed (npm ci: ${reasonIn(output)}). Cure: check the network, then run this again.`,
    );
  }
  writeStamp(stamp, key);
  return true;
}

/** Lets notebooks and tests `import … from 'multimodal-gan'`; npm ci removes the link, so it is looked at every time. */
export function linkProject(folder) {
  const link = join(folder, 'node_modules', 'multimodal-gan');
  const target = process.platform === 'win32' ? folder : '..';
  try {
    if (readlinkSync(link) === target) return false;
  } catch {}
  if (lstatSync(link, {throwIfNoEntry: false})) rmSync(link, {recursive: true});
  symlinkSync(target, link, 'junction');
  return true;
}

/**
 * Whether an install that somebody else made (`npm ci`, `npm install NAME`) is whole: npm writes node_modules/.package-lock.json
 * last, and each of its packages must be the lockfile's and be there. Packages for other platforms may be missing.
 */
function isInstalled(folder) {
  try {
    const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
    const have = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    const same = Object.keys(wanted).every(path => {
      if (path === '') return true;
      const {version, integrity, optional} = wanted[path];
      if (!have[path]) return optional === true;
      return have[path].version === version && have[path].integrity === integrity;
    });
    return same && Object.keys(have).every(path => existsSync(join(folder, path, 'package.json')));
  } catch {
    return false;
  }
}

/** npm as it was called, so that the same one installs; else the one on the PATH. */
function npmCommand() {
  const called = process.env.npm_execpath;
  if (called && basename(called) === 'npm-cli.js' && existsSync(called)) return [process.execPath, called];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}
