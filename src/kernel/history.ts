/** The cells of this session, for the arrow keys of a console and for `history_request`. */
import type {JsonObject} from './wire';

interface Entry {
  readonly line: number;
  readonly code: string;
  output: string | null;
}

export class History {
  private readonly entries: Entry[] = [];
  private static readonly session = 1;

  add(line: number, code: string): void {
    this.entries.push({line, code, output: null});
  }

  setOutput(line: number, text: string): void {
    const entry = this.entries.filter(candidate => candidate.line === line).at(-1);
    if (entry) entry.output = text;
  }

  /** Answers a history_request; every list is oldest first. */
  answer(request: JsonObject): JsonObject {
    const withOutput = request['output'] === true;
    const rows = this.select(request).map(({line, code, output}) => [
      History.session,
      line,
      withOutput ? [code, output] : code,
    ]);
    return {status: 'ok', history: rows};
  }

  private select(request: JsonObject): Entry[] {
    switch (request['hist_access_type']) {
      case 'range': {
        // Session 0 is the current one, and there is no other.
        const session = number(request['session'], 0);
        const start = number(request['start'], 1);
        const stop = number(request['stop'], Number.POSITIVE_INFINITY);
        if (session !== 0 && session !== History.session) return [];
        return this.entries.filter(({line}) => line >= start && line < stop);
      }
      case 'search': {
        const pattern = globToRegExp(typeof request['pattern'] === 'string' ? request['pattern'] : '*');
        const found = this.entries.filter(({code}) => pattern.test(code));
        return last(request['unique'] === true ? unique(found) : found, request['n']);
      }
      default:
        return last(this.entries, request['n']);
    }
  }
}

function last(entries: Entry[], n: unknown): Entry[] {
  const count = number(n, Number.POSITIVE_INFINITY);
  return count <= 0 ? [] : entries.slice(-count);
}

/** The latest of equal cells stays. */
function unique(entries: Entry[]): Entry[] {
  const latest = new Map(entries.map(entry => [entry.code, entry]));
  return entries.filter(entry => latest.get(entry.code) === entry);
}

/** `*` any text, `?` any character, `[ab]` one of these: the shell's patterns, which the protocol asks for. */
export function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (match, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
    if (match === '*') return '[\\s\\S]*';
    if (match === '?') return '[\\s\\S]';
    return match.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
