import {createHash} from 'node:crypto';
import {join} from 'node:path';

import {badInput} from '../core/checks';
import {readBytes} from './files';

/**
 * Reads files of an embedded dataset and compares each with `checksums.json` beside them, a record from path to
 * SHA-256 in hexadecimal.
 */
export class VerifiedFolder {
  private readonly sums: Readonly<Record<string, string>>;

  constructor(readonly folder: string) {
    const file = join(folder, 'checksums.json');
    this.sums = parseSums(readBytes(file).toString('utf8'), file);
  }

  /** Paths with forward slashes, relative to the folder, sorted. */
  names(): string[] {
    return Object.keys(this.sums).sort();
  }

  /** @throws UserError (exit code input) when the file is missing or not the one that was published. */
  read(name: string): Buffer {
    const file = join(this.folder, name);
    const bytes = readBytes(file);
    const wanted = this.sums[name];
    if (!wanted) throw badInput(file, 'listed in checksums.json', 'a file without a checksum');
    const got = createHash('sha256').update(bytes).digest('hex');
    if (got !== wanted) {
      throw badInput(
        file,
        `the published file (SHA-256 ${wanted.slice(0, 12)}…)`,
        `${bytes.length} bytes with SHA-256 ${got.slice(0, 12)}…`,
      );
    }
    return bytes;
  }
}

function parseSums(text: string, file: string): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw badInput(file, 'JSON', `${text.length} characters that are not`);
  }
  const isRecord = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  if (
    !isRecord ||
    !Object.values(parsed as object).every(sum => typeof sum === 'string' && /^[0-9a-f]{64}$/.test(sum))
  ) {
    throw badInput(file, 'a record from path to SHA-256', 'something else');
  }
  return parsed as Record<string, string>;
}
