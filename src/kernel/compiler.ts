/** Compiles and runs cells with tslab's converter and executor; keeps what they declare, also when they fail half-way. */
import type {Converter, ConvertResult, Diagnostic} from 'tslab/dist/converter';
import type {ConverterSet, Executor} from 'tslab/dist/executor';
import type {CellNumbers} from './cell';
import {declarationsAfterFailure} from './declarations';
import {importingRequire} from './esm';
import {connectLine} from './references';
import {type CellScope, type Live, Scope} from './scope';
import {awaitsInLoop, withoutExports} from './source';
import {rememberScript} from './stacks';
import {type LoadedTslab, loadTslab, type TypeScript} from './tslab';

/** What one cell came to. */
export type Outcome =
  | {readonly kind: 'value'; readonly value: unknown}
  | {readonly kind: 'nothing'}
  | {readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[]}
  | {readonly kind: 'thrown'; readonly error: unknown};

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

/** Loads tslab (about half a second) for cells that resolve imports from `folder`, the working folder. */
export function loadCompiler(folder: string): Compiler {
  const tslab = loadTslab();
  const cells = new Cells(tslab);
  const node = cells.converter();
  const converters: ConverterSet = {
    node,
    get browser(): Converter {
      throw new Error('Cells marked @browser are not supported by this kernel.');
    },
    close: () => node.close(),
  };
  const executor = tslab.createExecutor(folder, converters, {
    log: () => {},
    error: (error: unknown) => cells.noteThrown(error),
  });
  const {typescript} = tslab;
  const hook = given();
  hook.require = importingRequire(hook.require);
  return {version: typescript.version, typescript, executor, run: (...cell) => cells.run(executor, ...cell)};
}

/** What tslab hands to the script of every cell. */
interface Given {
  exports: object;
  require: NodeJS.Require;
  /** Ours; see connectLine. */
  connect(live: Readonly<Record<string, Live>>): void;
}

function given(): Given {
  return (globalThis as unknown as {__tslab__: Given}).__tslab__;
}

interface Running {
  readonly code: string;
  readonly cell: CellNumbers;
  readonly steps: Steps;
  outcome: Outcome;
  /** Once it is compiled: its variables, and what is declared if it ends well. */
  compiled?: {readonly scope: CellScope; readonly declarations: string};
}

class Cells {
  private readonly scope = new Scope();
  /** The types of everything that cells have declared; tslab's own record forgets a cell that failed. */
  private declarations = '';
  private running: Running | null = null;

  constructor(private readonly tslab: LoadedTslab) {}

  async run(executor: Executor, code: string, cell: CellNumbers, steps: Steps = {}): Promise<Outcome> {
    // A cell that the engine was told to leave has never come back to the end of this function.
    this.settle(false);
    const mine: Running = {code, cell, steps, outcome: {kind: 'nothing'}};
    this.running = mine;
    try {
      const executed = executor.execute(code);
      steps.afterFirstRun?.();
      await executed;
    } catch (error) {
      mine.outcome = {kind: 'thrown', error};
    }
    if (this.running === mine) this.settle(mine.outcome.kind === 'nothing');
    return mine.outcome;
  }

  noteThrown(error: unknown): void {
    if (this.running?.outcome.kind === 'nothing') this.running.outcome = {kind: 'thrown', error};
  }

  /** tslab's converter with each cell's diagnostics kept whole (tslab would print them without their codes). */
  converter(): Converter {
    const {converter} = this.tslab;
    return {
      ...converter,
      addModule: (name, content, meta) => this.noteDiagnostics(converter.addModule(name, content, meta)),
      convert: (_previous, code) => this.convert(code),
      inspect: (_previous, code, position) => converter.inspect(this.declarations, code, position),
      complete: (_previous, code, position) => converter.complete(this.declarations, code, position),
    };
  }

  private convert(code: string): ConvertResult {
    const {converter, typescript} = this.tslab;
    const {running} = this;
    const result = converter.convert(this.declarations, withoutExports(typescript, code));
    this.noteDiagnostics(result.diagnostics);
    if (!running || result.diagnostics.length > 0) return result;
    const {output = '', declOutput = '', lastExpressionVar} = result;
    const {declared, live, first, second} = this.tslab.compiled();
    const scope = this.scope.open({declared, live, result: lastExpressionVar});
    running.compiled = {scope, declarations: declOutput};
    const numLines = output.split('\n').length;
    const script = rememberScript({...running.cell, code, numLines, maps: {first, second}});
    running.steps.beforeRun?.();
    Object.assign(given(), {exports: scope.exports, connect: scope.connect.bind(scope)});
    // The code begins on a line of its own, so that its columns are right in spite of what stands before it.
    return {
      ...result,
      lastExpressionVar: undefined,
      hasToplevelAwait: result.hasToplevelAwait || awaitsInLoop(typescript, code),
      output: `${connectLine(live)}\n${output}\n//# sourceURL=${script}`,
    };
  }

  private noteDiagnostics(diagnostics: Diagnostic[]): Diagnostic[] {
    if (this.running && diagnostics.length > 0) this.running.outcome = {kind: 'diagnostics', diagnostics};
    return diagnostics;
  }

  /** Keeps what the cell that ran last has declared, up to where it came. */
  private settle(finished: boolean): void {
    const {running} = this;
    this.running = null;
    if (!running?.compiled) return;
    const {scope, declarations} = running.compiled;
    const missing = scope.settle(finished);
    this.declarations = declarationsAfterFailure(this.tslab.typescript, this.declarations, declarations, missing);
    if (finished && scope.result !== undefined) running.outcome = {kind: 'value', value: scope.result};
  }
}
