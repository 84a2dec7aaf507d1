/** The private parts of tfjs-node 4.22 that compiled steps stand on; the package is pinned exactly for their sake. */
import {tf} from '../../core/tensorflow';

/** One attribute of an op, as the kernels of tfjs-node hand it over. */
export interface OpAttribute {
  readonly name: string;
  /** One of the binding's TF_ATTR_… numbers. */
  readonly type: number;
  readonly value: unknown;
}

/** What TensorFlow says of an op's output. */
export interface OutputInfo {
  readonly id: number;
  readonly shape: number[];
  /** TensorFlow's DataType number. */
  readonly dtype: number;
}

export interface Binding {
  executeOp(op: string, attributes: readonly OpAttribute[], inputIds: readonly number[], outputs: number): OutputInfo[];
  createTensor(shape: number[], dtype: number, values: unknown): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): TypedValues;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_INT32: number;
}

export type TypedValues = Float32Array | Int32Array | Uint8Array;

export interface NativeBackend {
  binding: Binding;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  loadSavedModelMetaGraph(folder: string, tag: string): number;
  runSavedModel(
    session: number,
    inputs: readonly tf.TensorInfo[],
    names: readonly {readonly name: string}[],
    outputs: readonly string[],
  ): tf.Tensor[];
  deleteSavedModel(session: number): void;
}

/** The native backend, or null where another engine computes. */
export function nativeBackend(): NativeBackend | null {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : null;
}

/** TensorFlow's id of a tensor's data. Values that still wait in JavaScript are handed over first. */
export function tensorId(backend: NativeBackend, tensor: tf.TensorInfo): number {
  return backend.getInputTensorIds([tensor])[0]!;
}

/** Every tf.Variable that has not been disposed, in order of creation. */
export function liveVariables(): tf.Variable[] {
  const {registeredVariables} = tf.engine() as unknown as {registeredVariables: Record<string, tf.Variable>};
  return Object.values(registeredVariables).filter(variable => !variable.isDisposed);
}
