/** Functions of single numbers, and sums of rows, by the companion module. */
import {expected} from '../../../core/checks';
import {tf} from '../../../core/tensorflow';
import {floatsOf, release, type TensorInfo, type WasmKernel} from '../heap';
import type {Companion} from './companion';

export function companionLeakyRelu(companion: Companion): (stock: WasmKernel) => WasmKernel {
  return stock => (inputs, attributes, backend) => {
    const {x} = inputs as {x: TensorInfo};
    if (x.dtype !== 'float32') return stock(inputs, attributes, backend);
    const out = backend.makeOutput(x.shape, 'float32');
    const count = tf.util.sizeFromShape(x.shape);
    companion.kernels['leakyRelu']!(companion.address(x), companion.address(out), count, attributes['alpha'] as number);
    return out;
  };
}

/** To 2 units in the last place, near 0 too. */
export function companionTanh(companion: Companion): WasmKernel {
  return ({x}, _attributes, backend) => {
    const out = backend.makeOutput(x!.shape, 'float32');
    companion.kernels['tanh']!(companion.address(x!), companion.address(out), tf.util.sizeFromShape(x!.shape));
    return out;
  };
}

/** dy·(x > 0 ? 1 : α); see gradients.ts. */
export function companionLeakyReluGradient(companion: Companion): WasmKernel {
  return ({dy, x}, {alpha}, backend) => {
    const out = backend.makeOutput(x!.shape, 'float32');
    const addresses = [dy!, x!, out].map(tensor => companion.address(tensor));
    companion.kernels['leakyReluGradient']!(...addresses, tf.util.sizeFromShape(x!.shape), alpha as number);
    return out;
  };
}

/** out[s, …] = Σ x[i, …] over all i with segmentIds[i] = s; see ../segment-sum.ts. */
export function companionSegmentSum(companion: Companion): (otherwise: WasmKernel) => WasmKernel {
  return otherwise => (inputs, attributes, backend) => {
    const {x, segmentIds} = inputs as {x: TensorInfo; segmentIds: TensorInfo};
    if (x.dtype !== 'float32') return otherwise(inputs, attributes, backend);
    const numSegments = attributes['numSegments'] as number;
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const out = backend.makeOutput([numSegments, ...rowShape], 'float32');
    floatsOf(out, backend).fill(0);
    const addresses = [x, segmentIds, out].map(tensor => companion.address(tensor));
    const [rows, length] = [tf.util.sizeFromShape(segmentIds.shape), tf.util.sizeFromShape(rowShape)];
    const outside = companion.kernels['segmentSum']!(...addresses, rows, length, numSegments);
    if (outside >= 0) {
      release(out, backend);
      const id = backend.typedArrayFromHeap(segmentIds)[outside];
      throw expected(`segmentIds[${outside}]`, `below numSegments ${numSegments}`, id);
    }
    return out;
  };
}
