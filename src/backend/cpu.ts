/** Repairs of kernels that the plain JavaScript backend gets wrong. */
import {tf} from '../core/tensorflow';

interface CpuBackend {
  readonly data: {get(id: object): {values: Float32Array}};
  disposeData(id: object): boolean;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Float32Array): tf.TensorInfo;
}

let repaired = false;

export function repairCpuKernels(): void {
  if (repaired) return;
  repaired = true;
  const multiply = tf.getKernel('BatchMatMul', 'cpu')!.kernelFunc as (args: KernelArguments) => tf.TensorInfo;
  tf.unregisterKernel('BatchMatMul', 'cpu');
  tf.registerKernel({kernelName: 'BatchMatMul', backendName: 'cpu', kernelFunc: args => broadcastThen(multiply, args)});
  tf.unregisterKernel('ResizeNearestNeighborGrad', 'cpu');
  tf.registerKernel({
    kernelName: 'ResizeNearestNeighborGrad',
    backendName: 'cpu',
    kernelFunc: ({inputs, attrs, backend}) =>
      resizeNearestGradient(
        inputs['images'] as tf.TensorInfo,
        inputs['dy'] as tf.TensorInfo,
        attrs as unknown as ResizeAttributes,
        backend as CpuBackend,
      ),
  });
}

type KernelArguments = Parameters<tf.KernelFunc>[0];

/**
 * The backend's product takes as many matrices as the larger operand holds. Where each operand broadcasts along an axis of
 * its own ([2, 1, M, K] by [3, K, N]) that is too few, and the result is a tensor shorter than its shape; so both are
 * repeated first.
 */
function broadcastThen(multiply: (args: KernelArguments) => tf.TensorInfo, args: KernelArguments): tf.TensorInfo {
  const {a, b} = args.inputs as {a: tf.TensorInfo; b: tf.TensorInfo};
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const most = Math.max(tf.util.sizeFromShape(outerA), tf.util.sizeFromShape(outerB));
  if (tf.util.sizeFromShape(outer) <= most) return multiply(args);
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

interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters?: boolean;
}

/**
 * Each pixel of dy [N, OH, OW, C] goes back to the pixel of x [N, H, W, C] that it was copied from. The backend's own reads
 * dy at the offsets of x, so every example but the first is wrong, and it ignores `halfPixelCenters`.
 */
function resizeNearestGradient(
  images: tf.TensorInfo,
  dy: tf.TensorInfo,
  attributes: ResizeAttributes,
  backend: CpuBackend,
): tf.TensorInfo {
  const [count, height, width, channels] = images.shape as [number, number, number, number];
  const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
  const rowOf = sources(height, outHeight, attributes);
  const columnOf = sources(width, outWidth, attributes);
  const from = backend.data.get(dy.dataId).values;
  const to = new Float32Array(count * height * width * channels);
  for (let n = 0, at = 0; n < count; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++) {
        const pixel = ((n * height + rowOf[i]!) * width + columnOf[j]!) * channels;
        for (let c = 0; c < channels; c++) to[pixel + c]! += from[at++]!;
      }
    }
  }
  return backend.makeTensorInfo([...images.shape], images.dtype, to);
}

/** For each position after resizing the position that it shows, as the forward kernel chooses it. */
function sources(size: number, outSize: number, {alignCorners, halfPixelCenters}: ResizeAttributes): number[] {
  const corners = alignCorners && outSize > 1 ? 1 : 0;
  const scale = (size - corners) / (outSize - corners);
  return Array.from({length: outSize}, (_, i) => {
    const place = scale * (halfPixelCenters ? i + 0.5 : i);
    return Math.max(0, Math.min(size - 1, alignCorners ? Math.round(place) : Math.floor(place)));
  });
}
