/**
 * The kernel FusedUpdate of wasm and cpu: runs a formula in one pass over the memory. The new `w` gets memory of its own,
 * because others may hold the old one (a clone, or XNNPACK's packed copy, which goes by the data's id); slots, which
 * belong to the optimizer alone, are written in place.
 */
import {tf} from '../../core/tensorflow';
import {memoryOf} from '../wasm/heap';
import type {Formula} from './formula';
import {runLoop} from './formula-loop';
import {type CompiledFormula, compileFormula} from './formula-wasm';

const kernelName = 'FusedUpdate';

interface Request {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: {readonly formula: Formula; readonly scalars: Readonly<Record<string, number>>};
}

/** True where this engine has, or now gets, the kernel. */
export function offersFusedUpdate(): boolean {
  const backend = tf.getBackend();
  if (backend !== 'wasm' && backend !== 'cpu') return false;
  if (!tf.getKernel(kernelName, backend)) {
    const run = backend === 'wasm' ? runOnWasm : runOnCpu;
    const kernelFunc = (args: unknown) => run(args as Request & {backend: never});
    tf.registerKernel({kernelName, backendName: backend, kernelFunc});
  }
  return true;
}

/** @param arrays by the formula's names; slots, not shared with any other tensor, are written in place. @returns the new `w`. */
export function runFusedUpdate(
  formula: Formula,
  arrays: Readonly<Record<string, tf.Tensor>>,
  scalars: Readonly<Record<string, number>>,
): tf.Tensor {
  return tf.engine().runKernel(kernelName, arrays as tf.NamedTensorMap, {formula, scalars} as never) as tf.Tensor;
}

interface WasmBackend {
  readonly dataIdMap: {get(dataId: object): {readonly memoryOffset: number}};
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
}

/** Null where no module can be had over the backend's memory. */
const compiled = new WeakMap<Formula, CompiledFormula | null>();

function compiledFor(formula: Formula, backend: WasmBackend): CompiledFormula | null {
  let run = compiled.get(formula);
  if (run === undefined) {
    try {
      run = compileFormula(formula, memoryOf(backend as never));
    } catch {
      run = null;
    }
    compiled.set(formula, run);
  }
  return run;
}

function runOnWasm({inputs, attrs: {formula, scalars}, backend}: Request & {backend: WasmBackend}): tf.TensorInfo {
  const {w} = inputs as {w: tf.TensorInfo};
  const out = backend.makeOutput(w.shape, 'float32');
  const run = compiledFor(formula, backend);
  const address = (tensor: tf.TensorInfo) => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  if (run) {
    const size = tf.util.sizeFromShape(w.shape);
    const pointers = formula.arrays.map(name => address(inputs[name]!));
    const numbers = formula.scalars.map(name => scalars[name]!);
    run(size, pointers, address(out), numbers);
  } else {
    const arrays = Object.fromEntries(formula.arrays.map(name => [name, backend.typedArrayFromHeap(inputs[name]!)]));
    runLoop(formula, arrays, scalars, backend.typedArrayFromHeap(out));
  }
  return out;
}

interface CpuBackend {
  readonly data: {get(dataId: object): {readonly values: Float32Array}};
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
}

function runOnCpu({inputs, attrs: {formula, scalars}, backend}: Request & {backend: CpuBackend}): tf.TensorInfo {
  const {w} = inputs as {w: tf.TensorInfo};
  const values = (tensor: tf.TensorInfo) => backend.data.get(tensor.dataId).values;
  const arrays = Object.fromEntries(formula.arrays.map(name => [name, values(inputs[name]!)]));
  const out = new Float32Array(tf.util.sizeFromShape(w.shape));
  runLoop(formula, arrays, scalars, out);
  return backend.makeTensorInfo(w.shape, 'float32', out);
}
