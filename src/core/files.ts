/** Files are written whole or not at all: to a temporary sibling first, then renamed. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {exitCodes, UserError} from './checks';

/** Writes atomically; a full disk or a missing permission becomes a one-line UserError with exit code `output`. */
export function writeFileWhole(file: string, data: string | Uint8Array): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  try {
    fs.mkdirSync(path.dirname(file), {recursive: true});
    const handle = fs.openSync(temporary, 'w');
    try {
      fs.writeFileSync(handle, data);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, {force: true});
    throw cannotWrite(file, error);
  }
}

/** cannotWrite('a.json', {code: 'ENOSPC'}).message is 'Cannot write a.json: the disk is full (ENOSPC).' */
export function cannotWrite(file: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EACCES: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a parent is not a folder',
    EISDIR: 'a folder has that name',
  };
  return new UserError(
    `Cannot write ${file}: ${reasons[code] ?? (error as Error).message} (${code}).`,
    exitCodes.output,
  );
}

/** Reads a file; a missing one becomes a one-line UserError with exit code `input` that says what it was for. */
export function readFileOrFail(file: string, what: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const reasons: Record<string, string> = {
      ENOENT: 'no such file',
      EACCES: 'permission denied',
      EISDIR: 'it is a folder',
      ENOTDIR: 'a parent is not a folder',
    };
    throw new UserError(`Cannot read ${what} ${file}: ${reasons[code] ?? (error as Error).message}.`, exitCodes.input);
  }
}
