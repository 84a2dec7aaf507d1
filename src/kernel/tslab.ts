/**
 * tslab's modules with some of their defaults changed. tslab offers no options for these, so its TypeScript is handed to it
 * with the few functions replaced that take them: strict types, package `exports`, source maps, and what references.ts does.
 * Everything here leans on tslab's private modules: the version is pinned exactly.
 */
import {basename, dirname, join} from 'node:path/posix';
import type * as Tslab from '@tslab/typescript-for-tslab';
import type {Converter} from 'tslab/dist/converter';
import type {createExecutor as CreateExecutor} from 'tslab/dist/executor';
import {resolveKinds, untruncated} from './aliases';
import {globalsDeclaration} from './globals';
import {type Declared, declaredIn, referToEarlier} from './references';

export type TypeScript = typeof Tslab;
type CompilerOptions = Tslab.CompilerOptions;

/** What is known of the cell that was compiled last, beside what tslab's converter returns. */
export interface Compiled extends Declared {
  /** Source maps: TypeScript to ESM, ESM to CommonJS. */
  readonly first?: string;
  readonly second?: string;
}

export interface LoadedTslab {
  readonly typescript: TypeScript;
  readonly converter: Converter;
  readonly createExecutor: typeof CreateExecutor;
  /** Of the last cell. */
  compiled(): Compiled;
}

/** Loads tslab, about half a second. Imports are resolved from the working folder. */
export function loadTslab(): LoadedTslab {
  const typescript = require('@tslab/typescript-for-tslab') as TypeScript;
  const compiled: Mutable<Compiled> = {declared: [], live: []};
  replaceModule('@tslab/typescript-for-tslab', adapt(typescript, compiled));
  const {createConverter} = require('tslab/dist/converter') as typeof import('tslab/dist/converter');
  const {createExecutor} = require('tslab/dist/executor') as typeof import('tslab/dist/executor');
  const converter = createConverter({isJS: false, isBrowser: false});
  return {typescript, converter, createExecutor, compiled: () => ({...compiled})};
}

type Mutable<T> = {-readonly [K in keyof T]: T[K]};

/** The folder is arbitrary and never written to; the file exists only for the compiler. */
const globalsFile = '/__kernel__/globals.d.ts';
/** The names that tslab gives to a cell and to the declarations of earlier ones, in the working folder. */
const files = {cell: '__tslab__.ts', earlier: '__prev__.d.ts'} as const;

type CompletionArguments = [
  host: unknown,
  program: Tslab.Program,
  log: unknown,
  file: Tslab.SourceFile,
  position: number,
  ...rest: unknown[],
];

/** Functions of the compiler that its types do not tell of and that tslab calls. */
interface Internal {
  getQuickInfoAtPosition(file: Tslab.SourceFile, checker: Tslab.TypeChecker, ...rest: unknown[]): unknown;
  readonly Completions: {
    getCompletionsAtPositionForTslab(...args: CompletionArguments): Tslab.CompletionInfo | undefined;
  };
}

