// One set-up at a time in a folder: two that install at once would tear each other's files.
import {randomUUID} from 'node:crypto';
import {linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

/** Seconds without a sign of life after which a lock counts as left over. The owner gives one every second. */
const limits = {named: 60, nameless: 5};

/**
 * Waits for its turn, runs the work, and lets go whatever happens. A lock is taken over when its process is gone, when it
 * names none (a full disk, a crash) for 5 s, and when nobody has touched it for a minute (its number has gone to another process).
 */
export async function withLock(file, work, log = console.log) {
  mkdirSync(dirname(file), {recursive: true});
  const mine = `${process.pid} ${randomUUID()}\n`;
  let said = '';
  while (!take(file, mine)) {
    const lock = look(file);
    if (lock === null || (isStale(lock) && removeStale(file))) continue;
    const line = lock.pid
      ? `Waiting for another set-up in this folder (process ${lock.pid}, ${file}) …`
      : `Waiting for ${file}, which names no process; after ${limits.nameless} s it counts as left over …`;
    if (line !== said) log(line);
    said = line;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  const alive = setInterval(() => touch(file, mine), 1000);
  try {
    return await work();
  } finally {
    clearInterval(alive);
    if (look(file)?.text === mine) rmSync(file, {force: true});
  }
}

/** The lock appears with its content or not at all: a link to a file that is already written. */
function take(file, text) {
  const unique = `${file}.${randomUUID()}`;
  try {
    writeFileSync(unique, text);
    linkSync(unique, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    // A file system without links; a lock that is empty for a moment is waited for.
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(error.code)) return create(file, text);
    throw error;
  } finally {
    rmSync(unique, {force: true});
  }
}

function create(file, text) {
  try {
    writeFileSync(file, text, {flag: 'wx'});
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Null when there is no lock; pid is null when it names none. */
function look(file) {
  try {
    const {mtimeMs} = statSync(file);
    const text = read(file);
    const pid = Number(text.split(' ')[0]);
    return {text, pid: Number.isInteger(pid) && pid > 0 ? pid : null, ageSeconds: (Date.now() - mtimeMs) / 1000};
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A lock that cannot be read says as little as an empty one. */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') throw error;
    return '';
  }
}

function isStale({pid, ageSeconds}) {
  if (pid === null) return ageSeconds > limits.nameless;
  return !isAlive(pid) || ageSeconds > limits.named;
}

/**
 * One at a time, and after a second look: otherwise of two that saw the same stale lock the slower would remove the fresh one
 * of the quicker. @returns false when another is at it.
 */
function removeStale(file) {
  const guard = `${file}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    // It is held for less than a millisecond; an old one was left by a crash.
    const stat = statSync(guard, {throwIfNoEntry: false});
    if (stat && Date.now() - stat.mtimeMs > 1000 * limits.nameless) removeGuard(guard);
    return false;
  }
  try {
    const lock = look(file);
    if (lock && isStale(lock)) rmSync(file, {force: true, recursive: true});
    return true;
  } finally {
    removeGuard(guard);
  }
}

function removeGuard(guard) {
  try {
    rmdirSync(guard);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function touch(file, mine) {
  try {
    if (read(file) === mine) utimesSync(file, new Date(), new Date());
  } catch {
    // The lock was removed by hand; the work goes on.
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
