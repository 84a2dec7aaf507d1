/** Questions about code that is not run: is it complete, what could follow, what is this. */
import {withoutAlias} from './aliases';
import type {Compiler} from './compiler';
import type {JsonObject} from './wire';

/** complete_request: names that fit at the cursor, with what they are. */
export function complete(compiler: Compiler, request: JsonObject): JsonObject {
  const code = text(request['code']);
  const cursor = toUtf16(code, request['cursor_pos']);
  const found = compiler.executor.complete(code, cursor);
  const [start, end] = [toCodePoints(code, found.start), toCodePoints(code, found.end)];
  const kinds = new Map((found.original?.entries ?? []).map(entry => [entry.name, entry.kind as string]));
  const matches = preferStarts([...new Set(found.candidates)], code.slice(found.start, cursor));
  const types = matches.map(match => ({text: match, type: kinds.get(match) ?? 'unknown', start, end}));
  return {
    status: 'ok',
    matches,
    cursor_start: start,
    cursor_end: end,
    metadata: {_jupyter_types_experimental: types},
  };
}

/** tslab also offers names that contain what was typed somewhere; they are wanted only where none begins with it. */
function preferStarts(names: readonly string[], typed: string): readonly string[] {
  const starting = names.filter(name => name.toLowerCase().startsWith(typed.toLowerCase()));
  return starting.length > 0 ? starting : names;
}

/** inspect_request: the type at the cursor; at detail level 1 with its documentation and tags. */
export function inspectAt(compiler: Compiler, request: JsonObject): JsonObject {
  const code = text(request['code']);
  const cursor = toUtf16(code, request['cursor_pos']);
  // With the cursor behind a name or an opening parenthesis, people mean what stands before it.
  const places = [cursor, cursor - 1, code.lastIndexOf('(', cursor - 1) - 1].filter(place => place >= 0);
  for (const place of places) {
    const info = compiler.executor.inspect(code, place) as QuickInfo | undefined;
    if (info) return {status: 'ok', found: true, data: showInfo(info, request['detail_level'] === 1), metadata: {}};
  }
  return {status: 'ok', found: false, data: {}, metadata: {}};
}

interface Part {
  readonly text: string;
}
interface QuickInfo {
  readonly displayParts?: readonly Part[];
  readonly documentation?: readonly Part[];
  readonly tags?: readonly {readonly name: string; readonly text?: readonly Part[]}[];
}

function showInfo(info: QuickInfo, detailed: boolean): JsonObject {
  const join = (parts: readonly Part[] = []) => parts.map(part => part.text).join('');
  const signature = withoutAlias(join(info.displayParts));
  const documentation = join(info.documentation);
  const summary = detailed ? documentation : (documentation.split(/\n\s*\n/)[0] ?? '');
  const tags = detailed ? (info.tags ?? []).map(tag => `@${tag.name} ${join(tag.text)}`.trim()) : [];
  const below = [summary, tags.join('\n')].filter(part => part !== '');
  const tagList = tags.map(tag => `- ${tag.replace(/^@(\S+)/, '**$1**')}`).join('\n');
  return {
    'text/plain': [signature, ...below].join('\n\n'),
    'text/markdown': [`\`\`\`typescript\n${signature}\n\`\`\``, summary, tagList]
      .filter(part => part !== '')
      .join('\n\n'),
  };
}

const unterminated: ReadonlySet<number> = new Set([
  1010, // '*/' expected.
  1160, // Unterminated template literal.
]);

/** is_complete_request: whether a console should run the code or wait for another line. */
export function isComplete(compiler: Compiler, request: JsonObject): JsonObject {
  const code = text(request['code']);
  const {typescript: ts} = compiler;
  const file = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const problems = (file as unknown as {parseDiagnostics: readonly {start: number; length: number; code: number}[]})
    .parseDiagnostics;
  if (problems.length === 0) return {status: 'complete'};
  const end = code.trimEnd().length;
  const wantsMore = problems.some(problem => unterminated.has(problem.code) || problem.start >= end);
  // Two empty lines mean that the person insists.
  if (wantsMore && !/\n\s*\n\s*$/.test(code)) return {status: 'incomplete', indent: indentAfter(code)};
  return {status: 'invalid'};
}

/** The indentation of the last line, two blanks deeper after an opening bracket. */
function indentAfter(code: string): string {
  const line = code.trimEnd().split('\n').at(-1) ?? '';
  const current = /^\s*/.exec(line)![0];
  return /[{([]\s*(\/\/.*)?$/.test(line) || /=>\s*$/.test(line) ? `${current}  ` : current;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Jupyter counts characters of Unicode, JavaScript counts halves of some of them. */
export function toUtf16(code: string, cursor: unknown): number {
  const wanted = typeof cursor === 'number' && Number.isFinite(cursor) ? Math.max(0, cursor) : Number.POSITIVE_INFINITY;
  let units = 0;
  let points = 0;
  for (const character of code) {
    if (points >= wanted) break;
    points += 1;
    units += character.length;
  }
  return units;
}

export function toCodePoints(code: string, offset: number): number {
  return [...code.slice(0, Math.max(0, offset))].length;
}
