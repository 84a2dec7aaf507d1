/** Stack traces in terms of cells: `cell 3:12:5` instead of a script in memory, and without the kernel's own frames. */
import {SourceMap, type SourceMapPayload} from 'node:module';
import {dirname, sep} from 'node:path';

export interface Script {
  /** The number in the margin of the notebook. */
  readonly count: number;
  readonly serial: number;
  readonly code: string;
  /** Lines of the script that came from the cell; what follows is tslab's call of it. */
  readonly numLines: number;
  /** Source maps of the two compilation steps, as JSON. */
  readonly maps: {readonly first?: string; readonly second?: string};
}

/** A place in a cell; lines and columns count from 1. */
export interface Place {
  readonly script: Script;
  readonly line: number;
  readonly column: number;
}

const scripts = new Map<string, Script>();
/** The line that compiler.ts puts before the code, and the one that tslab puts before the cell. */
const addedLines = 1;
const maxScripts = 2000;

/** The name by which the engine knows a cell's script; sourceURL allows no blanks, hence not yet `cell 3`. */
export function rememberScript(script: Script): string {
  const name = `kernel-cell-${script.count}-${script.serial}`;
  scripts.set(name, script);
  if (scripts.size > maxScripts) scripts.delete(scripts.keys().next().value!);
  return name;
}

/** The place in the cell from which the engine's position came; null for anything that is no cell. */
export function placeOf(scriptName: string | null | undefined, line: number, column: number): Place | null {
  const script = scripts.get(scriptName ?? '');
  if (!script) return null;
  const module = trace(script.maps.second, line - 1 - addedLines, column - 1);
  const source = trace(script.maps.first, module.line, module.column);
  // tslab compiles the cell under one line of its own.
  return {script, line: Math.max(1, source.line - addedLines + 1), column: source.column + 1};
}

/** `cell 3:12:5` */
export function showPlace({script, line, column}: Place): string {
  return `cell ${script.count}:${line}:${column}`;
}

/** The line of the cell and a mark under the place. */
export function showLine(code: string, line: number, column: number, length = 1): string[] {
  const text = code.split(/\r?\n/)[line - 1];
  if (text === undefined) return [];
  const number = String(line);
  const before = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const mark = '^'.repeat(Math.max(1, Math.min(length, text.length - column + 1)));
  return [`  ${number} | ${text}`, `  ${' '.repeat(number.length)} | ${before}${mark}`];
}

/** Node puts the failing line of the compiled script before the stack of an error that leaves it; the cell's own line is shown instead. */
export function withoutScriptLine(text: string): string {
  return text.replace(/^(\[?)\S+:\d+\n[^\n]*\n[ \t]*\^+\n+/, '$1');
}

/** From now on every error's stack speaks of cells. */
export function installStackTraces(): void {
  Error.prepareStackTrace = (error, sites) => {
    const lines = sites.filter(site => !isHidden(site)).map(site => `\n    at ${showSite(site)}`);
    return header(error) + lines.join('');
  };
}

/** The innermost frame of an error that lies in a cell. */
export function placeOfError(error: unknown): {count: number; line: number; column: number} | null {
  const stack = typeof error === 'object' && error !== null ? (error as {stack?: unknown}).stack : undefined;
  const found = typeof stack === 'string' ? /\bcell (\d+):(\d+):(\d+)/.exec(stack) : null;
  return found && {count: Number(found[1]), line: Number(found[2]), column: Number(found[3])};
}

function trace(map: string | undefined, line: number, column: number): {line: number; column: number} {
  if (!map) return {line, column};
  const entry = new SourceMap(JSON.parse(map) as SourceMapPayload).findEntry(line, column);
  return 'originalLine' in entry ? {line: entry.originalLine, column: entry.originalColumn} : {line, column};
}

function showSite(site: NodeJS.CallSite): string {
  const name = site.getScriptNameOrSourceURL();
  const place = placeOf(name, site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1);
  const text = site.toString();
  if (!place) return text;
  const shown = showPlace(place);
  // The function around a whole cell has no name worth showing.
  return text.replace(/\(?\b(?:eval at .*?, )?kernel-cell-[\d-]+(?::\d+)*\)?/, match =>
    match.startsWith('(') ? `(${shown})` : shown,
  );
}

const ownFolder = dirname(__filename) + sep;
const hidden = [`${sep}tslab${sep}dist${sep}`, 'node:vm', 'node:internal/', 'node:async_hooks'];

function isHidden(site: NodeJS.CallSite): boolean {
  const name = site.getScriptNameOrSourceURL() ?? '';
  const script = scripts.get(name);
  if (script) return (site.getLineNumber() ?? 0) > script.numLines + addedLines;
  return name.startsWith(ownFolder) || hidden.some(part => name.includes(part));
}

function header(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
