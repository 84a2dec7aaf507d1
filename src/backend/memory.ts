/** Finds tensors that nobody disposed. */
import {tf} from '../core/tensorflow';

/** What the engine holds. A kernel can leak a data id that no tensor names, so both are counted. */
export interface Held {
  readonly tensors: number;
  readonly dataIds: number;
}

export function held(): Held {
  return {tensors: tf.memory().numTensors, dataIds: tf.backend().numDataIds()};
}

/**
 * Runs `action` and throws where more, or fewer, tensors live after it than before. A trainer's first step allocates its
 * optimizer's state: run it once before.
 *
 * @param kept tensors that `action` may leave, such as the one that it returns
 */
export function assertNoLeak<T>(action: () => T, kept?: number): T;
export function assertNoLeak<T>(action: () => Promise<T>, kept?: number): Promise<T>;
export function assertNoLeak<T>(action: () => T | Promise<T>, kept = 0): T | Promise<T> {
  const before = held();
  const check = (result: T): T => {
    const after = held();
    const tensors = after.tensors - before.tensors;
    const dataIds = after.dataIds - before.dataIds;
    // Clones share a data id, so a kept tensor may bring none.
    if (tensors !== kept || dataIds > kept || (kept === 0 && dataIds !== 0)) {
      throw new Error(`Expected ${kept} tensors to be left, got ${tensors} (and ${dataIds} data ids).`);
    }
    return result;
  };
  const result = action();
  return result instanceof Promise ? result.then(check) : check(result);
}
