/** Runs cells one after the other: what happens between an execute_request and its reply. */
import {AsyncLocalStorage} from 'node:async_hooks';
import type {Compiler, Outcome} from './compiler';
import {forgiveContexts} from './contexts';
import {bundleOf, toWire} from './display';
import {describeDiagnostics, describeThrown, type Failure, KeyboardInterrupt} from './failures';
import type {DisplayOptions, KernelApi, MimeBundle} from './globals';
import {History} from './history';
import {abandoned, safePoint} from './leave';
import {phases, type Request, slots} from './link';
import {Streams} from './streams';
import type {Header, JsonObject} from './wire';

/** The way out of the session: messages to the pages, and answers. */
export interface Port {
  publish(type: string, parent: Header, content: JsonObject, metadata?: JsonObject): void;
  reply(request: Request, content: JsonObject): void;
  /** Calls back when every request that was sent before now has been enqueued. */
  fence(then: () => void): void;
  askForInput(request: Request, prompt: string, password: boolean): void;
}

interface Cell {
  readonly request: Request;
  readonly serial: number;
  readonly count: number;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly stopOnError: boolean;
  readonly allowInput: boolean;
  readonly code: string;
  readonly controller: AbortController;
  done: boolean;
  /** Interrupted or failed while code of it may still run: nothing more of it is shown. */
  cut: boolean;
}

/** Thrown on purpose, see `leave`. */
class Resumed extends Error {}

export class Session {
  readonly history = new History();
  private readonly storage = new AsyncLocalStorage<Cell>();
  private readonly queue: Request[] = [];
  private readonly sources = new Map<number, string>();
  private current: Cell | null = null;
  private latest: Cell | null = null;
  private count = 0;
  private serial = 0;
  /** Errors of code that outlived its cell; the next cell reports them. */
  private readonly stray: unknown[] = [];
  private readonly onSignal = () => this.interrupt(0);
  private answerInput: ((value: string) => void) | null = null;
  private readonly streams = new Streams<Cell>(
    () => this.owner(),
    (cell, name, text) => this.show(cell, 'stream', {name, text}),
    () => safePoint(this.state),
  );

  constructor(
    private readonly compiler: Compiler,
    private readonly port: Port,
    private readonly state: Int32Array,
    private readonly version: string,
  ) {}

  /** Catches output and errors of the process. Call once. */
  install(): void {
    this.streams.install();
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
    this.streams.restart();
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
    const owner = this.storage.getStore();
    if (!owner?.done) return false;
    return owner.cut || (!this.current && Atomics.load(this.state, slots.requested) === abandoned);
  }

  /** Passes on what was written last; for the end of the process. */
  flush(): void {
    this.streams.flush();
  }

  receiveInput(value: string): void {
    this.answerInput?.(value);
  }

  api(): KernelApi {
    const session = this;
    return {
      version: this.version,
      get executionCount() {
        return session.owner()?.count ?? 0;
      },
      get signal() {
        return (session.owner()?.controller ?? new AbortController()).signal;
      },
      display: (bundle, options) => session.display(bundle, options),
      clearOutput: ({wait = false} = {}) => session.showFromCell('clear_output', {wait}),
      input: (prompt = '', {password = false} = {}) => session.input(prompt, password),
    };
  }

  /** What tslab's `display` calls. */
  displayRaw(content: JsonObject, update: boolean): void {
    this.showFromCell(update ? 'update_display_data' : 'display_data', {metadata: {}, transient: {}, ...content});
  }

  /** From a fresh turn of the loop: if the engine is told to leave this cell, nothing else is torn down with it. */
  private startNext(): void {
    if (this.current || this.queue.length === 0) return;
    const cell = this.toCell(this.queue.shift()!);
    this.current = cell;
    setImmediate(() => this.start(cell));
  }

  private toCell(request: Request): Cell {
    const {code, silent, store_history, stop_on_error, allow_stdin} = request.content;
    const isSilent = silent === true;
    const storeHistory = !isSilent && store_history !== false;
    if (storeHistory) this.count += 1;
    this.serial += 1;
    return {
      request,
      serial: this.serial,
      count: this.count,
      silent: isSilent,
      storeHistory,
      stopOnError: stop_on_error !== false,
      allowInput: allow_stdin === true,
      code: typeof code === 'string' ? code : '',
      controller: new AbortController(),
      done: false,
      cut: false,
    };
  }

