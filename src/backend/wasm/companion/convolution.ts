/**
 * The three products of a convolutional layer by the companion module; the formulas stand in scripts/kernels/tensor.
 * Pictures are taken a few at a time, as many as stay in the processor's cache, so scratch does not grow with the batch.
 */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import type {tf} from '../../../core/tensorflow';
import {convolutionSizes} from '../convolution';
import {floatsOf, type TensorInfo, type WasmKernel} from '../heap';
import type {Companion} from './companion';

/** Bytes of framed pictures that are worked on at a time. */
const cacheBytes = 1 << 18;
/** Blocks of four rows of dw in one task. */
const rowsOfTask = 32;

export function companionConv2d(companion: Companion): (otherwise: WasmKernel) => WasmKernel {
  return otherwise => (inputs, attributes, backend) => {
    const {x, filter} = inputs as {x: TensorInfo; filter: TensorInfo};
    const info = convolutionSizes(x.shape, filter.shape, attributes);
    // A dilated window does not lie in one piece; TensorFlow.js has no gradient of it either.
    if (info.dilationHeight !== 1 || info.dilationWidth !== 1 || x.dtype !== 'float32') {
      return otherwise(inputs, attributes, backend);
    }
    const packedFloats = info.filterHeight * info.filterWidth * info.inChannels * roundUp(info.outChannels);
    return overPictures(companion, backend, info, {
      kernels: ['packFilter', 'convolve'],
      packedFloats,
      from: x,
      filter,
      outShape: info.outShape,
    });
  };
}

/** dx; also the forward pass of conv2dTranspose. */
export function companionInputGradient(companion: Companion): WasmKernel {
  return ({dy, filter}, attributes, backend) => {
    const inputShape = attributes['inputShape'] as [number, number, number, number];
    const info = convolutionSizes(inputShape, filter!.shape, attributes);
    const packedFloats = info.filterHeight * roundUp(info.filterWidth * info.inChannels) * info.outChannels;
    return overPictures(companion, backend, info, {
      kernels: ['packFilterRows', 'convolveBack'],
      packedFloats,
      from: dy!,
      filter: filter!,
      outShape: inputShape,
    });
  };
}

interface Pass {
  /** What packs the filter, and what then goes over the pictures. */
  readonly kernels: readonly [pack: 'packFilter' | 'packFilterRows', convolve: 'convolve' | 'convolveBack'];
  /** Numbers of the packed filter. */
  readonly packedFloats: number;
  readonly from: TensorInfo;
  readonly filter: TensorInfo;
  readonly outShape: number[];
}

/** Forward, and back to the input: the filter is packed once, then a call goes over each part of the batch. */
function overPictures(
  companion: Companion,
  backend: BackendWasm,
  info: tf.backend_util.Conv2DInfo,
  {kernels: [pack, convolve], packedFloats, from, filter, outShape}: Pass,
): TensorInfo {
  const plan = planOf(companion, info);
  const packed = companion.common(packedFloats * 4);
  const scratchBytes = companion.kernels['picturesScratch']!(plan.sizes, plan.pictures);
  const scratch = companion.scratch(scratchBytes);
  const out = backend.makeOutput(outShape, 'float32');
  companion.kernels[pack]!(companion.address(filter), plan.sizes, packed);
  const shared = [companion.address(from), packed, companion.address(out), plan.sizes];
  const calls = plan.parts.map(({first, count}) => [...shared, first, count, plan.framed, scratch]);
  companion.run(convolve, calls, 7, scratchBytes, plan.multiplications);
  return out;
}

/** dw. The terms of a sum are the places of all pictures in order, some pictures at a time. */
export function companionFilterGradient(companion: Companion): WasmKernel {
  return ({x, dy}, attributes, backend) => {
    const filterShape = attributes['filterShape'] as [number, number, number, number];
    const info = convolutionSizes(x!.shape, filterShape, attributes);
    const plan = planOf(companion, info);
    const {kernels} = companion;
    const {filterHeight, filterWidth, inChannels, batchSize} = info;
    const chunk = companion.common(kernels['chunkBytes']!(plan.sizes, plan.pictures));
    const scratchBytes = kernels['sumScratch']!(plan.sizes, plan.pictures);
    const scratch = companion.scratch(scratchBytes);
    const out = backend.makeOutput(filterShape, 'float32');
    if (batchSize === 0) floatsOf(out, backend).fill(0);
    const [from, slopes, to] = [companion.address(x!), companion.address(dy!), companion.address(out)];
    const across = filterWidth * inChannels;
    for (const {first, count} of plan.parts) {
      const multiplications = (plan.multiplications * count) / batchSize;
      const pictures = Array.from({length: count}, (_, n) => [
        ...[from, slopes, plan.sizes, first, count, n, plan.framed, chunk],
      ]);
      companion.run('prepareChunk', pictures, -1, 0, multiplications);
      const blocks: number[][] = [];
      for (let r = 0; r < filterHeight; r++) {
        for (let t = 0; t < across; t += rowsOfTask) {
          const end = Math.min(across, t + rowsOfTask);
          blocks.push([to, plan.sizes, count, chunk, r, t, end, first > 0 ? 1 : 0, scratch]);
        }
      }
      companion.run('sumFilter', blocks, 8, scratchBytes, multiplications);
    }
    return out;
  };
}

interface Plan {
  /** Address of the sizes, in the order of scripts/kernels/tensor/convolution.ts. */
  readonly sizes: number;
  /** How many are worked on at a time. */
  readonly pictures: number;
  /** The batch, so many at a time. */
  readonly parts: readonly {readonly first: number; readonly count: number}[];
  readonly multiplications: number;
  /** 1 where the windows cover the picture exactly, so that it needs no zeros around it. */
  readonly framed: 0 | 1;
}

function planOf(companion: Companion, info: tf.backend_util.Conv2DInfo): Plan {
  const {inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, batchSize} = info;
  const {filterHeight, filterWidth, strideHeight, strideWidth, padInfo} = info;
  const framedHeight = Math.max(0, outHeight - 1) * strideHeight + filterHeight;
  const framedWidth = Math.max(0, outWidth - 1) * strideWidth + filterWidth;
  const sizes = companion.sizes([
    ...[inHeight, inWidth, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth],
    ...[strideHeight, strideWidth, padInfo.top, padInfo.left, framedHeight, framedWidth],
  ]);
  const exact = framedHeight === inHeight && framedWidth === inWidth && padInfo.top === 0 && padInfo.left === 0;
  const fit = Math.floor(cacheBytes / (4 * framedHeight * framedWidth * inChannels));
  const pictures = Math.max(1, Math.min(fit, batchSize));
  const parts: {first: number; count: number}[] = [];
  for (let first = 0; first < batchSize; first += pictures) {
    parts.push({first, count: Math.min(pictures, batchSize - first)});
  }
  const multiplications = batchSize * outHeight * outWidth * outChannels * filterHeight * filterWidth * inChannels;
  return {sizes, pictures, parts, multiplications, framed: exact ? 1 : 0};
}

function roundUp(columns: number): number {
  return Math.ceil(columns / 8) * 8;
}
