/** Reading whole files so that whatever is wrong with one ends as a single line that names it. */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';

import {badInput} from '../core/checks';

/** @throws UserError (exit code input) when the path is missing, is a folder, or may not be read. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw badInput(file, 'a readable file', reason(error));
  }
}

/** Names in a folder, sorted by code unit so that every machine sees the same order. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw badInput(folder, 'a readable folder', reason(error));
  }
}

export function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'nothing at that path';
  if (code === 'EISDIR') return 'a folder';
  if (code === 'ENOTDIR') return 'a file';
  if (code === 'EACCES') return 'no permission to read';
  return `the error ${code ?? String(error)}`;
}
