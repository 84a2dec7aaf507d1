/**
 * Runs a step as usual and writes down every op that it runs.
 *
 * TensorFlow's tensor ids are unique and never used again, so that the id of an input names the node that made it: that
 * is the whole data flow. The step runs for real; recording changes nothing about what it does.
 */
import {tf} from '../../core/tensorflow';
import {existingResourceOf, type ResourceVariable, resourceByHandle} from '../resource-variable';
import {type Binding, liveVariables, type NativeBackend, type TypedValues, tensorId} from './binding';
import {dataTypes} from './graph-def';
import {opRefusal} from './recordable-ops';
import {markNeeded, type RecordedNode, type Recording, type Ref, type StateRef} from './recording';
import {type Refusal, refusal, traceHere} from './refusal';
import {flatten} from './tree';

export interface RecordedRun {
  /** What the step returned. */
  readonly result: unknown;
  readonly recording: Recording;
  /** The first reasons why this run cannot be replayed; empty when it can. */
  readonly refusals: readonly Refusal[];
}

/**
 * @param step called once, with tensors that hold the values of `tensors`.
 * @param traced whether nodes remember where they were made, which is asked when this run is not like an earlier one.
 * @throws what the step throws; the backend is then as before.
 */
export function record(
  backend: NativeBackend,
  step: (tensors: readonly tf.Tensor[]) => unknown,
  tensors: readonly tf.Tensor[],
  traced: boolean,
): RecordedRun {
  const before = liveVariables();
  separate(backend, before);
  const copies: tf.Tensor[] = [];
  const inputs = separateArguments(backend, tensors, before, copies);
  const recorder = new Recorder(backend, inputs, before, traced);
  let result: unknown;
  try {
    result = recorder.during(() => step(inputs));
  } finally {
    tf.dispose(copies);
  }
  return {result, ...recorder.finish(result)};
}

class Recorder {
  private readonly nodes: RecordedNode[] = [];
  private readonly refusals: Refusal[] = [];
  /** What made the tensor with this id. */
  private readonly made = new Map<number, Ref>();
  private readonly startOf = new Map<number, tf.Variable>();
  private readonly startIds = new Map<tf.Variable, number>();
  private readonly states = new Map<tf.Variable | ResourceVariable, StateRef>();
  /** Nodes that a later change of this state must wait for. */
  private readonly lastTouch = new Map<StateRef, number[]>();
  /** Tensors that the host has handed over during the step. */
  private readonly handedOver = new Map<number, {type: number; shape: readonly number[]; values: TypedValues}>();
  private readonly infos = new Map<number, tf.TensorInfo>();
  private readonly binding: Binding;

  constructor(
    private readonly backend: NativeBackend,
    inputs: readonly tf.Tensor[],
    private readonly before: readonly tf.Variable[],
    private readonly traced: boolean,
  ) {
    this.binding = backend.binding;
    inputs.forEach((tensor, index) => {
      const node = this.add({kind: 'argument', index, type: dataTypes[tensor.dtype], shape: tensor.shape});
      this.made.set(tensorId(backend, tensor), {node, output: 0});
    });
    for (const variable of before) {
      const id = tensorId(backend, variable);
      this.startOf.set(id, variable);
      this.startIds.set(variable, id);
    }
  }

  /** Puts itself between the backend and TensorFlow while `run` runs. */
  during(run: () => unknown): unknown {
    const {backend, binding} = this;
    const listening = Object.create(binding) as Binding;
    const replace = (name: keyof Binding, value: unknown) => Object.defineProperty(listening, name, {value});
    replace('executeOp', this.executeOp);
    replace('createTensor', this.createTensor);
    replace('tensorDataSync', this.tensorDataSync);
    Object.defineProperty(listening, 'runSavedModel', {
      value: (...args: unknown[]) => {
        this.refuse(refusal('nested', 'it calls another compiled step or a saved model', traceHere()));
        return (binding as unknown as {runSavedModel: (...args: unknown[]) => unknown}).runSavedModel(...args);
      },
    });
    backend.binding = listening;
    const {getInputTensorIds} = backend;
    backend.getInputTensorIds = tensors => {
      const ids = getInputTensorIds.call(backend, tensors);
      ids.forEach((id, i) => {
        if (!this.infos.has(id)) this.infos.set(id, tensors[i]!);
      });
      return ids;
    };
    try {
      return run();
    } finally {
      backend.binding = binding;
      // The method of the class shows again.
      Reflect.deleteProperty(backend, 'getInputTensorIds');
    }
  }

