/**
 * Gradients that the wasm backend computes wrongly (TensorFlow.js 4.22.0, seen against finite differences), as plain
 * loops over its heap: of the largest number in each window, and of convolutions over three axes. Nothing in this package
 * is built on them, so they are right, not fast.
 */
import {tf} from '../../core/tensorflow';
import {floatsOf, type WasmKernel} from './heap';

/** dx: each number of dy goes to the largest number of its window, the first of equal ones. */
export const maxPoolGradient: WasmKernel = ({dy, input}, attributes, backend) => {
  const {filterSize, strides, pad, dimRoundingMode} = attributes as {
    filterSize: number | [number, number];
    strides: number | [number, number];
    pad: 'same' | 'valid' | number;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const shape = input!.shape as [number, number, number, number];
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const {batchSize, inHeight, inWidth, outHeight, outWidth, inChannels, padInfo} = info;
  const out = backend.makeOutput(shape, 'float32');
  const [x, slopes, dx] = [floatsOf(input!, backend), floatsOf(dy!, backend), floatsOf(out, backend)];
  dx.fill(0);
  let source = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < outHeight; i++) {
      const [top, bottom] = inside(i * info.strideHeight - padInfo.top, info.effectiveFilterHeight, inHeight);
      for (let j = 0; j < outWidth; j++) {
        const [left, right] = inside(j * info.strideWidth - padInfo.left, info.effectiveFilterWidth, inWidth);
        for (let c = 0; c < inChannels; c++, source++) {
          let most = -1;
          for (let y = top; y < bottom; y++) {
            for (let z = left; z < right; z++) {
              const at = ((n * inHeight + y) * inWidth + z) * inChannels + c;
              if (most < 0 || x[at]! > x[most]!) most = at;
            }
          }
          if (most >= 0) dx[most]! += slopes[source]!;
        }
      }
    }
  }
  return out;
};

export const conv3dInputGradient: WasmKernel = ({dy, filter}, attributes, backend) => {
  const shape = attributes['inputShape'] as [number, number, number, number, number];
  const out = backend.makeOutput(shape, 'float32');
  const [slopes, w, dx] = [floatsOf(dy!, backend), floatsOf(filter!, backend), floatsOf(out, backend)];
  dx.fill(0);
  eachProduct(shape, filter!.shape, attributes, (x, f, y) => {
    dx[x]! += w[f]! * slopes[y]!;
  });
  return out;
};

export const conv3dFilterGradient: WasmKernel = ({x, dy}, attributes, backend) => {
  const shape = attributes['filterShape'] as [number, number, number, number, number];
  const out = backend.makeOutput(shape, 'float32');
  const [values, slopes, dw] = [floatsOf(x!, backend), floatsOf(dy!, backend), floatsOf(out, backend)];
  dw.fill(0);
  eachProduct(x!.shape, shape, attributes, (from, f, y) => {
    dw[f]! += values[from]! * slopes[y]!;
  });
  return out;
};

/** Calls `visit` once for each product in a convolution over three axes, with the positions of x, w and y in their arrays. */
function eachProduct(
  inShape: readonly number[],
  filterShape: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
  visit: (x: number, w: number, y: number) => void,
): void {
  type Five = [number, number, number, number, number];
  const {strides, pad} = attributes as {strides: number | [number, number, number]; pad: 'same' | 'valid'};
  const info = tf.backend_util.computeConv3DInfo(inShape as Five, filterShape as Five, strides, 1, pad);
  const {batchSize, inDepth, inHeight, inWidth, inChannels, outChannels, padInfo} = info;
  let y = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < info.outDepth; i++) {
      for (let j = 0; j < info.outHeight; j++) {
        for (let k = 0; k < info.outWidth; k++, y += outChannels) {
          for (let r = 0; r < info.filterDepth; r++) {
            const depth = i * info.strideDepth + r - padInfo.front;
            if (depth < 0 || depth >= inDepth) continue;
            for (let s = 0; s < info.filterHeight; s++) {
              const height = j * info.strideHeight + s - padInfo.top;
              if (height < 0 || height >= inHeight) continue;
              for (let t = 0; t < info.filterWidth; t++) {
                const width = k * info.strideWidth + t - padInfo.left;
                if (width < 0 || width >= inWidth) continue;
                const x = (((n * inDepth + depth) * inHeight + height) * inWidth + width) * inChannels;
                const w = ((r * info.filterHeight + s) * info.filterWidth + t) * inChannels * outChannels;
                for (let c = 0; c < inChannels; c++) {
                  for (let o = 0; o < outChannels; o++) visit(x + c, w + c * outChannels + o, y + o);
                }
              }
            }
          }
        }
      }
    }
  }
}

/** The part of a window that lies inside. */
function inside(start: number, length: number, size: number): [from: number, to: number] {
  return [Math.max(0, start), Math.min(size, start + length)];
}
