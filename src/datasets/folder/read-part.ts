/** One cell that names a file becomes one part. */
import {badInput} from '../../core/checks';
import type {AudioModality, ImageModality, Part} from '../../core/types';
import {readBounded} from './inside';
import {readPicture} from './read-picture';
import {readSound} from './read-sound';

/** Modalities whose parts are read when they are needed. Sentences are in memory, so they are not among them. */
export type FileModality = ImageModality | AudioModality;

/** Memory that a reader of many parts uses again and again, so that they leave no garbage behind. */
export class Scratch {
  readonly bytes = Buffer.allocUnsafeSlow(1 << 20);
  private readonly samples = new Float32Array(1 << 19);

  readonly room = (length: number): Float32Array =>
    length <= this.samples.length ? this.samples.subarray(0, length) : new Float32Array(length);
}

/**
 * @param file real path. @param name what a person calls it, for messages. @param maxBytes larger files are refused.
 * @param scratch the part may be in it, until the next one is read with it.
 * @throws UserError when it cannot be read as a part of this modality.
 */
export async function readPart(
  file: string,
  spec: FileModality,
  name: string,
  maxBytes: number,
  scratch?: Scratch,
): Promise<Exclude<Part, string>> {
  const bytes = readBounded(file, maxBytes, name, scratch?.bytes);
  return spec.kind === 'image' ? readPicture(bytes, spec, name) : readSound(bytes, spec, name, scratch?.room);
}

/** A text file as one line: runs of blanks and ends of lines become one blank. */
export function readTextFile(file: string, name: string, maxBytes: number): string {
  const bytes = readBounded(file, maxBytes, name);
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes).replace(/\s+/gu, ' ').trim();
  } catch {
    throw badInput(name, 'text in UTF-8', 'other bytes');
  }
}
