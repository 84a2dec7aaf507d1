/**
 * TensorFlow.js after an interrupt. Code that is left half-way runs no `finally`, so the scopes and the gradient tape that it
 * had opened stay open, and the next gradient fails. The engine announces itself on the global object; it is not loaded here.
 */

interface TensorEngine {
  readonly state: {
    gradientDepth: number;
    kernelDepth: number;
    activeTape: unknown;
    scopeStack: unknown[];
    activeScope: unknown;
  };
  endScope(): void;
}

function engine(): TensorEngine | null {
  const found = (globalThis as {_tfengine?: Partial<TensorEngine>})._tfengine;
  return Array.isArray(found?.state?.scopeStack) && typeof found.endScope === 'function'
    ? (found as TensorEngine)
    : null;
}

/** Call when no code of a cell is on the stack: a gradient is never computed across an `await`. */
export function forgetTapes(): void {
  const found = engine();
  if (!found) return;
  Object.assign(found.state, {gradientDepth: 0, kernelDepth: 0, activeTape: null});
}

/** Frees what scopes hold that nobody will close any more. Call when no cell is running. */
export function closeScopes(): void {
  const found = engine();
  if (!found) return;
  while (found.state.scopeStack.length > 0) {
    const depth = found.state.scopeStack.length;
    try {
      found.endScope();
    } catch {
      // A tensor that was being made when the code was left.
    }
    if (found.state.scopeStack.length >= depth) found.state.scopeStack.pop();
  }
  found.state.activeScope = null;
}
