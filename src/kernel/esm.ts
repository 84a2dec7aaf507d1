/** Lets cells import packages that only offer themselves to `import`, although cells are CommonJS. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/**
 * Node loads ES modules with `require` (from 20.19 on) but refuses packages whose `exports` name nothing for `require`.
 * Where that is the refusal, the file that `import` would get is loaded instead.
 */
export function importingRequire(require: NodeJS.Require): NodeJS.Require {
  return new Proxy(require, {
    apply: (_target, _this, [id]: [string]) => {
      try {
        return require(id);
      } catch (error) {
        const refused = (error as NodeJS.ErrnoException | null)?.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
        const file = refused ? importedFile(id, require.resolve.paths(id) ?? []) : null;
        if (file === null) throw error;
        return require(file);
      }
    },
  });
}

type Exports = string | null | readonly Exports[] | {readonly [key: string]: Exports};

/** The file that `import id` would load, or null; `folders` are the node_modules folders in the order of the search. */
export function importedFile(id: string, folders: readonly string[]): string | null {
  const [, name, rest] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(id) ?? [];
  if (name === undefined) return null;
  for (const folder of folders) {
    const exports = readExports(join(folder, name, 'package.json'));
    if (exports === undefined) continue;
    const target = resolveExports(exports, `.${rest ?? ''}`);
    return target === null ? null : join(folder, name, target);
  }
  return null;
}

/** The conditions of `import` in Node; the order is the package's. */
const conditions: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'default']);

/** @param path `.` or `./sub`. https://nodejs.org/api/packages.html#exports */
export function resolveExports(exports: Exports, path: string): string | null {
  const isMap = typeof exports === 'object' && exports !== null && !Array.isArray(exports);
  const keys = isMap ? Object.keys(exports) : [];
  if (!keys.some(key => key.startsWith('.'))) return path === '.' ? choose(exports) : null;
  const map = exports as {readonly [key: string]: Exports};
  if (path in map) return choose(map[path]!);
  for (const key of keys.filter(candidate => candidate.includes('*')).sort((a, b) => b.length - a.length)) {
    const [start, end] = key.split('*') as [string, string];
    if (!path.startsWith(start) || !path.endsWith(end) || path.length < key.length) continue;
    return choose(map[key]!)?.replaceAll('*', path.slice(start.length, path.length - end.length)) ?? null;
  }
  return null;
}

function choose(target: Exports): string | null {
  if (typeof target === 'string' || target === null) return target;
  const options = Array.isArray(target)
    ? (target as readonly Exports[])
    : Object.entries(target).flatMap(([condition, option]) => (conditions.has(condition) ? [option as Exports] : []));
  for (const option of options) {
    const chosen = choose(option);
    if (chosen !== null) return chosen;
  }
  return null;
}

function readExports(file: string): Exports | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as {exports?: Exports}).exports;
  } catch {
    return undefined;
  }
}
