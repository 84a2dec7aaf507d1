/** Folders of results appear whole or not at all. */
import * as fs from 'node:fs';
import {cannotWrite} from '../core/files';
import {assertReplaceable, type FolderMark, isMarked, makeSibling, putInPlace} from '../core/folders';

/** Marks of the folders that the commands write; a model's is beside saveModel. */
export const samplesMark: FolderMark = {file: 'samples.json', key: 'package', value: 'multimodal-gan'};
export const reportMark: FolderMark = {file: 'report.json', key: 'package', value: 'multimodal-gan'};
export const comparisonMark: FolderMark = {file: 'comparison.json', key: 'format', value: 'multimodal-gan comparison'};

/**
 * Calls `write` with a fresh sibling folder and renames it to `folder` when it is full. When writing fails, the sibling is
 * removed and what stood at `folder` before stays.
 *
 * @param mark what `write` leaves in every whole folder of this sort; an older folder is replaced only if it has it.
 */
export async function writeFolderWhole(
  folder: string,
  mark: FolderMark,
  write: (temporary: string) => void | Promise<void>,
): Promise<void> {
  assertReplaceable(folder, mark);
  await withSibling(folder, async temporary => {
    await write(temporary);
    if (!isMarked(temporary, mark)) throw new Error(`nothing wrote ${mark.file}`);
    putInPlace(temporary, folder, mark);
  });
}

/**
 * Lends a fresh folder beside `target`, which is gone afterwards unless it was renamed: also after an error, and when the
 * process is ended by a second Ctrl-C.
 */
export async function withSibling<T>(target: string, work: (sibling: string) => Promise<T>): Promise<T> {
  let sibling: string | undefined;
  const remove = (): void => {
    if (sibling) fs.rmSync(sibling, {recursive: true, force: true});
  };
  process.once('exit', remove);
  try {
    sibling = makeSibling(target);
    return await work(sibling);
  } catch (error) {
    throw isFileError(error) ? cannotWrite(target, error) : error;
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
