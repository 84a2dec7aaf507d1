/** One cell that is run: what the request asked for, and how far it has come. */
import {inspect} from 'node:util';
import type {Request} from './link';

export interface CellNumbers {
  /** The number in the margin of the notebook. */
  readonly count: number;
  /** Its own number among all cells of the session, silent ones too. */
  readonly serial: number;
}

export class Cell implements CellNumbers {
  readonly count: number;
  readonly serial: number;
  readonly code: string;
  /** Nothing of it is shown. */
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly stopOnError: boolean;
  readonly allowInput: boolean;
  readonly controller = new AbortController();
  done = false;
  /** Interrupted or failed while code of it may still run: nothing more of it is shown. */
  cut = false;

  /** @param before The numbers of the cell before this one. */
  constructor(
    readonly request: Request,
    before: CellNumbers,
  ) {
    const {code, silent, store_history, stop_on_error, allow_stdin} = request.content;
    this.code = typeof code === 'string' ? code : '';
    this.silent = silent === true;
    this.storeHistory = !this.silent && store_history !== false;
    this.stopOnError = stop_on_error !== false;
    this.allowInput = allow_stdin === true;
    this.serial = before.serial + 1;
    this.count = before.count + (this.storeHistory ? 1 : 0);
  }

  /** Node attaches the running cell to timers and promises, where a cell that prints one would see all of it. */
  [inspect.custom](): string {
    return `[cell ${this.count}]`;
  }
}
