/** Runs cells one after the other: what happens between an execute_request and its reply. */
import {Cell} from './cell';
import type {Compiler, Outcome} from './compiler';
import {forgiveContexts} from './contexts';
import {metadataOf} from './display';
import {closeScopes, forgetTapes} from './engines';
import {describeDiagnostics, describeThrown, type Failure, KeyboardInterrupt} from './failures';
import {History} from './history';
import {abandoned} from './leave';
import {phases, type Request, slots} from './link';
import type {Page, Port} from './page';
import {evaluateExpressions, resultOf} from './results';
import type {Header, JsonObject} from './wire';

/** Thrown on purpose, see `leave`. */
class Resumed extends Error {}

export class Session {
  readonly history = new History();
  private readonly queue: Request[] = [];
  /** By the number in the margin, for the line that a stack trace names. */
  private readonly sources = new Map<number, string>();
  private current: Cell | null = null;
  /** The numbers of the cell that was begun last. */
  private last = {count: 0, serial: 0};
  /** Errors of code that outlived its cell; the next cell reports them. */
  private readonly stray: unknown[] = [];
  /** Code may have been left half-way since the last cell began. */
  private interrupted = false;
  private readonly onSignal = () => this.interrupt(0);

  constructor(
    private readonly compiler: Compiler,
    private readonly page: Page,
    private readonly port: Port,
    private readonly state: Int32Array,
  ) {}

  /** Catches errors of the process. Call once. */
  install(): void {
    process.on('unhandledRejection', reason => this.failAsync(reason));
    process.on('uncaughtException', error => this.failAsync(error));
    process.on('SIGINT', this.onSignal);
  }

  /** The request that is being run, for pages that ask something else meanwhile. */
  get executing(): Header | null {
    return this.current?.request.header ?? null;
  }

  execute(request: Request): void {
    this.queue.push(request);
    this.startNext();
  }

  /** @param serial The cell that the client meant; 0 for a plain signal, which means the running one. */
  interrupt(serial: number): void {
    const cell = this.current;
    if (!cell || (serial !== 0 && serial !== cell.serial)) return;
    this.fail(cell, new KeyboardInterrupt());
  }

  /** The engine was told to leave what this thread was doing: a cell, or code that a cell had left behind. */
  leave(serial: number): void {
    this.page.restart();
    forgetTapes();
    this.interrupted = true;
    // Node takes the listeners away while a cell runs without a pause, and had no chance to put them back.
    if (!process.listeners('SIGINT').includes(this.onSignal)) process.on('SIGINT', this.onSignal);
    // Node's record of asynchronous contexts still holds those that were left. It forgets them after an uncaught error.
    setImmediate(() => {
      throw new Resumed();
    });
    if (serial !== abandoned) this.interrupt(serial);
  }

  /** Code of an interrupted cell that went on; or, when a client interrupts while no cell runs, of any cell. */
  runsAbandonedCode(): boolean {
    const owner = this.page.running;
    if (!owner?.done) return false;
    return owner.cut || (!this.current && Atomics.load(this.state, slots.requested) === abandoned);
  }

  /** From a fresh turn of the loop: if the engine is told to leave this cell, nothing else is torn down with it. */
  private startNext(): void {
    if (this.current || this.queue.length === 0) return;
    const cell = new Cell(this.queue.shift()!, this.last);
    this.last = {count: cell.count, serial: cell.serial};
    this.current = cell;
    setImmediate(() => this.start(cell));
  }

  private start(cell: Cell): void {
    this.page.latest = cell;
    if (this.interrupted) {
      forgetTapes();
      closeScopes();
      this.interrupted = false;
    }
    this.port.publish('status', cell.request.header, {execution_state: 'busy'});
    this.page.show(cell, 'execute_input', {code: cell.code, execution_count: cell.count});
    if (cell.storeHistory) {
      this.history.add(cell.count, cell.code);
      this.sources.set(cell.count, cell.code);
    }
    Atomics.store(this.state, slots.phase, phases.compiling);
    Atomics.store(this.state, slots.running, cell.serial);
    if (typeof cell.request.content['code'] !== 'string') this.fail(cell, new TypeError('Expected code to be a text.'));
    else if (this.stray.length > 0) this.fail(cell, this.stray.splice(0)[0]);
    else this.runCode(cell);
  }

