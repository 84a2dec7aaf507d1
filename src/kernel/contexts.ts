/** Node's checks of its own asynchronous bookkeeping, which an interrupt from outside has to break. */

/** Turns off those that need not be on. A kernel is started with it. */
export const nodeFlags: readonly string[] = ['--no-force-async-hooks-checks'];

interface AsyncWrap {
  readonly async_hook_fields?: Uint32Array;
  readonly constants?: {readonly kCheck?: number; readonly kTotals?: number};
}

const wrap = findAsyncWrap();
const hasContextFrames =
  Number(process.versions.node.split('.')[0]) >= 24 && !process.execArgv.includes('--no-async-context-frame');

/**
 * Code that never pauses (a loop after an `await`) can only be stopped by leaving it from outside, with Node's list of
 * open contexts left as it was. Node would call that list corrupted and end the process; with the checks off it goes on,
 * and session.ts has the list cleared.
 *
 * From Node 24 on, AsyncLocalStorage does without that list, and the flag is enough. Before, it turns the checks on again;
 * so they are turned off for each cell.
 *
 * @returns False where neither way is there; such code can then not be interrupted.
 */
export function forgiveContexts(): boolean {
  const {async_hook_fields: fields, constants} = wrap;
  if (!fields) return nodeFlags.every(flag => process.execArgv.includes(flag)) && hasContextFrames;
  if (constants?.kCheck === undefined || constants.kTotals === undefined) return false;
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
