/** Rows of a manifest become examples; what is wrong with a row is said with its line. */
import {createHash} from 'node:crypto';
import {relative} from 'node:path';
import type {Example, Part, SplitName} from '../../core/types';
import {tokenize} from '../tokens';
import type {ColumnRole} from './columns';
import {type PartSource, PictureFile, SoundFile} from './file-parts';
import {pathInside} from './inside';
import type {BadRow, ManifestRow} from './manifest';
import {readTextFile} from './read-part';

/** A row whose cells are in order; whether its files can be read is found out later. */
export interface GoodRow {
  readonly line: number;
  readonly split: SplitName;
  /** Null without one. */
  readonly label: string | null;
  readonly example: Example;
}

const splitNames: Readonly<Record<string, SplitName | undefined>> = Object.assign(Object.create(null), {
  train: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  test: 'test',
});

export class RowReader {
  private readonly lineOf = new Map<string, number>();

  /** @param sources by column, for pictures and sounds. */
  constructor(
    private readonly columns: readonly string[],
    private readonly roles: readonly ColumnRole[],
    private readonly sources: readonly (PartSource | null)[],
    private readonly root: string,
    private readonly maxBytes: number,
  ) {}

  read({line, cells}: ManifestRow): GoodRow | BadRow {
    try {
      return this.toExample(line, cells);
    } catch (error) {
      return {line, problem: (error as Error).message};
    }
  }

  private toExample(line: number, cells: readonly string[]): GoodRow {
    let id = `line ${line}`;
    let split: SplitName | undefined;
    let label: string | null = null;
    const parts: Record<string, Part> = {};
    let attributes: Record<string, string | number> | undefined;
    for (const [i, cell] of cells.entries()) {
      const {role} = this.roles[i]!;
      const name = this.columns[i]!;
      if (role === 'id') id = wanted(cell !== '', cell, 'Expected an id, got an empty cell.');
      else if (role === 'split') split = cell === '' ? undefined : splitOf(cell);
      else if (role === 'label') label = cell === '' ? null : cell;
      else if (role === 'attribute' && cell !== '')
        attributes = {...attributes, [name]: Number.isFinite(Number(cell)) ? Number(cell) : cell};
      else if (role !== 'ignore' && cell !== '') parts[name] = this.part(i, cell, line);
    }
    if (Object.keys(parts).length === 0) throw new Error('Expected at least one modality, got empty cells only.');
    const before = this.lineOf.get(id);
    if (before !== undefined) throw new Error(`Expected ids that differ, got "${id}" as in line ${before}.`);
    this.lineOf.set(id, line);
    return {line, split: split ?? drawnSplit(id), label, example: attributes ? {id, parts, attributes} : {id, parts}};
  }

  private part(i: number, cell: string, line: number): Part {
    const role = this.roles[i]!;
    if (role.role === 'text') {
      const text = role.inFiles ? readTextFile(pathInside(this.root, cell), cell, this.maxBytes) : cell;
      const empty = `Expected ${this.columns[i]} to have a word, got ${JSON.stringify(brief(text))}.`;
      return wanted(tokenize(text, role.settings.tokens).length > 0, text, empty);
    }
    const source = this.sources[i]!;
    const path = relative(this.root, pathInside(this.root, cell));
    return source.spec.kind === 'image'
      ? new PictureFile(source as PartSource<typeof source.spec>, path, line)
      : new SoundFile(source as PartSource<typeof source.spec>, path, line);
  }
}

/**
 * Where there is no split: by the first 4 bytes of the id's SHA-256, 80 % train, 10 % validation, 10 % test. So an example stays in its
 * split whatever else is added to the folder.
 */
export function drawnSplit(id: string): SplitName {
  const share = createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32;
  return share < 0.8 ? 'train' : share < 0.9 ? 'validation' : 'test';
}

function splitOf(cell: string): SplitName {
  const split = splitNames[cell.toLowerCase()];
  if (!split) throw new Error(`Unknown split "${brief(cell)}"; choose train, validation or test.`);
  return split;
}

function wanted(holds: boolean, value: string, otherwise: string): string {
  if (!holds) throw new Error(otherwise);
  return value;
}

function brief(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
