/** A piece of state that a session owns while it is ahead, and that eager code sees as an ordinary tf.Variable. */
import type {tf} from '../../core/tensorflow';
import {LinkedResource, type ResourceVariable} from '../resource-variable';
import type {StateRef} from './recording';

export class State {
  variable: tf.Variable | undefined;
  resource: ResourceVariable | undefined;
  /** Whether any recording changes it; what is only read never has to come back. */
  written = false;
  /** What the host held when the session last had the same value; null when the session has none. */
  private seen: object | number | null = null;

  constructor(
    /** Its number in the program; names its nodes. */
    readonly index: number,
    readonly type: number,
    readonly shape: readonly number[],
  ) {}

  get name(): string {
    return this.variable?.name ?? this.resource?.name ?? `state ${this.index}`;
  }

  get isDisposed(): boolean {
    return this.variable ? this.variable.isDisposed : this.resource!.isDisposed;
  }

  /** A variable is given other data whenever somebody assigns it; a resource counts its changes. */
  private get hostVersion(): object | number {
    if (this.variable) return this.variable.dataId;
    // Another program may be ahead; a variable's data asks by itself.
    this.resource!.beforeAccess?.();
    return this.resource!.version;
  }

  /** Whether the host holds a value that the session does not have. */
  get isStale(): boolean {
    return this.seen === null || this.seen !== this.hostVersion;
  }

  markSame(): void {
    this.seen = this.hostVersion;
  }

  markStale(): void {
    this.seen = null;
  }

  /** The host's value; the caller's tidy owns it. */
  read(): tf.Tensor {
    return this.variable ? (this.variable.clone() as tf.Tensor) : this.resource!.read();
  }

  /** Gives the host the session's value. */
  take(value: tf.Tensor): void {
    if (this.resource instanceof LinkedResource) this.resource.assignBoth(value);
    else if (this.variable) this.variable.assign(value);
    else this.resource!.write(value);
    this.markSame();
  }
}

/** The states of a program: one for each variable, each resource, and each pair of them that belongs together. */
export class StateTable {
  readonly all: State[] = [];
  private readonly known = new Map<tf.Variable | ResourceVariable, State>();

  of({variable, resource, type, shape}: StateRef): State {
    let state = (resource && this.known.get(resource)) ?? (variable && this.known.get(variable));
    if (!state) {
      state = new State(this.all.length, type, shape);
      this.all.push(state);
    }
    if (variable) this.known.set(variable, state);
    if (resource) this.known.set(resource, state);
    state.variable ??= variable;
    state.resource ??= resource;
    return state;
  }
}
