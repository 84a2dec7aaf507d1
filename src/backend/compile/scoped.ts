/** tf.tidy that also bears a function which turns out to be asynchronous. */
import {tf} from '../../core/tensorflow';
import {flatten} from './tree';

interface Scopes {
  readonly state: {readonly activeScope: {readonly track: tf.Tensor[]}};
  startScope(name: string): void;
  endScope(result?: tf.Tensor[]): void;
}

/** Runs it; tensors that it made and does not return are disposed. After a promise they are the caller's to dispose. */
export function scoped(run: () => unknown): unknown {
  const engine = tf.engine() as unknown as Scopes;
  engine.startScope('compiled step');
  let kept: tf.Tensor[] = [];
  try {
    const result = run();
    const isPromise = typeof (result as {then?: unknown} | null)?.then === 'function';
    kept = isPromise ? [...engine.state.activeScope.track] : [...flatten(result).tensors];
    return result;
  } finally {
    engine.endScope(kept);
  }
}
