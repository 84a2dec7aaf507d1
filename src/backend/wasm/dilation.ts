/**
 * Dilation of pictures, y = max over a window of x + w, and its gradients, as plain loops over the heap. The wasm backend of
 * TensorFlow.js 4.22.0 begins its search for the largest sum at the smallest positive number, so a result below zero is
 * 1.2e-38 and its gradient goes astray. Nothing in this package is built on them: they are right, not fast.
 */
import {tf} from '../../core/tensorflow';
import {type Attributes, floatsOf, type TensorInfo, type WasmKernel} from './heap';

export const dilation2d: WasmKernel = ({x, filter}, attributes, backend) => {
  const info = infoOf(x!, filter!, attributes);
  const out = backend.makeOutput(info.outShape, x!.dtype);
  const [values, w, y] = [floatsOf(x!, backend), floatsOf(filter!, backend), floatsOf(out, backend)];
  // Where a window lies outside altogether, as on the other engines.
  y.fill(lowest);
  eachLargest(info, values, w, (at, tap, place) => {
    y[place] = values[at]! + w[tap]!;
  });
  return out;
};

export const dilation2dInputGradient = gradient('x');
export const dilation2dFilterGradient = gradient('filter');

/** Each number of dy goes to the place in x that was taken, or to the number of the filter that stood there. */
function gradient(of: 'x' | 'filter'): WasmKernel {
  return ({x, filter, dy}, attributes, backend) => {
    const like = of === 'x' ? x! : filter!;
    const out = backend.makeOutput(like.shape, like.dtype);
    const [slopes, sums] = [floatsOf(dy!, backend), floatsOf(out, backend)];
    sums.fill(0);
    const info = infoOf(x!, filter!, attributes);
    eachLargest(info, floatsOf(x!, backend), floatsOf(filter!, backend), (at, tap, place) => {
      sums[of === 'x' ? at : tap]! += slopes[place]!;
    });
    return out;
  };
}

/** The smallest number of 32 bits. */
const lowest = -3.4028234663852886e38;

type Info = ReturnType<typeof tf.backend_util.computeDilation2DInfo>;

function infoOf(x: TensorInfo, filter: TensorInfo, attributes: Attributes): Info {
  const {strides, pad, dilations} = attributes as {
    strides: number | [number, number];
    pad: 'same' | 'valid' | number;
    dilations: number | [number, number];
  };
  type Four = [number, number, number, number];
  type Three = [number, number, number];
  return tf.backend_util.computeDilation2DInfo(x.shape as Four, filter.shape as Three, strides, pad, 'NHWC', dilations);
}

/** Calls `visit` for each result, with the positions of x, w and y in their arrays: those of the largest sum, the first of equal ones. */
function eachLargest(
  info: Info,
  x: Float32Array,
  w: Float32Array,
  visit: (x: number, w: number, y: number) => void,
): void {
  const {batchSize, inHeight, inWidth, inChannels, padInfo} = info;
  let y = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < info.outHeight; i++) {
      for (let j = 0; j < info.outWidth; j++) {
        for (let c = 0; c < inChannels; c++, y++) {
          let [most, from, tap] = [lowest, -1, -1];
          for (let r = 0; r < info.filterHeight; r++) {
            const height = i * info.strideHeight - padInfo.top + r * info.dilationHeight;
            if (height < 0 || height >= inHeight) continue;
            for (let q = 0; q < info.filterWidth; q++) {
              const width = j * info.strideWidth - padInfo.left + q * info.dilationWidth;
              if (width < 0 || width >= inWidth) continue;
              const at = ((n * inHeight + height) * inWidth + width) * inChannels + c;
              const weight = (r * info.filterWidth + q) * inChannels + c;
              if (x[at]! + w[weight]! > most) [most, from, tap] = [x[at]! + w[weight]!, at, weight];
            }
          }
          if (from >= 0) visit(from, tap, y);
        }
      }
    }
  }
}
