// One set-up at a time in a folder: two that install at once would tear each other's files.
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

/** Waits for its turn, runs the work, and lets go whatever happens. A lock whose process is gone is taken over. */
export async function withLock(file, work, log = console.log) {
  mkdirSync(dirname(file), {recursive: true});
  let said = false;
  while (!take(file)) {
    const owner = ownerOf(file);
    if (owner !== null && !isAlive(owner)) {
      rmSync(file, {force: true});
      continue;
    }
    if (!said && owner !== null) log(`Waiting for another set-up in this folder (process ${owner}) …`);
    said = owner !== null;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  try {
    return await work();
  } finally {
    rmSync(file, {force: true});
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), {flag: 'wx'});
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Null while the owner has not written its number yet. */
function ownerOf(file) {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(owner) && owner > 0 ? owner : null;
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
