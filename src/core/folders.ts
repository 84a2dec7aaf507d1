/** Folders of results replace each other whole, and never take the place of something that a person put there. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {exitCodes, UserError} from './checks';
import {cannotWrite} from './files';

/** How a folder of ours is recognised: by what one of its JSON files says, not by the file's name alone. */
export interface FolderMark {
  /** Path in the folder, for example 'config.json'. */
  readonly file: string;
  readonly key: string;
  readonly value: string;
}

/** isMarked('out/model', {file: 'config.json', key: 'format', value: 'multimodal-gan model'}) */
export function isMarked(folder: string, {file, key, value}: FolderMark): boolean {
  try {
    const json: unknown = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
    return typeof json === 'object' && json !== null && (json as Record<string, unknown>)[key] === value;
  } catch {
    return false;
  }
}

/**
 * To be called before long work, so that a wrong place costs a second and not the work. New, empty and marked folders may
 * be replaced.
 *
 * @param name what the message calls the folder. @throws UserError (exit code output) for anything else.
 */
export function assertReplaceable(folder: string, mark: FolderMark, name = '--out'): void {
  const refuse = (got: string): never => {
    const own = `one with a ${mark.file} whose "${mark.key}" is "${mark.value}"`;
    throw new UserError(`Expected ${name} to be a new or an empty folder, or ${own}, got ${got}.`, exitCodes.output);
  };
  const stat = fs.existsSync(folder) ? fs.statSync(folder) : undefined;
  if (stat && !stat.isDirectory()) refuse(`the file ${folder}`);
  if (stat && fs.readdirSync(folder).length > 0 && !isMarked(folder, mark))
    refuse(`${folder}, which holds other things`);
  assertParentWritable(folder, refuse);
}

/** For a single file of results. @throws UserError (exit code output) when nothing could be written there. */
export function assertFileWritable(file: string, name = '--out'): void {
  const refuse = (got: string): never => {
    throw new UserError(`Expected ${name} to be a new file or one to replace, got ${got}.`, exitCodes.output);
  };
  if (fs.existsSync(file) && fs.statSync(file).isDirectory()) refuse(`the folder ${file}`);
  assertParentWritable(file, refuse);
}

/** A fresh, empty folder beside `target`, with a name that nobody else has: what is to replace `target` is written there. */
export function makeSibling(target: string): string {
  const {dir, base} = path.parse(path.resolve(target));
  fs.mkdirSync(dir, {recursive: true});
  const sibling = fs.mkdtempSync(path.join(dir, `.${base}.`));
  // mkdtemp makes private folders; the results are to have the rights of any other folder.
  fs.chmodSync(sibling, 0o777 & ~process.umask());
  return sibling;
}

/**
 * Renames a whole folder to `target`. What stood there is checked once more, put aside, and removed only when the new one
 * stands in its place; if that fails it comes back. Of two that finish at once the later wins, whole.
 */
export function putInPlace(folder: string, target: string, mark: FolderMark, name = '--out'): void {
  for (let attempt = 1; ; attempt++) {
    assertReplaceable(target, mark, name);
    const aside = moveAside(target);
    try {
      fs.renameSync(folder, target);
      if (aside) fs.rmSync(aside, {recursive: true, force: true});
      return;
    } catch (error) {
      if (aside) putBack(aside, target);
      // Another run put its folder there since we looked.
      const occupied = ['ENOTEMPTY', 'EEXIST'].includes(String((error as NodeJS.ErrnoException).code));
      if (!occupied || attempt === 10) throw error;
    }
  }
}

/** @returns the folder that now holds what stood at `target`; null when nothing stood there. */
function moveAside(target: string): string | null {
  const aside = makeSibling(target);
  try {
    fs.renameSync(target, path.join(aside, 'older'));
    return aside;
  } catch (error) {
    fs.rmdirSync(aside);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function putBack(aside: string, target: string): void {
  if (!fs.existsSync(target)) fs.renameSync(path.join(aside, 'older'), target);
  fs.rmSync(aside, {recursive: true, force: true});
}

/** What is written is made in the parent, or in the nearest ancestor that exists. */
function assertParentWritable(target: string, refuse: (got: string) => never): void {
  let parent = path.dirname(path.resolve(target));
  while (!fs.existsSync(parent)) parent = path.dirname(parent);
  if (!fs.statSync(parent).isDirectory()) refuse(`a path through the file ${parent}`);
  try {
    fs.accessSync(parent, fs.constants.W_OK);
  } catch (error) {
    throw cannotWrite(target, error);
  }
}
