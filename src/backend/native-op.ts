/** Runs one TensorFlow op by its name, for what tfjs-node 4.22 does not offer. */
import {expected} from '../core/checks';
import {tf} from '../core/tensorflow';

/** Types that both TensorFlow.js and the ops here know. */
export type OpDtype = 'float32' | 'int32';

export type OpAttributes = Readonly<
  Record<
    string,
    | boolean
    | {readonly type: OpDtype}
    | {readonly shape: readonly number[]}
    | {readonly integers: readonly number[]}
    | {readonly text: string}
  >
>;

/** The parts of tfjs-node 4.22 used here; pinned exactly in package.json. */
interface NodeBackend {
  readonly binding: {
    executeOp(name: string, attributes: object[], inputIds: number[], numOutputs: number): {id: number}[];
    deleteTensor(id: number): void;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_SHAPE: number;
    readonly TF_ATTR_INT: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_FLOAT: number;
    readonly TF_INT32: number;
  };
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(metadata: {id: number}): tf.Tensor;
}

/**
 * Runs an op whose outputs are tensors of TensorFlow.js; a tidy around the call owns them.
 *
 * @param inputs tensors, or ids of what is no tensor of TensorFlow.js (resource handles), in the op's own order.
 * @throws UserError where another engine than native computes; TensorFlow's own error where the op refuses its inputs.
 */
export function runNativeOp(
  op: string,
  attributes: OpAttributes,
  inputs: readonly (tf.TensorInfo | number)[],
  outputs: number,
): tf.Tensor[] {
  const backend = nodeBackend();
  return executeNativeOp(op, attributes, inputs, outputs).map(output => backend.createOutputTensor(output));
}

/** The same for an op whose outputs TensorFlow.js cannot hold, such as a resource's handle: their ids. `deleteId` ends them. */
export function runNativeOpForIds(
  op: string,
  attributes: OpAttributes,
  inputs: readonly (tf.TensorInfo | number)[],
  outputs: number,
): number[] {
  return executeNativeOp(op, attributes, inputs, outputs).map(({id}) => id);
}

export function deleteId(id: number): void {
  nodeBackend().binding.deleteTensor(id);
}

function executeNativeOp(
  op: string,
  attributes: OpAttributes,
  inputs: readonly (tf.TensorInfo | number)[],
  outputs: number,
): {id: number}[] {
  // Looked up at every call: whoever records a step puts another binding in its place meanwhile.
  const backend = nodeBackend();
  const {binding} = backend;
  const dtypes = {float32: binding.TF_FLOAT, int32: binding.TF_INT32};
  const list = Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'boolean') return {name, type: binding.TF_ATTR_BOOL, value};
    if ('type' in value) return {name, type: binding.TF_ATTR_TYPE, value: dtypes[value.type]};
    if ('integers' in value) return {name, type: binding.TF_ATTR_INT, value: value.integers};
    if ('shape' in value) return {name, type: binding.TF_ATTR_SHAPE, value: value.shape};
    return {name, type: binding.TF_ATTR_STRING, value: value.text};
  });
  const ids = inputs.map(input => (typeof input === 'number' ? input : backend.getInputTensorIds([input])[0]!));
  return binding.executeOp(op, list, ids, outputs);
}

function nodeBackend(): NodeBackend {
  if (tf.getBackend() !== 'tensorflow') throw expected('the engine', 'native for a TensorFlow op', tf.getBackend());
  return tf.backend() as unknown as NodeBackend;
}