  private runCode(cell: Cell): void {
    const beforeRun = () => {
      if (Atomics.load(this.state, slots.requested) === cell.serial) throw new KeyboardInterrupt();
      Atomics.store(this.state, slots.leavable, forgiveContexts() ? 1 : 0);
      Atomics.store(this.state, slots.phase, phases.running);
    };
    const afterFirstRun = () => {
      if (!cell.done) Atomics.store(this.state, slots.phase, phases.awaiting);
    };
    this.page.runAs(cell, () => {
      this.compiler
        .run(cell.code, cell, {beforeRun, afterFirstRun})
        .then(outcome => this.conclude(cell, outcome))
        .catch(error => this.fail(cell, error));
    });
  }

  private async conclude(cell: Cell, outcome: Outcome): Promise<void> {
    if (cell.done) return;
    if (outcome.kind === 'diagnostics')
      return this.finish(cell, describeDiagnostics(outcome.diagnostics, cell.code, cell.count));
    if (outcome.kind === 'thrown') return this.fail(cell, outcome.error);
    const bundle = await resultOf(cell, outcome);
    const expressions = await evaluateExpressions(this.compiler, cell, error => this.describe(error));
    // A rejection that nobody handles is announced after the microtasks: one turn more, and it still fails its own cell.
    setImmediate(() => {
      if (cell.done) return;
      this.page.flush();
      if (bundle) {
        this.page.show(cell, 'execute_result', {
          execution_count: cell.count,
          data: bundle,
          metadata: metadataOf(bundle),
        });
        if (cell.storeHistory) this.history.setOutput(cell.count, String(bundle['text/plain'] ?? ''));
      }
      this.finish(cell, null, expressions);
    });
  }

  private fail(cell: Cell, error: unknown): void {
    const signalTaken = (error as {code?: unknown} | null)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
    const reason = signalTaken ? new KeyboardInterrupt() : error;
    if (reason instanceof KeyboardInterrupt) this.interrupted = true;
    this.finish(cell, this.describe(reason));
  }

  /** An error outside the call stack of any cell: of a timer, or of a promise that nobody awaits. */
  private failAsync(error: unknown): void {
    const owner = this.page.running;
    if (error instanceof Resumed || error instanceof KeyboardInterrupt || owner?.cut) return;
    const cell = this.current;
    // Between the two there is always a cell that has not begun, or none: then the error waits.
    if (cell && Atomics.load(this.state, slots.running) === cell.serial) {
      this.fail(cell, error);
      return;
    }
    this.stray.push(error);
    const {latest} = this.page;
    if (latest)
      this.page.show(latest, 'stream', {name: 'stderr', text: `${this.describe(error).traceback.join('\n')}\n`});
  }

  private describe(error: unknown): Failure {
    const {current} = this;
    return describeThrown(error, count => (current?.count === count ? current.code : this.sources.get(count)));
  }

  /** Ends a cell, once. After an error the cells that are already waiting are not run, unless the client said otherwise. */
  private finish(cell: Cell, failure: Failure | null, expressions: JsonObject = {}): void {
    if (cell.done) return;
    cell.done = true;
    this.page.flush();
    Atomics.store(this.state, slots.noticed, cell.serial);
    Atomics.store(this.state, slots.phase, phases.idle);
    Atomics.store(this.state, slots.running, 0);
    const content = {execution_count: cell.count, user_expressions: expressions, payload: []};
    if (!failure) this.close(cell, {status: 'ok', ...content});
    else this.finishFailed(cell, failure, {status: 'error', ...failure, ...content});
  }

  private finishFailed(cell: Cell, failure: Failure, content: JsonObject): void {
    cell.cut = true;
    this.page.show(cell, 'error', failure, true);
    cell.controller.abort(new KeyboardInterrupt());
    this.compiler.executor.interrupt();
    if (!cell.stopOnError) {
      this.close(cell, content);
      return;
    }
    this.port.fence(() => {
      const waiting = this.queue.splice(0);
      this.close(cell, content);
      for (const request of waiting) this.skip(request);
    });
  }

  private close(cell: Cell, content: JsonObject): void {
    this.port.reply(cell.request, content);
    this.port.publish('status', cell.request.header, {execution_state: 'idle'});
    this.current = null;
    this.startNext();
  }

  private skip(request: Request): void {
    this.port.publish('status', request.header, {execution_state: 'busy'});
    // Without a number: it has not run, and a page would show the number as if it had.
    this.port.reply(request, {status: 'aborted'});
    this.port.publish('status', request.header, {execution_state: 'idle'});
  }
}
