/** What has been measured, in one file: each piece replaces its like and leaves the rest. */
import {existsSync, readFileSync} from 'node:fs';
import {cpus, totalmem} from 'node:os';
import {writeFileWhole} from '../../src/core/files';
import type {CompileTimeRow} from './measures/compile-time';
import type {CompletionRow, GenerationRow} from './measures/completion';
import type {EqualityRow} from './measures/equality';
import type {MemoryRow} from './measures/memory';
import type {StartupRow} from './measures/startup';
import type {TimelineRow} from './measures/timeline';
import type {ParityRow} from './parity';
import type {TimingRow} from './timing';

/** When and how busy: of each piece, because pieces may be measured on different days. */
export interface Conditions {
  readonly date: string;
  /** The machine's load, mean of one minute, before the piece. */
  readonly load: number;
}

export interface Results {
  /** In words, without names or paths. */
  machine: string;
  versions: Record<string, string>;
  /** Whole training steps. */
  rows: (TimingRow & Conditions)[];
  /** Engines left out of a network, with the reason. */
  leftOut: {net: string; batch: number; engine: string; threads: number; reason: string}[];
  parity: ParityRow[];
  equality: (EqualityRow & Conditions)[];
  compileTime: (CompileTimeRow & Conditions)[];
  memory: (MemoryRow & Conditions)[];
  completion: (CompletionRow & Conditions)[];
  generation: (GenerationRow & Conditions)[];
  startup: (StartupRow & Conditions)[];
  timeline: (TimelineRow & Conditions)[];
}

type Tables = {[Key in keyof Results]: Results[Key] extends readonly object[] ? Key : never}[keyof Results];

const empty: Results = {
  machine: '',
  versions: {},
  rows: [],
  leftOut: [],
  parity: [],
  equality: [],
  compileTime: [],
  memory: [],
  completion: [],
  generation: [],
  startup: [],
  timeline: [],
};

/** What the file holds, or nothing yet. */
export function readResults(file: string): Results {
  return existsSync(file) ? {...empty, ...(JSON.parse(readFileSync(file, 'utf8')) as Results)} : structuredClone(empty);
}

export function writeResults(file: string, results: Results): void {
  results.machine = machineInWords();
  writeFileWhole(file, `${JSON.stringify(results, rounded, 1)}\n`);
}

/** Replaces the rows of a table that agree with a new one in these fields; the others stay. */
export function merge<Key extends Tables>(
  results: Results,
  table: Key,
  fields: readonly string[],
  rows: readonly Results[Key][number][],
): void {
  const key = (row: object) => fields.map(field => (row as Record<string, unknown>)[field]).join(' ');
  const fresh = new Set(rows.map(key));
  const kept = (results[table] as object[]).filter(row => !fresh.has(key(row)));
  results[table] = [...kept, ...rows] as Results[Key];
}

/** "2 cores of an AMD EPYC, 23 GB of memory, Linux, Node 20". */
function machineInWords(): string {
  const models = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const system = {linux: 'Linux', darwin: 'macOS', win32: 'Windows'}[process.platform as string] ?? process.platform;
  return `${models.length} cores of an ${models[0]?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB of memory, ${system}, Node ${process.versions.node}`;
}

/** Digits that mean something. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
