/** Files of a data folder: inside of it, ordinary, and not too large. */
import {closeSync, constants, fstatSync, openSync, readSync, realpathSync} from 'node:fs';
import {isAbsolute, join, sep} from 'node:path';
import {exitCodes, expected} from '../../core/checks';

/**
 * The real path of a cell's file.
 *
 * @param root real path of the folder. @throws UserError when the path is absolute, leads out of the folder by `..` or by a
 * symbolic link, or leads nowhere.
 */
export function pathInside(root: string, cell: string): string {
  if (cell.includes('\0')) throw problem('the path', 'without a zero byte', JSON.stringify(cell));
  if (isAbsolute(cell) || /^[a-z]:|^[\\/]/i.test(cell)) throw problem('the path', 'relative to the folder', cell);
  const file = join(root, cell);
  if (!isUnder(root, file)) throw problem('the path', 'inside the folder', cell);
  let real: string;
  try {
    real = realpathSync.native(file);
  } catch (error) {
    throw problem(cell, 'a readable file', reasonOf(error));
  }
  if (!isUnder(root, real)) throw problem('the path', 'inside the folder', `${cell}, a link that leaves it`);
  return real;
}

/**
 * Reads a whole file; what is too large is refused before anything is read.
 *
 * @param room where it is read to, if it fits: what is returned then is a view of it, until the next file.
 */
export function readBounded(file: string, maxBytes: number, name = file, room?: Buffer): Buffer {
  let handle: number;
  try {
    // Opening a named pipe would wait for a writer.
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw problem(name, 'a readable file', reasonOf(error));
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw problem(name, 'a file', stat.isDirectory() ? 'a folder' : 'something else');
    if (stat.size > maxBytes) {
      throw problem(name, `a file of at most ${megabytes(maxBytes)}`, megabytes(stat.size));
    }
    const bytes = room && stat.size <= room.length ? room.subarray(0, stat.size) : Buffer.allocUnsafeSlow(stat.size);
    let got = 0;
    while (got < bytes.length) {
      const more = readSync(handle, bytes, got, bytes.length - got, got);
      if (more === 0) break;
      got += more;
    }
    return got === bytes.length ? bytes : bytes.subarray(0, got);
  } finally {
    closeSync(handle);
  }
}

function isUnder(root: string, file: string): boolean {
  return file.startsWith(root.endsWith(sep) ? root : root + sep);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', {maximumFractionDigits: 1})} MB`;
}

function problem(name: string, rule: string, got: string) {
  return expected(name, rule, got, exitCodes.input);
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  const known: Record<string, string> = {
    ENOENT: 'nothing at that path',
    ENOTDIR: 'nothing at that path',
    EACCES: 'no permission to read',
    ELOOP: 'a link to itself',
    ENAMETOOLONG: 'a name that is too long',
  };
  return known[code] ?? `the error ${code}`;
}
