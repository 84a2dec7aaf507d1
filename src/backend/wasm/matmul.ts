/**
 * Matrix products through XNNPACK, whatever is transposed or batched.
 *
 * The backend's own kernel calls XNNPACK only for one pair of matrices, neither transposed; any other product, so the
 * backward pass of every dense layer, takes a scalar loop that is 20 times slower (tensorflow/tfjs#2532). A transposed
 * copy costs M·K moves against M·K·N multiplications, so here it is made, and batches are taken one by one.
 */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {tf} from '../../core/tensorflow';
import {lastTwo, positions} from './batches';
import {
  type Attributes,
  floatsOf,
  idOf,
  release,
  releaseView,
  runKernel,
  type TensorInfo,
  viewOf,
  type WasmKernel,
  withShape,
} from './heap';

/** Multiplications in one product of a batch below which a call of XNNPACK costs more than the scalar loop. */
const smallProduct = 2048;

/** `a` [..., M, K] times `b` [..., K, N] gives [..., M, N]; the axes before the last two broadcast. */
export function batchMatMul(stock: WasmKernel): WasmKernel {
  return ({a, b}, attributes, backend) => {
    const {transposeA, transposeB} = attributes as {transposeA: boolean; transposeB: boolean};
    const [m, k] = lastTwo(a!.shape, transposeA);
    const [, n] = lastTwo(b!.shape, transposeB);
    const outerA = a!.shape.slice(0, -2);
    const outerB = b!.shape.slice(0, -2);
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
    const batchA = tf.util.sizeFromShape(outerA);
    const batchB = tf.util.sizeFromShape(outerB);
    const shape = [...outer, m, n];
    const product = (x: TensorInfo, y: TensorInfo): TensorInfo =>
      stock({a: x, b: y}, {transposeA: false, transposeB: false}, backend);

    // Other types are refused, in the backend's own words.
    if (a!.dtype !== 'float32' || b!.dtype !== 'float32') return stock({a: a!, b: b!}, attributes, backend);
    if (tf.util.sizeFromShape(shape) * k === 0) {
      const zeros = backend.makeOutput(shape, 'float32');
      floatsOf(zeros, backend).fill(0);
      return zeros;
    }
    if (batchA === batchB && batchA > 1 && sameShape(outerA, outerB) && m * k * n < smallProduct) {
      return stock({a: a!, b: b!}, attributes, backend);
    }

    const left = transposeA ? transposed(a!, [batchA, k, m], backend) : withShape(a!, [batchA, m, k]);
    const right = transposeB ? transposed(b!, [batchB, n, k], backend) : withShape(b!, [batchB, k, n]);
    // One right matrix for all: the batch is only more rows of the left one.
    const result =
      batchB === 1
        ? product(withShape(left, [1, batchA * m, k]), withShape(right, [1, k, n]))
        : eachProduct(left, right, positions(outer, outerA), positions(outer, outerB), backend);
    if (transposeA) release(left, backend);
    if (transposeB) release(right, backend);
    return withShape(result, shape);
  };
}

/**
 * The product, then the bias, then the activation, each by its own kernel. The backend's fused kernel adds the bias once
 * for every 48 rows of K as soon as it leaves XNNPACK, and is slower in training where it does not.
 */
export const fusedMatMul: WasmKernel = ({a, b, bias, preluActivationWeights}, attributes, backend) =>
  finish(
    runKernel('BatchMatMul', {a: a!, b: b!}, attributes, backend),
    bias,
    preluActivationWeights,
    attributes,
    backend,
  );

/** The same of a convolution. The backend's fused kernel is as wrong as its plain one where a stride is above the filter's size. */
export const fusedConv2d: WasmKernel = ({x, filter, bias, preluActivationWeights}, attributes, backend) =>
  finish(
    runKernel('Conv2D', {x: x!, filter: filter!}, attributes, backend),
    bias,
    preluActivationWeights,
    attributes,
    backend,
  );

function finish(
  product: TensorInfo,
  bias: TensorInfo | undefined,
  weights: TensorInfo | undefined,
  attributes: Attributes,
  backend: BackendWasm,
): TensorInfo {
  const sum = bias ? thenRelease(runKernel('Add', {a: product, b: bias}, {}, backend), product, backend) : product;
  const activated = activate(sum, weights, attributes, backend);
  return activated === sum ? sum : thenRelease(activated, sum, backend);
}

/** The fused activations of TensorFlow.js by their names there. */
const activations: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

function activate(
  x: TensorInfo,
  weights: TensorInfo | undefined,
  attributes: Attributes,
  backend: BackendWasm,
): TensorInfo {
  const name = (attributes['activation'] as string | undefined) ?? 'linear';
  if (name === 'linear') return x;
  const kernel = activations[name];
  if (!kernel) throw new Error(`Activation ${name} cannot be fused on the wasm backend.`);
  const inputs: Record<string, TensorInfo> = kernel === 'Prelu' ? {x, alpha: weights!} : {x};
  return runKernel(kernel, inputs, {alpha: attributes['leakyreluAlpha']}, backend);
}

/** Product number i of the batch is left[leftOf[i]] times right[rightOf[i]], written straight to its place in the result. */
function eachProduct(
  left: TensorInfo,
  right: TensorInfo,
  leftOf: readonly number[],
  rightOf: readonly number[],
  backend: BackendWasm,
): TensorInfo {
  const [, m, k] = left.shape as [number, number, number];
  const n = right.shape[2]!;
  const out = backend.makeOutput([leftOf.length, m, n], 'float32');
  const multiply = xnnpackProduct(backend);
  const shapeLeft = bytesOf([1, m, k]);
  const shapeRight = bytesOf([1, k, n]);
  for (let i = 0; i < leftOf.length; i++) {
    const x = viewOf(left, leftOf[i]! * m * k, [1, m, k], backend);
    const y = viewOf(right, rightOf[i]! * k * n, [1, k, n], backend);
    const z = viewOf(out, i * m * n, [1, m, n], backend);
    multiply(idOf(x, backend), shapeLeft, 3, idOf(y, backend), shapeRight, 3, false, false, idOf(z, backend));
    for (const view of [x, y, z]) releaseView(view, backend);
  }
  return out;
}

type Product = (
  aId: number,
  aShape: Uint8Array,
  aRank: number,
  bId: number,
  bShape: Uint8Array,
  bRank: number,
  transposeA: boolean,
  transposeB: boolean,
  outId: number,
) => void;

const products = new WeakMap<BackendWasm, Product>();

/** The C++ function behind the backend's kernel; called directly, because the kernel would allocate its own output. */
function xnnpackProduct(backend: BackendWasm): Product {
  const known = products.get(backend);
  if (known) return known;
  const types = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number', 'number'];
  const wasm = backend.wasm as unknown as {cwrap(name: string, returns: null, types: string[]): Product};
  const product = wasm.cwrap('BatchMatMul', null, types);
  products.set(backend, product);
  return product;
}

function transposed(x: TensorInfo, shape: number[], backend: BackendWasm): TensorInfo {
  return runKernel('Transpose', {x: withShape(x, shape)}, {perm: [0, 2, 1]}, backend);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function bytesOf(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(numbers).buffer);
}

function thenRelease(result: TensorInfo, used: TensorInfo, backend: BackendWasm): TensorInfo {
  release(used, backend);
  return result;
}
