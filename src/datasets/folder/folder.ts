/** A folder of your own with `manifest.csv` as a dataset. The format and every rule: docs/data.md. */
import {realpathSync} from 'node:fs';
import {basename, join} from 'node:path';
import {badInput, UserError} from '../../core/checks';
import type {RandomStream} from '../../core/random';
import type {Example, Modalities, ModalitySpec, SplitName} from '../../core/types';
import type {Dataset} from '../dataset';
import {collectGarbage} from './collect';
import {type ColumnRole, columnRoles, isModality} from './columns';
import type {PartSource} from './file-parts';
import {pathInside, readBounded} from './inside';
import {type BadRow, type ManifestRow, manifestName, openManifest} from './manifest';
import {type PictureFacts, pictureFacts} from './read-picture';
import {type SoundFacts, soundFacts} from './read-sound';
import {type GoodRow, RowReader} from './rows';
import {type FolderSettings, readSettings} from './settings';
import {audioSpec, imageSpec, VocabularyCount} from './specs';
import {verifyRows} from './verify';

export interface FolderOptions {
  /** JSON file in place of `dataset.json` in the folder. */
  readonly settings?: string;
  /** Threads that read files; 2 unless told. */
  readonly threads?: number;
  /** Keeps going whatever share of the rows is bad, for reports. */
  readonly isLenient?: boolean;
  /** Every file is read once before anything else; false trusts them. */
  readonly verify?: boolean;
  /** Decoded parts of at most so many bytes are kept in memory; larger data stay in their files. 64 MB unless told. */
  readonly memoryBytes?: number;
  readonly onProgress?: (rows: number, of: number) => void;
}

/** What was found while the folder was opened. */
export interface FolderFindings {
  readonly columns: readonly {readonly name: string; readonly role: ColumnRole['role']}[];
  /** Rows of the manifest, bad ones too. */
  readonly numRows: number;
  /** In the order of their lines. They are left out of the splits. */
  readonly badRows: readonly BadRow[];
  /** Of the first 1,000 files of a modality at most, what they themselves say. */
  readonly pictures: Readonly<Record<string, readonly PictureFacts[]>>;
  readonly sounds: Readonly<Record<string, readonly SoundFacts[]>>;
}

export interface FolderDataset extends Dataset {
  readonly folder: string;
  readonly findings: FolderFindings;
  /** Whether parts stay in their files, to be read ahead by a loader. */
  readonly isStreamed: boolean;
  readonly maxBytes: number;
}

/**
 * Opens a folder: reads its manifest, guesses what the columns are, looks at up to 1,000 files of each modality for sizes and rates, and
 * reads every file once, so that no training finds a bad one in its middle.
 *
 * @throws UserError (exit code input) when there is no manifest, no modality, or more bad rows than the settings allow.
 */
export async function openFolder(folder: string, options: FolderOptions = {}): Promise<FolderDataset> {
  const root = realFolder(folder);
  const settings = readSettings(root, options.settings);
  const maxBytes = settings.maxFileMegabytes * 1e6;
  const {columns, rows} = await openManifest(root);
  const found: ManifestRow[] = [];
  const bad: BadRow[] = [];
  for await (const row of rows) {
    if ('problem' in row) bad.push(row);
    else found.push(row);
  }
  if (found.length === 0 && bad.length === 0)
    throw badInput(join(folder, manifestName), 'a table with rows', 'its first line only');
  const samples = columns.map((_, i) => found.slice(0, 1000).map(({cells}) => cells[i]!));
  const roles = columnRoles(columns, samples, settings, join(folder, manifestName));
  const looked = await lookAtFiles(root, columns, roles, found, maxBytes);
  const sources = columns.map((name, i) => sourceOf(name, roles[i]!, looked, root, maxBytes));
  const reader = new RowReader(columns, roles, sources, root, maxBytes);
  const good: GoodRow[] = [];
  for (const row of taken(found)) {
    const read = reader.read(row);
    if ('problem' in read) bad.push(read);
    else good.push(read);
  }
  const modalities = modalitiesOf(columns, roles, sources, good);
  const {rows: whole, isHeld} = await verifyRows(
    good,
    sources.filter(source => source !== null),
    bad,
    options,
  );
  bad.sort((a, b) => a.line - b.line);
  const findings: FolderFindings = {
    columns: columns.map((name, i) => ({name, role: roles[i]!.role})),
    numRows: whole.length + bad.length,
    badRows: bad,
    ...looked,
  };
  // What the cells of a long table took is given back before training begins to ask for memory.
  if (findings.numRows > 10_000) collectGarbage();
  if (!options.isLenient) assertFewBad(folder, findings, settings);
  return new Folder(folder, modalities, whole, findings, !isHeld, maxBytes);
}

/** Whether a dataset is a folder whose parts stay in their files. */
export function isStreamedFolder(dataset: Dataset): dataset is FolderDataset {
  return (dataset as Partial<FolderDataset>).isStreamed === true;
}