  finish(result: unknown): {recording: Recording; refusals: readonly Refusal[]} {
    const tree = flatten(result);
    if (tree.foreign !== null || tree.plain.length > 0) {
      const leaf = tree.foreign ?? tree.plain[0]!;
      this.refuse(refusal('result', `it returns something else than tensors (${leaf || 'the result itself'})`));
    }
    if (tree.tensors.length === 0) this.refuse(refusal('result', 'it returns no tensor'));
    const variable = tree.tensors.find(tensor => tensor instanceof tf.Variable) as tf.Variable | undefined;
    if (variable) this.refuse(refusal('result', `it returns the variable ${variable.name}; return a clone`));
    const results = tree.tensors.map(tensor => ({
      ref: this.refTo(tensorId(this.backend, tensor)),
      type: dataTypes[tensor.dtype],
    }));
    const assignments = this.findAssignments();
    this.checkVariables();
    const {nodes, refusals} = this;
    return {recording: {nodes, results, assignments, needed: markNeeded(nodes, results, assignments)}, refusals};
  }

  private readonly executeOp: Binding['executeOp'] = (op, attributes, inputIds, numOutputs) => {
    const reason = opRefusal(op);
    if (reason) this.refuse(refusal('op', reason, traceHere()));
    const touched: StateRef[] = [];
    const inputs = inputIds.map(id => {
      const resource = resourceByHandle(id);
      if (!resource) return this.refTo(id);
      const state = this.stateOfResource(resource);
      touched.push(state);
      return this.handleOf(state, id);
    });
    const after = touched.flatMap(state => this.lastTouch.get(state) ?? []);
    const outputs = this.binding.executeOp(op, attributes, inputIds, numOutputs);
    const node = this.add({
      kind: 'op',
      op,
      attributes: attributes.map(({name, type, value}) => ({
        name,
        type,
        value: Array.isArray(value) ? [...value] : value,
      })),
      inputs,
      after: [...new Set(after)],
      outputs: outputs.map(({dtype, shape}) => ({type: dtype, shape: [...shape]})),
      trace: this.traced ? traceHere() : null,
    });
    for (const state of touched) this.lastTouch.set(state, [node]);
    outputs.forEach(({id}, output) => {
      this.made.set(id, {node, output});
    });
    return outputs;
  };

  private readonly createTensor: Binding['createTensor'] = (shape, type, values) => {
    const id = this.binding.createTensor(shape, type, values);
    if (ArrayBuffer.isView(values)) this.handedOver.set(id, {type, shape: [...shape], values: values as TypedValues});
    else this.refuse(refusal('string-tensor', 'it makes a tensor of strings', traceHere()));
    return id;
  };

  private readonly tensorDataSync: Binding['tensorDataSync'] = id => {
    const ref = this.made.get(id);
    if (this.startOf.has(id) || (ref && this.nodes[ref.node]!.kind !== 'constant')) {
      this.refuse(refusal('host-read', 'it reads a tensor on the host (data, dataSync, array, print …)', traceHere()));
    }
    return this.binding.tensorDataSync(id);
  };

  private refTo(id: number): Ref {
    const known = this.made.get(id);
    if (known) return known;
    const variable = this.startOf.get(id);
    const ref = {node: variable ? this.startValue(this.stateOfVariable(variable)) : this.constant(id), output: 0};
    this.made.set(id, ref);
    return ref;
  }

  private constant(id: number): number {
    const {type, shape, values} = this.handedOver.get(id) ?? this.captured(id);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    return this.add({kind: 'constant', type, shape, bytes, trace: this.traced ? traceHere() : null});
  }

  /** A tensor that was there before the step, and is neither an argument nor a variable's: a constant of the graph. */
  private captured(id: number): {type: number; shape: readonly number[]; values: TypedValues} {
    const info = this.infos.get(id);
    if (!info || info.dtype === 'string') {
      const what = info ? 'a tensor of strings' : 'a resource that no ResourceVariable stands for';
      this.refuse(refusal(info ? 'string-tensor' : 'op', `it uses ${what}`, traceHere()));
      return {type: dataTypes.float32, shape: [0], values: new Float32Array(0)};
    }
    return {type: dataTypes[info.dtype], shape: info.shape, values: this.binding.tensorDataSync(id)};
  }

