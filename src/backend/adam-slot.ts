/** One variable's Adam state and update, in the fastest form that the engine has; the numbers are the same. */
import {tf} from '../core/tensorflow';

/** The scalars of one step, shared by all variables; made by `adamScalars`. */
export type AdamScalars = Readonly<
  Record<'beta1Power' | 'beta2Power' | 'learningRate' | 'beta1' | 'beta2' | 'epsilon', tf.Scalar>
>;

export interface AdamSlot {
  /** w ← w - α·√(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε), after m and v have taken in the gradient. */
  update(gradient: tf.Tensor, scalars: AdamScalars): void;
  /** Copies of m and v; the caller disposes them. */
  moments(): {m: tf.Tensor; v: tf.Tensor};
  /** Overwrites m and v. */
  restore(m: tf.Tensor, v: tf.Tensor): void;
  dispose(): void;
}

/** TensorFlow's own fused op where the native engine computes, ordinary ops elsewhere. */
export function createAdamSlot(variable: tf.Variable): AdamSlot {
  return tf.getBackend() === 'tensorflow' ? new NativeSlot(variable) : new OpsSlot(variable);
}

export function adamScalars(
  step: number,
  options: {learningRate: number; beta1: number; beta2: number; epsilon: number},
): AdamScalars {
  const {learningRate, beta1, beta2, epsilon} = options;
  const values = {beta1Power: beta1 ** step, beta2Power: beta2 ** step, learningRate, beta1, beta2, epsilon};
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.scalar(value)])) as AdamScalars;
}

class OpsSlot implements AdamSlot {
  private readonly m: tf.Variable;
  private readonly v: tf.Variable;

  constructor(private readonly variable: tf.Variable) {
    [this.m, this.v] = tf.tidy(() => [0, 1].map(() => tf.variable(tf.zerosLike(variable), false))) as [
      tf.Variable,
      tf.Variable,
    ];
  }

  update(gradient: tf.Tensor, {beta1Power, beta2Power, learningRate, beta1, beta2, epsilon}: AdamScalars): void {
    tf.tidy(() => {
      const {m, v, variable} = this;
      const rate = learningRate.mul(tf.sqrt(tf.sub(1, beta2Power))).div(tf.sub(1, beta1Power));
      m.assign(m.add(gradient.sub(m).mul(tf.sub(1, beta1))));
      v.assign(v.add(gradient.square().sub(v).mul(tf.sub(1, beta2))));
      variable.assign(variable.sub(m.mul(rate).div(v.sqrt().add(epsilon))));
    });
  }

  moments() {
    return {m: this.m.clone(), v: this.v.clone()};
  }

  restore(m: tf.Tensor, v: tf.Tensor): void {
    this.m.assign(m);
    this.v.assign(v);
  }

  dispose(): void {
    this.m.dispose();
    this.v.dispose();
  }
}

/** The parts of tfjs-node 4.22 that run one TensorFlow op; pinned exactly in package.json. */
interface NodeBackend {
  readonly binding: {
    executeOp(name: string, attributes: object[], inputIds: number[], numOutputs: number): {id: number}[];
    deleteTensor(id: number): void;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_SHAPE: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_FLOAT: number;
  };
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(metadata: {id: number}): tf.Tensor;
}

let resourceCount = 0;

/** w, m and v as TensorFlow resource variables, moved by ResourceApplyAdam: one pass over the memory instead of twelve. */
class NativeSlot implements AdamSlot {
  private readonly backend = tf.backend() as unknown as NodeBackend;
  private readonly handles: {w: number; m: number; v: number};
  /** The variable's data as this slot last wrote it; other data means that somebody else has written. */
  private written: object;

  constructor(private readonly variable: tf.Variable) {
    const zeros = tf.zerosLike(variable);
    this.handles = {w: this.createResource(variable), m: this.createResource(zeros), v: this.createResource(zeros)};
    zeros.dispose();
    this.written = variable.dataId;
  }

  update(gradient: tf.Tensor, {beta1Power, beta2Power, learningRate, beta1, beta2, epsilon}: AdamScalars): void {
    const {backend, handles, variable} = this;
    const {binding} = backend;
    if (variable.dataId !== this.written) this.write(handles.w, variable);
    const inputs = backend.getInputTensorIds([beta1Power, beta2Power, learningRate, beta1, beta2, epsilon, gradient]);
    const flags = ['use_locking', 'use_nesterov'].map(name => ({name, type: binding.TF_ATTR_BOOL, value: false}));
    binding.executeOp('ResourceApplyAdam', [this.type('T'), ...flags], [handles.w, handles.m, handles.v, ...inputs], 0);
    variable.assign(this.read(handles.w));
    this.written = variable.dataId;
  }

  moments() {
    return {m: this.read(this.handles.m), v: this.read(this.handles.v)};
  }

  restore(m: tf.Tensor, v: tf.Tensor): void {
    this.write(this.handles.m, m);
    this.write(this.handles.v, v);
  }

  dispose(): void {
    for (const handle of Object.values(this.handles)) {
      this.backend.binding.executeOp(
        'DestroyResourceOp',
        [{name: 'ignore_lookup_error', type: this.backend.binding.TF_ATTR_BOOL, value: true}],
        [handle],
        0,
      );
      this.backend.binding.deleteTensor(handle);
    }
  }

  private createResource(value: tf.Tensor): number {
    const {binding} = this.backend;
    const names = ['container', 'shared_name'].map(name => ({
      name,
      type: binding.TF_ATTR_STRING,
      value: name === 'container' ? '' : `adam-slot-${process.pid}-${resourceCount++}`,
    }));
    const shape = {name: 'shape', type: binding.TF_ATTR_SHAPE, value: value.shape};
    const handle = binding.executeOp('VarHandleOp', [...names, this.type('dtype'), shape], [], 1)[0]!.id;
    this.write(handle, value);
    return handle;
  }

  private write(handle: number, value: tf.Tensor): void {
    this.backend.binding.executeOp(
      'AssignVariableOp',
      [this.type('dtype')],
      [handle, ...this.backend.getInputTensorIds([value])],
      0,
    );
  }

  private read(handle: number): tf.Tensor {
    return this.backend.createOutputTensor(
      this.backend.binding.executeOp('ReadVariableOp', [this.type('dtype')], [handle], 1)[0]!,
    );
  }

  private type(name: string): object {
    return {name, type: this.backend.binding.TF_ATTR_TYPE, value: this.backend.binding.TF_FLOAT};
  }
}
