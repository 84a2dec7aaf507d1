/** Repairs of kernels that the plain JavaScript backend gets wrong. */
import {tf} from '../core/tensorflow';
import {refuseWideStrides} from './conv3d';

interface CpuBackend {
  disposeData(id: object): boolean;
}

let repaired = false;

export function repairCpuKernels(): void {
  if (repaired) return;
  repaired = true;
  refuseWideStrides('cpu');
  const multiply = tf.getKernel('BatchMatMul', 'cpu')!.kernelFunc as (args: KernelArguments) => tf.TensorInfo;
  tf.unregisterKernel('BatchMatMul', 'cpu');
  tf.registerKernel({kernelName: 'BatchMatMul', backendName: 'cpu', kernelFunc: args => broadcastThen(multiply, args)});
}

type KernelArguments = Parameters<tf.KernelFunc>[0];

/**
 * The backend's product takes as many matrices as the larger operand holds, and begins again with the smaller one's first
 * when it has taken its last. Where each operand broadcasts along an axis of its own ([2, 1, M, K] by [3, K, N]) that is too
 * few, and the result is a tensor shorter than its shape; where one broadcasts behind an axis that it has ([2, 1, M, K] by
 * [2, 3, K, N]) it is the wrong order. So both are repeated first.
 */
function broadcastThen(multiply: (args: KernelArguments) => tf.TensorInfo, args: KernelArguments): tf.TensorInfo {
  const {a, b} = args.inputs as {a: tf.TensorInfo; b: tf.TensorInfo};
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const lines = (own: readonly number[]) => repeatsAtFront(own, outer);
  const most = Math.max(tf.util.sizeFromShape(outerA), tf.util.sizeFromShape(outerB));
  if (tf.util.sizeFromShape(outer) <= most && lines(outerA) && lines(outerB)) return multiply(args);
  const backend = args.backend as CpuBackend;
  const tile = tf.getKernel('Tile', 'cpu')!.kernelFunc;
  const [fullA, fullB] = [a, b].map(x => {
    const shape = [...outer.map(() => 1), ...x.shape].slice(-outer.length - 2);
    const reps = shape.map((size, axis) => (axis < outer.length ? outer[axis]! / size : 1));
    return tile({inputs: {x: {dataId: x.dataId, dtype: x.dtype, shape}}, attrs: {reps}, backend}) as tf.TensorInfo;
  }) as [tf.TensorInfo, tf.TensorInfo];
  const product = multiply({...args, inputs: {a: fullA, b: fullB}});
  for (const {dataId} of [fullA, fullB]) backend.disposeData(dataId);
  return product;
}

/** Whether an operand with the outer axes `own` is repeated as a whole only: where its axes are 1, those before are 1 too. */
function repeatsAtFront(own: readonly number[], outer: readonly number[]): boolean {
  const behind = own.slice(own.findIndex(size => size !== 1));
  return own.every(size => size === 1) || behind.every((size, i) => size === outer[outer.length - behind.length + i]);
}
