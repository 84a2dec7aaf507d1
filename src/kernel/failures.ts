/** Whatever can go wrong in a cell, as Jupyter wants to hear it: a name, one line, and a traceback for people. */
import {inspect} from 'node:util';
import type {Diagnostic} from 'tslab/dist/converter';
import {placeOfError, showLine, withoutScriptLine} from './stacks';
import type {JsonObject} from './wire';

export interface Failure extends JsonObject {
  readonly ename: string;
  readonly evalue: string;
  /** Lines, outermost call last. */
  readonly traceback: string[];
}

/** Thrown inside the kernel when a client asks to stop; its name is the one that Jupyter's tools know. */
export class KeyboardInterrupt extends Error {
  override readonly name = 'KeyboardInterrupt';
  constructor() {
    super('The cell was interrupted.');
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** A thrown value; `source` gives the code of the cell in which the innermost frame lies. */
export function describeThrown(error: unknown, source: (count: number) => string | undefined): Failure {
  const ename = nameOf(error);
  const evalue = messageOf(error);
  const shown = safely(() => inspect(error, {colors: false}), `${ename}: ${evalue}`);
  // Node puts an error without a stack in brackets.
  const bare = isError(error) ? shown.replace(/^\[([^\n]*)\]$/, '$1') : shown;
  const traceback = withoutScriptLine(bare).split('\n');
  if (!isError(error)) traceback.unshift('Thrown:');
  const place = placeOfError(error);
  const code = place ? source(place.count) : undefined;
  if (place && code !== undefined) {
    traceback.push('', `cell ${place.count}, line ${place.line}:`, ...showLine(code, place.line, place.column));
  }
  return {ename, evalue, traceback};
}

/** What the compiler says of a cell, each diagnostic with its place, its code and the line with a mark. */
export function describeDiagnostics(diagnostics: readonly Diagnostic[], code: string, count: number): Failure {
  const groups = groupChains(diagnostics);
  const first = groups[0]!;
  const others = groups.length > 1 ? ` (and ${groups.length - 1} more)` : '';
  return {
    ename: 'TypeScriptError',
    evalue: `${placeOfDiagnostic(first[0]!, count)} - TS${first[0]!.code}: ${advice(first[0]!)}${others}`,
    traceback: groups.flatMap((group, index) => [...(index > 0 ? [''] : []), ...showDiagnostic(group, code, count)]),
  };
}

function showDiagnostic(chain: readonly Diagnostic[], code: string, count: number): string[] {
  const [head, ...details] = chain as [Diagnostic, ...Diagnostic[]];
  const {start, end} = head;
  const length = end.line === start.line ? end.character - start.character : Number.POSITIVE_INFINITY;
  return [
    `${placeOfDiagnostic(head, count)} - TypeScriptError TS${head.code}: ${advice(head)}`,
    ...details.map(detail => `  ${detail.messageText}`),
    ...(head.fileName ? [] : showLine(code, start.line + 1, start.character + 1, length)),
  ];
}

/** The compiler explains one mistake in a chain of messages at one place. */
function groupChains(diagnostics: readonly Diagnostic[]): Diagnostic[][] {
  const groups: Diagnostic[][] = [];
  for (const diagnostic of diagnostics) {
    const last = groups.at(-1)?.[0];
    const same = last && last.start.offset === diagnostic.start.offset && last.end.offset === diagnostic.end.offset;
    if (same) groups.at(-1)!.push(diagnostic);
    else groups.push([diagnostic]);
  }
  return groups;
}

function placeOfDiagnostic({fileName, start}: Diagnostic, count: number): string {
  return `${fileName ?? `cell ${count}`}:${start.line + 1}:${start.character + 1}`;
}

const codes = {outsideRoot: 6059} as const;

function advice({code, messageText}: Diagnostic): string {
  if (code !== codes.outsideRoot) return messageText;
  return 'A notebook can import source files of its own folder only; build the package and import it by its name instead.';
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function nameOf(error: unknown): string {
  if (!isError(error)) return error === null ? 'null' : typeof error;
  return safely(() => String(error.name || error.constructor?.name || 'Error'), 'Error');
}

function messageOf(error: unknown): string {
  if (isError(error)) return safely(() => String(error.message), '');
  return safely(() => (typeof error === 'string' ? error : inspect(error)), 'a value that cannot be shown');
}

/** A thrown value may have getters that throw. */
function safely(show: () => string, otherwise: string): string {
  try {
    return show();
  } catch {
    return otherwise;
  }
}
