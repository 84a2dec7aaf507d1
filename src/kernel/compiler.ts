/**
 * tslab's compiler and executor with four of their defaults changed: strict types, package `exports`, source maps and
 * `for await` outside functions. tslab offers no options for these, so its TypeScript is handed to it with the few
 * functions replaced that take them. Everything here leans on tslab's private modules: the version is pinned exactly.
 */
import type * as Tslab from '@tslab/typescript-for-tslab';
import type {Converter, ConvertResult, Diagnostic} from 'tslab/dist/converter';
import type {ConverterSet, Executor} from 'tslab/dist/executor';
import {importingRequire} from './esm';
import {globalsDeclaration} from './globals';
import {rememberScript} from './stacks';

type TypeScript = typeof Tslab;
type CompilerOptions = Tslab.CompilerOptions;

/** What one cell came to. */
export type Outcome =
  | {readonly kind: 'value'; readonly value: unknown}
  | {readonly kind: 'nothing'}
  | {readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[]}
  | {readonly kind: 'thrown'; readonly error: unknown};

export interface CellNumbers {
  readonly count: number;
  readonly serial: number;
}

export interface Steps {
  /** Between compiling and running; may throw to keep the code from running. */
  readonly beforeRun?: () => void;
  /** When the code has run to its end or to its first `await`. */
  readonly afterFirstRun?: () => void;
}

export interface Compiler {
  readonly version: string;
  readonly typescript: TypeScript;
  readonly executor: Executor;
  run(code: string, cell: CellNumbers, steps?: Steps): Promise<Outcome>;
}

/** Loads tslab (about half a second) for cells that resolve imports from `folder`. */
export function loadCompiler(folder: string): Compiler {
  const typescript = require('@tslab/typescript-for-tslab') as TypeScript;
  const maps: Maps = {};
  replaceModule('@tslab/typescript-for-tslab', adapt(typescript, maps));
  const {createConverter} = require('tslab/dist/converter') as typeof import('tslab/dist/converter');
  const {createExecutor} = require('tslab/dist/executor') as typeof import('tslab/dist/executor');

  let running: Running | null = null;
  const node = watched(typescript, createConverter({isJS: false, isBrowser: false}), () => running, maps);
  const converters: ConverterSet = {
    node,
    get browser(): Converter {
      throw new Error('Cells marked @browser are not supported by this kernel.');
    },
    close: () => node.close(),
  };
  const executor = createExecutor(folder, converters, {
    log: (value: unknown) => {
      if (running) running.outcome = {kind: 'value', value};
    },
    error: (first: unknown) => {
      if (running && running.outcome.kind !== 'diagnostics') running.outcome = {kind: 'thrown', error: first};
    },
  });
  // tslab hands this object to every cell.
  const hook = (globalThis as unknown as {__tslab__: {require: NodeJS.Require}}).__tslab__;
  hook.require = importingRequire(hook.require);

  async function run(code: string, cell: CellNumbers, steps: Steps = {}): Promise<Outcome> {
    const mine: Running = {code, cell, steps, outcome: {kind: 'nothing'}};
    running = mine;
    try {
      const executed = executor.execute(code);
      steps.afterFirstRun?.();
      await executed;
    } catch (error) {
      mine.outcome = {kind: 'thrown', error};
    }
    return mine.outcome;
  }
  return {version: typescript.version, typescript, executor, run};
}

interface Running {
  readonly code: string;
  readonly cell: CellNumbers;
  readonly steps: Steps;
  outcome: Outcome;
}

/** Source maps of the cell that was compiled last: TypeScript to ESM, ESM to CommonJS. */
interface Maps {
  first?: string;
  second?: string;
}

/** Keeps each cell's diagnostics whole (tslab would print them without their codes) and names its script. */
function watched(typescript: TypeScript, converter: Converter, current: () => Running | null, maps: Maps): Converter {
  const keep = (diagnostics: readonly Diagnostic[]) => {
    const running = current();
    if (running && diagnostics.length > 0) running.outcome = {kind: 'diagnostics', diagnostics};
  };
  return {
    ...converter,
    addModule: (name, content, meta) => {
      const diagnostics = converter.addModule(name, content, meta);
      keep(diagnostics);
      return diagnostics;
    },
    convert: (previous, code): ConvertResult => {
      const result = converter.convert(previous, code);
      keep(result.diagnostics);
      const running = current();
      if (!running || result.output === undefined) return result;
      const script = rememberScript({
        ...running.cell,
        code,
        numLines: result.output.split('\n').length,
        maps: {...maps},
      });
      running.steps.beforeRun?.();
      // The line break keeps tslab's function header off the first line, so that columns are right there too.
      const hasToplevelAwait = result.hasToplevelAwait || awaitsInLoop(typescript, code);
      return {...result, hasToplevelAwait, output: `\n${result.output}\n//# sourceURL=${script}`};
    },
  };
}

/** The folder is arbitrary and never written to; the file exists only for the compiler. */
const globalsFile = '/__kernel__/globals.d.ts';

function adapt(typescript: TypeScript, maps: Maps): TypeScript {
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
  replace('createWatchProgram', (host: never) => {
    const watch = typescript.createWatchProgram(host) as unknown as {updateRootFileNames(files: string[]): void};
    const update = watch.updateRootFileNames.bind(watch);
    return Object.assign(watch, {updateRootFileNames: (files: string[]) => update([...files, globalsFile])});
  });
  replace('transpileModule', (input: string, options: Tslab.TranspileOptions) => {
    const [code, first] = splitMap(input);
    const output = typescript.transpileModule(code, {
      ...options,
      compilerOptions: {...options.compilerOptions, sourceMap: true},
    });
    maps.first = first;
    maps.second = output.sourceMapText;
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

/** tslab sees an `await` expression outside functions, but not a `for await` loop there. */
function awaitsInLoop(ts: TypeScript, code: string): boolean {
  if (!/\bfor\s+await\b/.test(code)) return false;
  const visit = (node: Tslab.Node): boolean => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    if (ts.isForOfStatement(node) && node.awaitModifier) return true;
    return ts.forEachChild(node, child => visit(child) || undefined) ?? false;
  };
  return visit(ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest));
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
