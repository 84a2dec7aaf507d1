/** `manifest.csv`, read as a stream: one row an example, each with the line it begins in. */
import {isUtf8} from 'node:buffer';
import {createReadStream, statSync} from 'node:fs';
import {join} from 'node:path';
import {CsvError, parse} from 'csv-parse';
import {badInput} from '../../core/checks';

export interface ManifestRow {
  /** In the file, from 1; that of the first line where a quoted cell has several. */
  readonly line: number;
  /** As many as there are columns, blanks at both ends taken away. */
  readonly cells: readonly string[];
}

export interface BadRow {
  readonly line: number;
  /** What is wrong, as a sentence: 'Expected 4 cells, got 3.' */
  readonly problem: string;
}

export interface Manifest {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<ManifestRow | BadRow>;
}

/** Characters of one row: a quote that is never closed is found here, and not when the memory is full. */
const maxRowCharacters = 1_000_000;

export const manifestName = 'manifest.csv';

/** @throws UserError when there is no manifest, or its first line does not name columns. */
export async function openManifest(folder: string): Promise<Manifest> {
  const file = join(folder, manifestName);
  try {
    if (!statSync(file).isFile()) throw badInput(file, 'a file', 'something else');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw badInput(folder, `a folder with ${manifestName}`, 'none in it');
  }
  return parseManifest(createReadStream(file), file);
}

/** RFC 4180: commas, double quotes, rows of several lines; UTF-8, with or without byte order mark. */
export async function parseManifest(bytes: AsyncIterable<Uint8Array>, file = manifestName): Promise<Manifest> {
  const records = readRecords(bytes, file);
  const first = await records.next();
  if (first.done) throw badInput(file, 'a table whose first line names its columns', 'an empty file');
  const columns = first.value.cells.map(cell => cell.normalize('NFC'));
  const nameless = columns.indexOf('');
  if (nameless >= 0) throw badInput(file, 'a table whose columns all have a name', `none for column ${nameless + 1}`);
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw badInput(file, 'a table whose columns have different names', `"${twice}" twice`);
  return {columns, rows: checkWidths(records, columns.length)};
}

async function* checkWidths(
  records: AsyncIterable<ManifestRow>,
  width: number,
): AsyncGenerator<ManifestRow | BadRow, void> {
  for await (const row of records) {
    const {line, cells} = row;
    yield cells.length === width ? row : {line, problem: `Expected ${width} cells, got ${cells.length}.`};
  }
}

async function* readRecords(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<ManifestRow, void> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    // A quote that neither opens nor closes a cell stands for itself: 5" disc.
    relax_quotes: true,
    ltrim: true,
    cast: cell => withoutQuotes(cell.trim()),
    max_record_size: maxRowCharacters,
  });
  void feed(bytes, parser, file);
  let line = 1;
  try {
    for await (const {record, info} of parser as AsyncIterable<{record: string[]; info: {lines: number}}>) {
      // `lines` counts to the end of the row; a quoted cell may hold some of them.
      const inside = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
      line = Math.max(1, info.lines - inside);
      yield {line, cells: record};
    }
  } catch (error) {
    if (error instanceof CsvError) {
      const where = (error as {lines?: number}).lines ?? line;
      throw badInput(
        file,
        'a table of comma-separated values',
        `${endless[error.code] ?? error.message} in line ${where}`,
      );
    }
    throw error;
  }
}

/** With blanks between a closing quote and the comma, csv-parse takes the quotes for part of the cell; so a cell is never all in quotes. */
function withoutQuotes(cell: string): string {
  return /^"[^"]*"$/.test(cell) ? cell.slice(1, -1).trim() : cell;
}

/** Why a row has no end. */
const endless: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `a row of more than ${maxRowCharacters.toLocaleString('en')} characters`,
  CSV_QUOTE_NOT_CLOSED: 'a quote that is never closed',
};

/** Decodes on the way: bytes that are no UTF-8 would become other characters silently. */
async function feed(bytes: AsyncIterable<Uint8Array>, parser: ReturnType<typeof parse>, file: string): Promise<void> {
  const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
  const write = async (text: string): Promise<void> => {
    if (parser.write(text)) return;
    await new Promise<void>(resolve => {
      const go = (): void => {
        parser.off('drain', go).off('close', go);
        resolve();
      };
      parser.on('drain', go).on('close', go);
    });
  };
  let line = 1;
  try {
    for await (const chunk of bytes) {
      if (parser.destroyed) return;
      await write(decode(decoder, chunk, file, line));
      line += countLines(chunk);
    }
    const rest = decode(decoder, undefined, file, line);
    if (!parser.destroyed) parser.end(rest);
  } catch (error) {
    parser.destroy(error as Error);
  }
}

/** @param line in which the chunk begins. */
function decode(decoder: TextDecoder, chunk: Uint8Array | undefined, file: string, line: number): string {
  try {
    return decoder.decode(chunk, {stream: chunk !== undefined});
  } catch {
    throw badInput(file, 'text in UTF-8', `other bytes in line ${line + (chunk ? goodLines(chunk) : 0)}`);
  }
}

const lineFeed = 0x0a;

function countLines(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + (byte === lineFeed ? 1 : 0), 0);
}

/** Lines before the first that is no UTF-8; 0 where that is the first, which may begin within a character and is not looked at. */
function goodLines(chunk: Uint8Array): number {
  let count = 0;
  let from = chunk.indexOf(lineFeed) + 1;
  while (from > 0) {
    count++;
    const end = chunk.indexOf(lineFeed, from);
    if (!isUtf8(chunk.subarray(from, end < 0 ? chunk.length : end))) return count;
    from = end + 1;
  }
  return 0;
}
