/** Node's checks of its own asynchronous bookkeeping, which an interrupt from outside has to break. */

interface AsyncWrap {
  readonly async_hook_fields?: Uint32Array;
  readonly constants?: {readonly kCheck?: number; readonly kTotals?: number};
}

const wrap = findAsyncWrap();

/**
 * Code that never pauses (a loop after an `await`) can only be stopped by leaving it from outside, with Node's list of
 * open contexts left as it was. Node would call that list corrupted and end the process; with the checks off it goes on,
 * and session.ts has the list cleared. There is no public switch that also covers AsyncLocalStorage, which turns the
 * checks on again; so this is repeated for each cell.
 *
 * @returns False where this Node has no such switch; such code can then not be interrupted.
 */
export function forgiveContexts(): boolean {
  const {async_hook_fields: fields, constants} = wrap;
  if (!fields || constants?.kCheck === undefined || constants.kTotals === undefined) return false;
  fields[constants.kCheck] = 0;
  // Counts the enabled hooks for nothing but another of these checks; the hooks themselves have counters of their own.
  fields[constants.kTotals] = 0;
  return true;
}

function findAsyncWrap(): AsyncWrap {
  const node = process as unknown as {binding(name: string): AsyncWrap; noDeprecation?: boolean};
  const quiet = node.noDeprecation;
  try {
    node.noDeprecation = true;
    return node.binding('async_wrap');
  } catch {
    return {};
  } finally {
    node.noDeprecation = quiet;
  }
}
