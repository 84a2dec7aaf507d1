import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/**
 * A full garbage collection, after much work that leaves little behind; some tens of milliseconds. The engine's own function, without
 * having been started for it; nothing where an engine does not give it.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  if (typeof found === 'function') found();
}
