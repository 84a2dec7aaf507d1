/**
 * The way to the page: a running Jupyter kernel announces itself on the global object, so nothing here depends on one.
 * In a plain script there is no page; then things go to files under out/notebook and one line to stderr says so.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Mime type to content: text, base64 for pictures, an object for JSON. */
export type MimeBundle = Record<string, unknown>;

/** A bundle may hold metadata under this key, for example `{'image/png': {width: 350}}`. */
export const metadataSymbol: unique symbol = Symbol.for('Jupyter.metadata') as never;

export interface DisplayOptions {
  /** For example `{'image/png': {width: 350}}`. */
  readonly metadata?: Record<string, unknown>;
  /** A display with an id can be changed later. */
  readonly displayId?: string;
  /** Changes the display of that id instead of adding one. */
  readonly update?: boolean;
}

/** What a kernel puts on `globalThis[Symbol.for('Jupyter.kernel')]`, as far as it is used here. */
export interface Channel {
  display(bundle: MimeBundle, options?: DisplayOptions): unknown;
  /** Lets a library say how values of some kind are shown when they are the last of a cell; null for all others. */
  registerDisplay?(displayer: (value: unknown) => Promise<MimeBundle | null>): void;
}

/** The running kernel, or null in a plain script. */
export function channel(): Channel | null {
  const kernel = (globalThis as Record<symbol, unknown>)[Symbol.for('Jupyter.kernel')] as Partial<Channel> | undefined;
  return typeof kernel?.display === 'function' ? (kernel as Channel) : null;
}

let numFiles = 0;

/** Keeps something that a page would have shown as out/notebook/NN-name. Never throws: showing is no one's purpose. */
export function keepFile(name: string, content: string | Uint8Array, saying: string): void {
  const file = path.join('out', 'notebook', `${String(++numFiles).padStart(2, '0')}-${name}`);
  try {
    fs.mkdirSync(path.dirname(file), {recursive: true});
    fs.writeFileSync(file, content);
    process.stderr.write(`${saying}: ${file}\n`);
  } catch (error) {
    process.stderr.write(`${saying}: not shown (${(error as Error).message})\n`);
  }
}