  private start(cell: Cell): void {
    this.latest = cell;
    this.port.publish('status', cell.request.header, {execution_state: 'busy'});
    this.show(cell, 'execute_input', {code: cell.code, execution_count: cell.count});
    if (cell.storeHistory) this.history.add(cell.count, cell.code);
    this.sources.set(cell.count, cell.code);
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
    this.storage.run(cell, () => {
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
    const bundle = outcome.kind === 'value' && !cell.silent ? await bundleOf(await outcome.value) : null;
    const expressions = await this.evaluate(cell);
    // A rejection that nobody handles is announced after the microtasks: one turn more, and it still fails its own cell.
    setImmediate(() => {
      if (cell.done) return;
      this.streams.flush();
      if (bundle) {
        this.show(cell, 'execute_result', {execution_count: cell.count, data: bundle, metadata: {}});
        if (cell.storeHistory) this.history.setOutput(cell.count, String(bundle['text/plain'] ?? ''));
      }
      this.finish(cell, null, expressions);
    });
  }

  private async evaluate(cell: Cell): Promise<JsonObject> {
    const wanted = cell.request.content['user_expressions'];
    const results: JsonObject = {};
    if (typeof wanted !== 'object' || wanted === null) return results;
    for (const [name, code] of Object.entries(wanted)) {
      const outcome = await this.compiler.run(`(${code})`, cell);
      if (outcome.kind === 'diagnostics')
        results[name] = {status: 'error', ...describeDiagnostics(outcome.diagnostics, `(${code})`, cell.count)};
      else if (outcome.kind === 'thrown') results[name] = {status: 'error', ...this.describe(outcome.error)};
      else {
        const value = outcome.kind === 'value' ? await outcome.value : undefined;
        results[name] = {status: 'ok', data: (await bundleOf(value)) ?? {'text/plain': 'undefined'}, metadata: {}};
      }
    }
    return results;
  }

  private fail(cell: Cell, error: unknown): void {
    const signalTaken = (error as {code?: unknown} | null)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
    this.finish(cell, this.describe(signalTaken ? new KeyboardInterrupt() : error));
  }

  /** An error outside the call stack of any cell: of a timer, or of a promise that nobody awaits. */
  private failAsync(error: unknown): void {
    const owner = this.storage.getStore();
    if (error instanceof Resumed || error instanceof KeyboardInterrupt || owner?.cut) return;
    const cell = this.current;
    // Between the two there is always a cell that has not begun, or none: then the error waits.
    if (cell && Atomics.load(this.state, slots.running) === cell.serial) {
      this.fail(cell, error);
      return;
    }
    this.stray.push(error);
    if (this.latest)
      this.show(this.latest, 'stream', {name: 'stderr', text: `${this.describe(error).traceback.join('\n')}\n`});
  }

  private describe(error: unknown): Failure {
    return describeThrown(error, count => this.sources.get(count));
  }

  /** Ends a cell, once. After an error the cells that are already waiting are not run, unless the client said otherwise. */
  private finish(cell: Cell, failure: Failure | null, expressions: JsonObject = {}): void {
    if (cell.done) return;
    cell.done = true;
    this.streams.flush();
    Atomics.store(this.state, slots.noticed, cell.serial);
    Atomics.store(this.state, slots.phase, phases.idle);
    Atomics.store(this.state, slots.running, 0);
    const content = {execution_count: cell.count, user_expressions: expressions, payload: []};
    if (!failure) this.close(cell, {status: 'ok', ...content});
    else this.finishFailed(cell, failure, {status: 'error', ...failure, ...content});
  }

  private finishFailed(cell: Cell, failure: Failure, content: JsonObject): void {
    cell.cut = true;
    this.show(cell, 'error', failure, true);
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
    this.port.reply(request, {status: 'aborted', execution_count: this.count});
    this.port.publish('status', request.header, {execution_state: 'idle'});
  }

  /** The cell whose code is on the stack, or, for code that lost its way back, the one that began last. */
  private owner(): Cell | null {
    return this.storage.getStore() ?? this.latest;
  }

  private display(bundle: MimeBundle, {metadata = {}, displayId, update = false}: DisplayOptions = {}): void {
    const transient = displayId === undefined ? {} : {display_id: displayId};
    this.displayRaw({data: toWire(bundle), metadata, transient}, update);
  }

  private showFromCell(type: string, content: JsonObject): void {
    const cell = this.owner();
    if (!cell) return;
    this.streams.flush();
    this.show(cell, type, content);
    safePoint(this.state);
  }

  private show(cell: Cell, type: string, content: JsonObject, last = false): void {
    if (cell.silent || (cell.cut && !last)) return;
    this.port.publish(type, cell.request.header, content);
  }

  private input(prompt: string, password: boolean): Promise<string> {
    const cell = this.owner();
    if (!cell || cell.done || !cell.allowInput) {
      return Promise.reject(new Error('input() needs a page or console that can ask; this cell runs without one.'));
    }
    this.streams.flush();
    this.port.askForInput(cell.request, String(prompt), password);
    return new Promise((resolve, reject) => {
      this.answerInput = resolve;
      cell.controller.signal.addEventListener('abort', () => reject(cell.controller.signal.reason), {once: true});
    });
  }
}