class Folder implements FolderDataset {
  readonly name: string;
  readonly source: string;
  readonly classNames: readonly string[];
  private readonly splits: Readonly<Record<SplitName, readonly Example[]>>;

  constructor(
    readonly folder: string,
    readonly modalities: Modalities,
    rows: readonly GoodRow[],
    readonly findings: FolderFindings,
    readonly isStreamed: boolean,
    readonly maxBytes: number,
  ) {
    this.name = `folder ${basename(realpathSync(folder))}`;
    this.source = `${folder} (${rows.length} of ${findings.numRows} rows)`;
    this.classNames = sortedLabels(rows);
    const places = new Map(this.classNames.map((name, i) => [name, i]));
    const splits: Record<SplitName, Example[]> = {train: [], validation: [], test: []};
    for (const {split, label, example} of rows)
      splits[split].push(label === null ? example : Object.assign(example, {label: places.get(label)!}));
    this.splits = splits;
  }

  pair(split: SplitName, stream: RandomStream, {shuffle = true}: {shuffle?: boolean} = {}): Example[] {
    const examples = [...this.splits[split]];
    return shuffle ? stream.shuffle(examples) : examples;
  }

  rows(split: SplitName): readonly Example[] {
    return this.splits[split];
  }
}

/** Each item in turn, after which the list holds it no longer: cells need not be in memory beside the examples made of them. */
function* taken<T>(items: T[]): Generator<T> {
  items.reverse();
  for (let item = items.pop(); item !== undefined; item = items.pop()) yield item;
}

/** Numbers by size, other labels by code unit. */
function sortedLabels(rows: readonly GoodRow[]): string[] {
  const labels = [...new Set(rows.flatMap(({label}) => (label === null ? [] : [label])))];
  const areNumbers = labels.every(label => Number.isFinite(Number(label)));
  return labels.sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    throw badInput(folder, 'a folder', 'nothing at that path');
  }
}

type Looked = Pick<FolderFindings, 'pictures' | 'sounds'>;

/** Up to 1,000 files of each modality, evenly spread over the rows. Files that cannot be read are named later. */
async function lookAtFiles(
  root: string,
  columns: readonly string[],
  roles: readonly ColumnRole[],
  rows: readonly ManifestRow[],
  maxBytes: number,
): Promise<Looked> {
  const pictures: Record<string, PictureFacts[]> = {};
  const sounds: Record<string, SoundFacts[]> = {};
  for (const [i, {role}] of roles.entries()) {
    if (role !== 'image' && role !== 'audio') continue;
    const name = columns[i]!;
    if (role === 'image') pictures[name] = [];
    else sounds[name] = [];
    const cells = rows.map(({cells}) => cells[i]!).filter(cell => cell !== '');
    const step = Math.max(1, cells.length / 1000);
    for (let at = 0; at < cells.length; at += step) {
      const cell = cells[Math.floor(at)]!;
      try {
        const bytes = readBounded(pathInside(root, cell), maxBytes, cell);
        if (role === 'image') pictures[name]!.push(await pictureFacts(bytes, cell));
        else sounds[name]!.push(soundFacts(bytes, cell));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  }
  return {pictures, sounds};
}

function sourceOf(
  name: string,
  role: ColumnRole,
  {pictures, sounds}: Looked,
  root: string,
  maxBytes: number,
): PartSource | null {
  if (role.role === 'image') return {name, root, maxBytes, spec: imageSpec(pictures[name]!, role.settings)};
  if (role.role === 'audio') return {name, root, maxBytes, spec: audioSpec(sounds[name]!, role.settings)};
  return null;
}

/** Vocabularies come from the train rows alone. */
function modalitiesOf(
  columns: readonly string[],
  roles: readonly ColumnRole[],
  sources: readonly (PartSource | null)[],
  rows: readonly GoodRow[],
): Modalities {
  const specs = columns.flatMap((name, i): [string, ModalitySpec][] => {
    const role = roles[i]!;
    if (!isModality(role.role)) return [];
    if (role.role !== 'text') return [[name, sources[i]!.spec]];
    const words = new VocabularyCount(role.settings);
    for (const {split, example} of rows) {
      const text = example.parts[name];
      if (split === 'train' && typeof text === 'string') words.add(text);
    }
    return [[name, words.spec()]];
  });
  return Object.fromEntries(specs);
}

function assertFewBad(folder: string, {numRows, badRows}: FolderFindings, {maxBadShare}: FolderSettings): void {
  if (badRows.length <= maxBadShare * numRows) return;
  const [first] = badRows;
  throw badInput(
    folder,
    `a folder with at most ${Math.round(100 * maxBadShare)} % of bad rows (maxBadShare in dataset.json)`,
    `${badRows.length} of ${numRows}, the first in line ${first!.line}: ${first!.problem} \`multimodal-gan data check\` lists them all`,
  );
}
