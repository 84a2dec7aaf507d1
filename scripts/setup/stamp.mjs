// What makes set-up incremental: a stamp says which inputs a finished step was made from. It is removed before the step
// begins and written after it succeeded, so an interrupted step is never taken for a whole one.
import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

/** SHA-256 over names and contents; a file that is not there counts as such. */
export function hashFiles(files, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of files) {
    hash.update(`\0${file}\0`);
    hash.update(readOrNull(file) ?? 'absent');
  }
  return hash.digest('hex');
}

/** Every file under a folder, sorted, so that the order is the same everywhere. An absent folder has none. */
export function filesUnder(folder) {
  let entries;
  try {
    entries = readdirSync(folder, {withFileTypes: true});
  } catch {
    return [];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]));
}

export function stampMatches(file, key) {
  return readOrNull(file)?.toString() === `${key}\n`;
}

export function clearStamp(file) {
  rmSync(file, {force: true});
}

export function writeStamp(file, key) {
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(`${file}.new`, `${key}\n`);
  renameSync(`${file}.new`, file);
}

function readOrNull(file) {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
