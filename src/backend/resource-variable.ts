/**
 * TensorFlow resource variables outside any graph: memory that TensorFlow's fused update ops (ResourceApplyAdam …) write
 * in place, one pass instead of a dozen. Native only.
 *
 * Source: TensorFlow's ops VarHandleOp, ReadVariableOp and AssignVariableOp (tensorflow/core/ops/resource_variable_ops.cc).
 */
import {assertShape, expected} from '../core/checks';
import type {tf} from '../core/tensorflow';
import {deleteId, type OpAttributes, type OpDtype, runNativeOp, runNativeOpForIds} from './native-op';

const byHandle = new Map<number, ResourceVariable>();
let created = 0;

/** A TensorFlow resource variable outside any graph. `dispose` it: nothing else frees its memory. */
export class ResourceVariable {
  /** The id of its handle, an input of resource ops. */
  readonly handle: number;
  readonly shape: number[];
  readonly dtype: OpDtype;
  /** Grows when the value changes from outside a compiled program. */
  version = 0;
  /** Called before anybody reads or changes the value: a compiled program that has gone ahead brings it up to date. */
  beforeAccess: (() => void) | null = null;
  private alive = true;

  /** @param initial copied; float32 or int32. @param name for messages and graphs; need not be unique. */
  constructor(
    initial: tf.Tensor,
    readonly name: string = 'resource',
    /** The tf.Variable that shows this resource's value, if any. */
    readonly variable?: tf.Variable,
  ) {
    const {dtype} = initial;
    if (dtype !== 'float32' && dtype !== 'int32') throw expected(`the type of ${name}`, 'float32 or int32', dtype);
    this.dtype = dtype;
    this.shape = initial.shape.slice();
    const attributes: OpAttributes = {
      container: {text: ''},
      shared_name: {text: `${name}-${process.pid}-${created++}`},
      dtype: {type: dtype},
      shape: {shape: this.shape},
    };
    this.handle = runNativeOpForIds('VarHandleOp', attributes, [], 1)[0]!;
    byHandle.set(this.handle, this);
    this.assign(initial);
  }

  /** A tensor with the present value; later updates do not change it (TensorFlow copies on write). */
  read(): tf.Tensor {
    this.assertAlive();
    this.beforeAccess?.();
    return runNativeOp('ReadVariableOp', {dtype: {type: this.dtype}}, [this.handle], 1)[0]!;
  }

  /** Overwrites the value. @throws UserError on another shape or type. */
  write(value: tf.Tensor): void {
    this.assertAlive();
    assertShape(`a value for ${this.name}`, value.shape, this.shape);
    if (value.dtype !== this.dtype) throw expected(`the type of a value for ${this.name}`, this.dtype, value.dtype);
    this.beforeAccess?.();
    this.version++;
    this.assign(value);
  }

  get isDisposed(): boolean {
    return !this.alive;
  }

  /** Frees the memory; a second call does nothing. */
  dispose(): void {
    if (!this.alive) return;
    this.alive = false;
    byHandle.delete(this.handle);
    runNativeOpForIds('DestroyResourceOp', {ignore_lookup_error: true}, [this.handle], 0);
    deleteId(this.handle);
  }

  private assign(value: tf.Tensor): void {
    runNativeOpForIds('AssignVariableOp', {dtype: {type: this.dtype}}, [this.handle, value], 0);
  }

  private assertAlive(): void {
    if (!this.alive) throw expected(`the resource ${this.name}`, 'alive', 'one that was disposed');
  }
}

/**
 * The resource behind a tf.Variable. Two places hold its value, and the variable's is the one that counts: after a fused
 * update the variable is given the resource's value (`publish`), and before one the resource takes the variable's if
 * somebody assigned it since (`sync`).
 */
export class LinkedResource extends ResourceVariable {
  /** The variable's data as it was last equal to the resource; other data means that somebody else has assigned it. */
  private seen: object;
  private users = 0;

  constructor(override readonly variable: tf.Variable) {
    super(variable as unknown as tf.Tensor, variable.name, variable);
    this.seen = variable.dataId;
  }

  /** Takes the variable's value if somebody assigned it since the last `sync` or `publish`. */
  sync(): void {
    const {dataId} = this.variable;
    if (dataId === this.seen) return;
    this.write(this.variable as unknown as tf.Tensor);
    this.seen = dataId;
  }

  /** Gives the variable the resource's value. */
  publish(): void {
    const value = this.read();
    this.variable.assign(value);
    this.seen = value.dataId;
    value.dispose();
  }

  /** Gives the resource and the variable the same new value. */
  assignBoth(value: tf.Tensor): void {
    this.write(value);
    this.variable.assign(value);
    this.seen = value.dataId;
  }

  /** Counts one more user; each calls `release` once. */
  retain(): this {
    this.users++;
    return this;
  }

  /** Frees the resource when the last user has gone. */
  release(): void {
    if (--this.users <= 0) this.dispose();
  }

  override dispose(): void {
    linked.delete(this.variable);
    super.dispose();
  }
}

const linked = new WeakMap<tf.Variable, LinkedResource>();

/** The resource with this handle, for the recorder of compiled steps. */
export function resourceByHandle(handle: number): ResourceVariable | undefined {
  return byHandle.get(handle);
}

/** The resource that holds a tf.Variable's value for fused updates; made on first use, shared by all who ask. */
export function resourceOf(variable: tf.Variable): LinkedResource {
  let resource = linked.get(variable);
  if (!resource) {
    resource = new LinkedResource(variable);
    linked.set(variable, resource);
  }
  return resource;
}

/** The resource of a variable where one has been made; makes none. */
export function existingResourceOf(variable: tf.Variable): LinkedResource | undefined {
  return linked.get(variable);
}

/**
 * Runs one op on resources and tensors, for example ResourceApplyAdam. Linked resources take their variables' values
 * first; after it, each variable in `updated` gets its resource's new value.
 *
 * @param inputs in the op's own order, resources and tensors as they come.
 */
export function applyResourceOp(
  op: string,
  attributes: OpAttributes,
  inputs: readonly (ResourceVariable | tf.Tensor)[],
  updated: readonly tf.Variable[],
): void {
  for (const input of inputs) {
    if (!(input instanceof ResourceVariable)) continue;
    input.beforeAccess?.();
    input.version++;
    if (input instanceof LinkedResource) input.sync();
  }
  runNativeOpForIds(
    op,
    attributes,
    inputs.map(input => (input instanceof ResourceVariable ? input.handle : input)),
    0,
  );
  for (const variable of updated) resourceOf(variable).publish();
}
