/**
 * Steps that share variables, compiled into one TensorFlow session that owns the variables while it is ahead.
 *
 * Eager code sees ordinary tf.Variables: using one brings all of them up to date first, and assigning one is noticed
 * before the next run.
 */
import {tf} from '../../core/tensorflow';
import {piecesOfHeavyOps} from '../native-threads';
import {nativeBackend} from './binding';
import {type EmittedStep, emitStep} from './emit';
import {guard, unguard} from './guard';
import {holdBackLaterMoves} from './later-moves';
import type {Recording} from './recording';
import {plainTag, rearrangesGraphs, Session} from './session';
import {simplify} from './simplify';
import {splitRows} from './split-rows';
import {type State, StateTable} from './state';

export class Program {
  private readonly steps: EmittedStep[] = [];
  private readonly table = new StateTable();
  private session: Session | null = null;
  /** Whether the session holds newer values than the host. */
  private ahead = false;
  private readonly catchUp = () => this.pull();

  /**
   * @param pieces into which heavy ops are cut, to run beside each other; as the engine's threads have it unless told.
   * @param tag of the graph: under any but the usual one TensorFlow optimises it, as other builds of the binding always do.
   */
  constructor(
    private readonly pieces?: number,
    private readonly tag = plainTag,
  ) {}

  /**
   * Adds a recorded step. @returns its number, for `run`.
   *
   * @throws where the first step of a process cannot try out how TensorFlow runs graphs; nothing is added then.
   */
  add(recording: Recording): number {
    this.close();
    const number = this.steps.length;
    const {backend} = this;
    const {binding} = backend;
    const pieces = this.pieces ?? piecesOfHeavyOps();
    const lean = simplify(recording, binding);
    const step = pieces > 1 ? holdBackLaterMoves(splitRows(lean, pieces, binding), pieces) : lean;
    this.steps.push(emitStep(step, `step_${number}`, this.table, binding, rearrangesGraphs(backend, this.tag)));
    return number;
  }

  /** Takes a step out again: one that TensorFlow refuses would keep it from loading the others. */
  forget(number: number): void {
    this.close();
    this.steps[number] = {nodes: [], feeds: [], fetches: []};
  }

  /** Loads the graph, unless that is done. @throws TensorFlow's error, or that of a temporary folder; no step has run then. */
  open(): void {
    this.session ??= new Session(this.backend, this.steps, this.table.all, this.tag);
  }

  /**
   * Runs a step in the session. @param args in the shapes and types of the recording: TensorFlow checks them not.
   *
   * @throws TensorFlow's error; what the step had changed until then stays changed, as in eager execution.
   */
  run(number: number, args: readonly tf.Tensor[]): tf.Tensor[] {
    this.assertAlive();
    this.open();
    this.push();
    try {
      return this.session!.run(this.steps[number]!, args);
    } finally {
      // Also when the run failed: it may have changed something.
      this.goAhead();
    }
  }

  /** Runs a step, and takes back what it did. @returns what it returned, and what the states were and would be. */
  rehearse(
    number: number,
    args: readonly tf.Tensor[],
  ): {results: tf.Tensor[]; before: tf.Tensor[]; after: tf.Tensor[]} {
    this.open();
    this.pull();
    this.push();
    const before = this.writtenStates.map(deepCopy);
    try {
      const results = this.session!.run(this.steps[number]!, args);
      return {results, before, after: this.session!.read(this.writtenStates)};
    } catch (error) {
      tf.dispose(before);
      throw error;
    } finally {
      // Also when the run failed: it may have changed something.
      for (const state of this.writtenStates) state.markStale();
    }
  }

  /** Values of the states that the steps change, as the host has them. */
  hostValues(): tf.Tensor[] {
    this.pull();
    return this.writtenStates.map(state => state.read());
  }

  /** Names of the states that the steps change, in the order of `hostValues`. */
  get stateNames(): string[] {
    return this.writtenStates.map(state => state.name);
  }

  /** Brings every variable and resource up to date with the session. Eager code need not call it: using one does. */
  pull(): void {
    if (!this.ahead) return;
    this.ahead = false;
    const states = this.writtenStates.filter(state => !state.isDisposed);
    for (const {variable, resource} of states) {
      if (variable) unguard(variable, this.catchUp);
      if (resource?.beforeAccess === this.catchUp) resource.beforeAccess = null;
    }
    const values = this.session!.read(states);
    states.forEach((state, i) => {
      state.take(values[i]!);
      values[i]!.dispose();
    });
  }

  /** Size of the graph that TensorFlow holds, or null before the first run. */
  get size(): {readonly bytes: number; readonly nodes: number} | null {
    return this.session?.size ?? null;
  }

  get states(): readonly State[] {
    return this.table.all;
  }

  /** The graph's nodes, to be written elsewhere. */
  get emitted(): readonly EmittedStep[] {
    return this.steps;
  }

  /** Frees the session; variables keep their last values, and a later run makes a new session. */
  close(): void {
    this.pull();
    this.session?.close();
    this.session = null;
    for (const state of this.table.all) state.markStale();
  }

  private get backend() {
    const backend = nativeBackend();
    if (!backend) throw new Error('A program runs on the native engine only.');
    return backend;
  }

  private get writtenStates(): State[] {
    return this.table.all.filter(state => state.written);
  }

  private assertAlive(): void {
    const dead = this.table.all.find(state => state.isDisposed);
    if (dead) throw new Error(`A compiled step uses ${dead.name}, which has been disposed.`);
  }

  /** Gives the session what the host has changed since. */
  private push(): void {
    // While the session is ahead, what it has written cannot have been touched; what it only reads may have been.
    const open = this.ahead ? this.table.all.filter(state => !state.written) : this.table.all;
    const stale = open.filter(state => state.isStale);
    if (stale.length === 0) return;
    tf.tidy(() =>
      this.session!.write(
        stale,
        stale.map(state => state.read()),
      ),
    );
    for (const state of stale) state.markSame();
  }

  private goAhead(): void {
    if (this.ahead) return;
    for (const {variable, resource} of this.writtenStates) {
      if (variable) guard(variable, this.catchUp);
      if (resource) resource.beforeAccess = this.catchUp;
    }
    this.ahead = true;
  }
}

/** Memory of its own: a shared one would make the recorder give the variable another. */
function deepCopy(state: State): tf.Tensor {
  return tf.tidy(() => {
    const value = state.read();
    return tf.tensor(value.dataSync().slice(), value.shape, value.dtype);
  });
}
