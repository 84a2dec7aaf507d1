/** Folders of results appear whole or not at all, and never in place of something that a person put there. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {exitCodes, UserError} from '../core/checks';
import {cannotWrite} from '../core/files';

/**
 * Calls `write` with a fresh sibling folder and renames it to `folder` when it is full. When writing fails, the sibling is
 * removed and what stood at `folder` before stays.
 *
 * @param marker a file that every whole folder of this sort has; an older folder is replaced only if it has it.
 */
export async function writeFolderWhole(
  folder: string,
  marker: string,
  write: (temporary: string) => void | Promise<void>,
): Promise<void> {
  assertReplaceable(folder, marker);
  const target = path.resolve(folder);
  const temporary = `${target}.tmp`;
  const older = `${target}.old`;
  try {
    fs.mkdirSync(path.dirname(target), {recursive: true});
    fs.rmSync(temporary, {recursive: true, force: true});
    fs.mkdirSync(temporary);
    await write(temporary);
    if (!fs.existsSync(path.join(temporary, marker))) throw new Error(`nothing wrote ${marker}`);
    fs.rmSync(older, {recursive: true, force: true});
    if (fs.existsSync(target)) fs.renameSync(target, older);
    fs.renameSync(temporary, target);
    fs.rmSync(older, {recursive: true, force: true});
  } catch (error) {
    fs.rmSync(temporary, {recursive: true, force: true});
    throw isFileError(error) ? cannotWrite(folder, error) : error;
  }
}

/** To be called before long work, so that a wrong `--out` costs a second and not the training. */
export function assertReplaceable(folder: string, marker: string): void {
  const refuse = (got: string): never => {
    throw new UserError(
      `Expected --out to be a new or an empty folder, or one with ${marker} in it, got ${got}.`,
      exitCodes.output,
    );
  };
  const stat = fs.existsSync(folder) ? fs.statSync(folder) : undefined;
  if (stat && !stat.isDirectory()) refuse(`the file ${folder}`);
  if (stat && fs.readdirSync(folder).length > 0 && !fs.existsSync(path.join(folder, marker)))
    refuse(`${folder}, which holds other things`);
  // The fresh sibling is made in the parent, or in the nearest ancestor that exists.
  let parent = path.dirname(path.resolve(folder));
  while (!fs.existsSync(parent)) parent = path.dirname(parent);
  if (!fs.statSync(parent).isDirectory()) refuse(`a path through the file ${parent}`);
  try {
    fs.accessSync(parent, fs.constants.W_OK);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
