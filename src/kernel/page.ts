/** What cells show: streams, displays, questions; each under the cell that it belongs to, and nothing of cells that were cut. */
import {AsyncLocalStorage} from 'node:async_hooks';
import type {Cell} from './cell';
import {metadataOf, registerDisplay, toWire} from './display';
import type {DisplayOptions, KernelApi, MimeBundle} from './globals';
import {safePoint} from './leave';
import type {Request} from './link';
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

export class Page {
  /** The cell that began last. */
  latest: Cell | null = null;
  private readonly storage = new AsyncLocalStorage<Cell>();
  private asking: Promise<unknown> = Promise.resolve();
  private answer: ((value: string) => void) | null = null;
  private readonly streams = new Streams<Cell>(
    () => this.owner(),
    (cell, name, text) => this.show(cell, 'stream', {name, text}),
    () => safePoint(this.state),
  );

  constructor(
    private readonly port: Port,
    private readonly state: Int32Array,
    private readonly version: string,
  ) {}

  /** Catches output of the process. Call once. */
  install(): void {
    this.streams.install();
  }

  /** Whatever `run` starts belongs to the cell, also what happens later. */
  runAs<T>(cell: Cell, run: () => T): T {
    return this.storage.run(cell, run);
  }

  /** The cell whose code is on the stack; null where that is unknown. */
  get running(): Cell | null {
    return this.storage.getStore() ?? null;
  }

  /** @param evenIfCut For what the kernel itself says of a cell. */
  show(cell: Cell, type: string, content: JsonObject, evenIfCut = false): void {
    if (cell.silent || (cell.cut && !evenIfCut)) return;
    this.port.publish(type, cell.request.header, content);
  }

  /** Passes on what was written last. */
  flush(): void {
    this.streams.flush();
  }

  /** After the engine has left the code that was running. */
  restart(): void {
    this.streams.restart();
  }

  receiveInput(value: string): void {
    this.answer?.(value);
    this.answer = null;
  }

  /** What tslab's `display` calls. */
  displayRaw(content: JsonObject, update: boolean): void {
    this.showFromCell(update ? 'update_display_data' : 'display_data', {metadata: {}, transient: {}, ...content});
  }

  api(): KernelApi {
    const page = this;
    return {
      version: this.version,
      get executionCount() {
        return page.owner()?.count ?? 0;
      },
      get signal() {
        return (page.owner()?.controller ?? new AbortController()).signal;
      },
      display: (bundle, options) => page.display(bundle, options),
      registerDisplay,
      clearOutput: ({wait = false} = {}) => page.showFromCell('clear_output', {wait}),
      input: (prompt = '', {password = false} = {}) => page.input(prompt, password),
    };
  }

  /** The cell whose code is on the stack, or, for code that lost its way back, the one that began last. */
  private owner(): Cell | null {
    return this.storage.getStore() ?? this.latest;
  }

  private display(bundle: MimeBundle, {metadata, displayId, update = false}: DisplayOptions = {}): void {
    const transient = displayId === undefined ? {} : {display_id: displayId};
    const data = toWire(bundle);
    this.displayRaw({data, metadata: metadata ?? metadataOf(data), transient}, update);
  }

  private showFromCell(type: string, content: JsonObject): void {
    const cell = this.owner();
    if (!cell) return;
    this.streams.flush();
    this.show(cell, type, content);
    safePoint(this.state);
  }

  /** One question at a time: the next waits for the answer to the one before. */
  private input(prompt: string, password: boolean): Promise<string> {
    const cell = this.owner();
    if (!cell || cell.done || !cell.allowInput) {
      return Promise.reject(new Error('input() needs a page or console that can ask; this cell runs without one.'));
    }
    const answer = this.asking.then(() => this.ask(cell, String(prompt), password));
    this.asking = answer.catch(() => {});
    return answer;
  }

  private ask(cell: Cell, prompt: string, password: boolean): Promise<string> {
    const {signal} = cell.controller;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      this.answer = resolve;
      signal.addEventListener('abort', () => reject(signal.reason), {once: true});
      this.streams.flush();
      this.port.askForInput(cell.request, prompt, password);
    });
  }
}