function adapt(typescript: TypeScript, compiled: Mutable<Compiled>): TypeScript {
  const internal = typescript as unknown as Internal;
  const adapted = {} as Record<string, unknown>;
  for (const name of Object.keys(typescript)) {
    const get = () => (typescript as unknown as Record<string, unknown>)[name];
    Object.defineProperty(adapted, name, {get, enumerable: true, configurable: true});
  }
  const replace = (name: string, value: unknown) =>
    Object.defineProperty(adapted, name, {value, enumerable: true, configurable: true});
  replace('sys', adaptSystem(typescript.sys));
  replace('createWatchCompilerHost', (roots: string[], options: CompilerOptions, ...rest: unknown[]) =>
    (typescript.createWatchCompilerHost as (...args: unknown[]) => unknown)(
      [...roots, globalsFile],
      {...options, ...strictOptions(typescript)},
      ...rest,
    ),
  );
  // While a script is written tslab's own search for names of earlier cells finds nothing: referToEarlier does it instead.
  let writing = false;
  replace('isIdentifier', (node: Tslab.Node) => !writing && typescript.isIdentifier(node));
  const watchEmit = (builder: Tslab.BuilderProgram) => {
    const emit = builder.emit.bind(builder);
    builder.emit = (file, write, token, onlyDeclarations, transformers = {}) => {
      const isCell = file && basename(file.fileName) === files.cell;
      if (!isCell) return emit(file, write, token, onlyDeclarations, transformers);
      Object.assign(compiled, declaredIn(typescript, file));
      const earlier = builder.getSourceFile(join(dirname(file.fileName), files.earlier))!;
      const refer = referToEarlier(typescript, builder.getProgram().getTypeChecker(), earlier);
      writing = true;
      try {
        const after = [refer, ...(transformers.after ?? [])];
        return emit(file, write, token, onlyDeclarations, {...transformers, after});
      } finally {
        writing = false;
      }
    };
  };
  replace('createWatchProgram', (host: Tslab.WatchCompilerHost<Tslab.BuilderProgram>) => {
    const created = host.afterProgramCreate!;
    host.afterProgramCreate = builder => {
      watchEmit(builder);
      created.call(host, builder);
    };
    const watch = typescript.createWatchProgram(host as never) as unknown as {
      updateRootFileNames(files: string[]): void;
    };
    const update = watch.updateRootFileNames.bind(watch);
    return Object.assign(watch, {updateRootFileNames: (names: string[]) => update([...names, globalsFile])});
  });
  replace('getQuickInfoAtPosition', (file: Tslab.SourceFile, checker: Tslab.TypeChecker, ...rest: unknown[]) =>
    internal.getQuickInfoAtPosition(file, untruncated(typescript, checker), ...rest),
  );
  replace('Completions', {
    ...internal.Completions,
    getCompletionsAtPositionForTslab: (...args: CompletionArguments) => {
      const [, program, , file, position] = args;
      const found = internal.Completions.getCompletionsAtPositionForTslab(...args);
      return found && resolveKinds(typescript, program.getTypeChecker(), file, position, found);
    },
  });
  replace('transpileModule', (input: string, options: Tslab.TranspileOptions) => {
    const [code, first] = splitMap(input);
    const output = typescript.transpileModule(code, {
      ...options,
      compilerOptions: {...options.compilerOptions, sourceMap: true},
    });
    compiled.first = first;
    compiled.second = output.sourceMapText;
    return {...output, outputText: output.outputText.replace(mapComment, '')};
  });
  return adapted as unknown as TypeScript;
}

function strictOptions(typescript: TypeScript): CompilerOptions {
  return {
    strict: true,
    // Understands `exports` of packages; cells become CommonJS afterwards, which Node 20.19 lets require ESM.
    moduleResolution: typescript.ModuleResolutionKind.Bundler,
    inlineSourceMap: true,
    // Not every @types package in sight: some bring a browser's globals, which cells do not have. Imports find theirs.
    types: ['node'],
  };
}

/** Packages do not change while a notebook is open: watching a thousand files of theirs costs memory and start-up. */
function adaptSystem(system: Tslab.System): Tslab.System {
  system.useCaseSensitiveFileNames = true;
  const adapted = Object.create(system) as Tslab.System;
  adapted.readFile = (path, encoding) => (path === globalsFile ? globalsDeclaration : system.readFile(path, encoding));
  adapted.fileExists = path => path === globalsFile || system.fileExists(path);
  adapted.watchFile = (path, callback, interval, options) =>
    path === globalsFile || path.includes('/node_modules/')
      ? {close: () => {}}
      : system.watchFile!(path, callback, interval, options);
  return adapted;
}

const mapComment = /\n?\/\/# sourceMappingURL=\S*\s*$/;
const inlineMap = /\n?\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;

function splitMap(code: string): [string, string | undefined] {
  const found = inlineMap.exec(code);
  if (!found) return [code, undefined];
  return [code.slice(0, found.index), Buffer.from(found[1]!, 'base64').toString()];
}

function replaceModule(name: string, exports: unknown): void {
  const loaded = require.cache[require.resolve(name)];
  if (loaded) loaded.exports = exports;
}
