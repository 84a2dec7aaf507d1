/** Reads every file of every row once, in threads. */
import type {UserError} from '../../core/checks';
import {isFilePart, type PartSource, PictureFile, type SoundFile} from './file-parts';
import type {BadRow} from './manifest';
import {partSize} from './part-layout';
import {PartPool} from './part-pool';
import type {GoodRow} from './rows';

export interface VerifyOptions {
  readonly threads?: number;
  readonly verify?: boolean;
  readonly memoryBytes?: number;
  readonly onProgress?: (rows: number, of: number) => void;
}

const rowsAtOnce = 64;

/**
 * @param bad receives the rows of which a file cannot be read, each with all of its problems.
 * @returns the others, in their order; `isHeld` where their parts are few enough to stay in memory.
 */
export async function verifyRows(
  rows: readonly GoodRow[],
  sources: readonly PartSource[],
  bad: BadRow[],
  {threads = 2, verify = true, memoryBytes = 64e6, onProgress}: VerifyOptions,
): Promise<{rows: GoodRow[]; isHeld: boolean}> {
  if (sources.length === 0) return {rows: [...rows], isHeld: true};
  if (!verify) return {rows: [...rows], isHeld: false};
  const sizes = new Map(sources.map(({name, spec}) => [name, partSize(spec, false)]));
  const bytes = rows.reduce((sum, {example}) => {
    return Object.keys(example.parts).reduce((own, name) => own + (sizes.get(name) ?? 0), sum);
  }, 0);
  const isHeld = bytes <= memoryBytes;
  const modalities = Object.fromEntries(sources.map(({name, spec}) => [name, spec]));
  const pool = new PartPool({modalities, encoder: null, maxBytes: sources[0]!.maxBytes}, threads);
  const good: GoodRow[] = [];
  try {
    const inFlight: Promise<{chunk: readonly GoodRow[]; problems: ReadonlyMap<number, string[]>}>[] = [];
    const take = async (): Promise<void> => {
      const {chunk, problems} = (await inFlight.shift())!;
      for (const row of chunk) {
        const own = problems.get(row.line);
        if (own) bad.push({line: row.line, problem: own.join(' ')});
        else good.push(row);
      }
      onProgress?.(good.length + bad.length, rows.length + bad.length);
    };
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      inFlight.push(readChunk(pool, rows.slice(from, from + rowsAtOnce), isHeld));
      if (inFlight.length > 2 * threads) await take();
    }
    while (inFlight.length > 0) await take();
  } finally {
    await pool.close();
  }
  return {rows: good, isHeld};
}

async function readChunk(pool: PartPool, chunk: readonly GoodRow[], isHeld: boolean) {
  const files = chunk.flatMap(({line, example}) =>
    Object.values(example.parts)
      .filter(isFilePart)
      .map(part => ({line, part})),
  );
  const read = await pool.read(
    files.map(({part}) => part.request),
    isHeld ? 'decoded' : 'nothing',
  );
  const problems = new Map<number, string[]>();
  read.forEach((values, i) => {
    const {line, part} = files[i]!;
    if (!ArrayBuffer.isView(values)) problems.set(line, [...(problems.get(line) ?? []), (values as UserError).message]);
    else if (isHeld) hold(part, values);
  });
  return {chunk, problems};
}

function hold(part: PictureFile | SoundFile, values: ArrayBufferView): void {
  if (part instanceof PictureFile) part.hold(values as Uint8Array);
  else part.hold(values as Float32Array);
}
