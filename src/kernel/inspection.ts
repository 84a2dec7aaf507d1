/** Keeps Node's own bookkeeping out of what cells print. */
import {inspect} from 'node:util';

/** What Node writes on every promise while contexts are followed from cell to cell; `console.log(promise)` would show it all. */
const bookkeeping: ReadonlySet<string | undefined> = new Set([
  'async_id_symbol',
  'trigger_async_id_symbol',
  'kResourceStore',
]);

/** From now on a promise prints as `Promise { 7 }`. Call once. */
export function hideBookkeeping(): void {
  const custom = function (this: Promise<unknown>): unknown {
    for (const symbol of Object.getOwnPropertySymbols(this))
      if (bookkeeping.has(symbol.description)) Object.defineProperty(this, symbol, {enumerable: false});
    // By its convention: go on as usual.
    return this;
  };
  Object.defineProperty(Promise.prototype, inspect.custom, {value: custom, configurable: true, writable: true});
}
