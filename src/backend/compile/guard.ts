/** Lets a program notice that eager code is about to use a variable which its session has changed. */
import type {tf} from '../../core/tensorflow';

interface Guarded {
  dataId: object;
  /** Brings the variable up to date; null while nobody is ahead of it. */
  catchUp: (() => void) | null;
}

const guarded = new WeakMap<tf.Variable, Guarded>();

/** Calls `catchUp` before the next use of the variable's data by anybody. Another program's guard is served first. */
export function guard(variable: tf.Variable, catchUp: () => void): void {
  const known = guarded.get(variable);
  if (known) {
    if (known.catchUp !== catchUp) known.catchUp?.();
    known.catchUp = catchUp;
    return;
  }
  const entry: Guarded = {dataId: variable.dataId, catchUp};
  guarded.set(variable, entry);
  Object.defineProperty(variable, 'dataId', {
    configurable: true,
    enumerable: true,
    get: () => {
      entry.catchUp?.();
      return entry.dataId;
    },
    set: (dataId: object) => {
      entry.dataId = dataId;
    },
  });
}

/** Ends the guard that was set with this function. */
export function unguard(variable: tf.Variable, catchUp: () => void): void {
  const known = guarded.get(variable);
  if (known?.catchUp === catchUp) known.catchUp = null;
}
