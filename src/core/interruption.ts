/**
 * How work that takes long learns that it is not wanted any more. A running Jupyter kernel announces itself on the global
 * object; its signal is aborted when the running cell is interrupted. Nothing here depends on a kernel.
 */

/** The part of `globalThis[Symbol.for('Jupyter.kernel')]` that is used here. */
interface InterruptingKernel {
  readonly signal?: unknown;
}

/**
 * Aborted when the cell that calls this is interrupted; undefined where no kernel runs. Long loops of this package take it
 * by default, so that the stop button ends them without a word in the cell.
 */
export function interruptSignal(): AbortSignal | undefined {
  const kernel = (globalThis as Record<symbol, unknown>)[Symbol.for('Jupyter.kernel')] as
    | InterruptingKernel
    | undefined;
  const signal = kernel?.signal;
  return signal instanceof AbortSignal ? signal : undefined;
}

/** Lets timers, messages and signals have their turn; an awaited loop that never calls this cannot be stopped. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