  private stateOfVariable(variable: tf.Variable): StateRef {
    const known = this.states.get(variable);
    if (known) return known;
    const state = {variable, type: dataTypes[variable.dtype], shape: variable.shape};
    this.states.set(variable, state);
    return state;
  }

  private stateOfResource(resource: ResourceVariable): StateRef {
    const known = this.states.get(resource);
    if (known) return known;
    const {variable} = resource;
    const state: StateRef =
      variable && this.startIds.has(variable)
        ? this.stateOfVariable(variable)
        : {type: dataTypes[resource.dtype], shape: resource.shape};
    state.resource = resource;
    this.states.set(resource, state);
    // The value from before the step may still be asked for after the resource has changed: it is read first.
    if (state.variable) this.refTo(this.startIds.get(state.variable)!);
    return state;
  }

  private handleOf(state: StateRef, id: number): Ref {
    const known = this.made.get(id);
    if (known) return known;
    const ref = {node: this.add({kind: 'handle', state}), output: 0};
    this.made.set(id, ref);
    return ref;
  }

  private startValue(state: StateRef): number {
    const node = this.add({kind: 'value', state, type: state.type, shape: state.shape});
    this.lastTouch.set(state, [...(this.lastTouch.get(state) ?? []), node]);
    return node;
  }

  private findAssignments(): Recording['assignments'] {
    return this.before
      .filter(variable => !variable.isDisposed)
      .map(variable => ({variable, id: tensorId(this.backend, variable)}))
      .filter(({variable, id}) => id !== this.startIds.get(variable))
      .map(({variable, id}) => ({state: this.stateOfVariable(variable), ref: this.refTo(id)}))
      .filter(({state, ref}) => !this.isOwnResource(state, ref))
      .map(({state, ref}) => ({state, ref, after: this.lastTouch.get(state) ?? []}));
  }

  /** Whether this is what the state's own resource holds at the end: then the ops have changed the state already. */
  private isOwnResource(state: StateRef, ref: Ref): boolean {
    const node = this.nodes[ref.node]!;
    if (!state.resource || node.kind !== 'op' || node.op !== 'ReadVariableOp') return false;
    const handle = this.nodes[node.inputs[0]!.node]!;
    return handle.kind === 'handle' && handle.state === state && this.lastTouch.get(state)!.includes(ref.node);
  }

  private checkVariables(): void {
    const known = new Set(this.before);
    for (const variable of liveVariables()) {
      if (!known.has(variable)) this.refuse(refusal('new-variable', `it makes a variable (${variable.name})`));
    }
    for (const variable of this.before) {
      if (variable.isDisposed)
        this.refuse(refusal('disposed-variable', `it disposes of a variable (${variable.name})`));
    }
  }

  private add(node: RecordedNode): number {
    return this.nodes.push(node) - 1;
  }

  private refuse(reason: Refusal): void {
    // Enough to tell what is wrong; a loop would give thousands.
    if (this.refusals.length < 8) this.refusals.push(reason);
  }
}

/**
 * Gives each variable data of its own: where two tensors share an id, the recorder could not tell them apart. And lets the
 * resources behind variables take their values now, so that no step has to.
 */
function separate(backend: NativeBackend, variables: readonly tf.Variable[]): void {
  const {refCount} = backend as unknown as {refCount(dataId: object): number};
  for (const variable of variables) {
    if (refCount.call(backend, variable.dataId) > 1) {
      const copy = deepCopy(variable);
      variable.assign(copy);
      copy.dispose();
    }
    existingResourceOf(variable)?.sync();
  }
}

function separateArguments(
  backend: NativeBackend,
  tensors: readonly tf.Tensor[],
  variables: readonly tf.Variable[],
  copies: tf.Tensor[],
): tf.Tensor[] {
  const taken = new Set(variables.map(variable => tensorId(backend, variable)));
  return tensors.map(tensor => {
    const id = tensorId(backend, tensor);
    if (!taken.has(id)) {
      taken.add(id);
      return tensor;
    }
    const copy = deepCopy(tensor);
    copies.push(copy);
    return copy;
  });
}

function deepCopy(tensor: tf.Tensor): tf.Tensor {
  return tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype);
}
