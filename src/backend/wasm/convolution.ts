/**
 * The three products of a convolutional layer, each as one forward convolution, which XNNPACK does fast.
 *
 *   y[n, i, j, o]  = Σ x[n, i·s + r − top, j·s + q − left, c] · w[r, q, c, o]
 *   dw[r, q, c, o] = Σ x[n, i·s + r − top, j·s + q − left, c] · dy[n, i, j, o]
 *   dx[n, y, x, c] = Σ dy[n, i, j, o] · w[r, q, c, o]   over all i·s + r − top = y, j·s + q − left = x
 *
 * Stock TensorFlow.js 4.22 has no filter gradient on wasm (tensorflow/tfjs#8474), and a scalar loop for the input gradient.
 */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {tf} from '../../core/tensorflow';
import {type Attributes, floatsOf, release, runKernel, type TensorInfo, type WasmKernel} from './heap';

/** Forward: the backend's own, but for 'same' with a stride above the filter size, which it gets wrong (tensorflow/tfjs#5907). */
export function conv2d(stock: WasmKernel): WasmKernel {
  return (inputs, attributes, backend) => {
    const {x, filter} = inputs as {x: TensorInfo; filter: TensorInfo};
    const {padInfo, strideHeight, strideWidth, filterHeight, filterWidth} = convolutionSizes(
      x.shape,
      filter.shape,
      attributes,
    );
    if (padInfo.type !== 'SAME' || (strideHeight <= filterHeight && strideWidth <= filterWidth)) {
      return stock(inputs, attributes, backend);
    }
    const {top, bottom, left, right} = padInfo;
    const pad = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    return stock(inputs, {...attributes, pad, dimRoundingMode: 'floor'}, backend);
  };
}

/**
 * dw, with the roles of the axes exchanged: channels count as examples, examples as channels, dy is the filter, and its
 * steps through x become a dilation. x [C, H, W, N] ∗ dy [OH, OW, N, O], dilated by s, is [C, KH, KW, O].
 */
export const conv2dFilterGradient: WasmKernel = ({x, dy}, attributes, backend) => {
  const filterShape = attributes['filterShape'] as [number, number, number, number];
  const info = convolutionSizes(x!.shape, filterShape, attributes);
  const {filterHeight, filterWidth, inChannels, outChannels, strideHeight, strideWidth, padInfo} = info;
  const below = Math.max(0, (info.outHeight - 1) * strideHeight + filterHeight - info.inHeight - padInfo.top);
  const beyond = Math.max(0, (info.outWidth - 1) * strideWidth + filterWidth - info.inWidth - padInfo.left);
  const swappedX = runKernel('Transpose', {x: x!}, {perm: [3, 1, 2, 0]}, backend);
  const swappedDy = runKernel('Transpose', {x: dy!}, {perm: [1, 2, 0, 3]}, backend);
  let found = runKernel(
    'Conv2D',
    {x: swappedX, filter: swappedDy},
    {
      strides: 1,
      dilations: [strideHeight, strideWidth],
      pad: [
        [0, 0],
        [padInfo.top, below],
        [padInfo.left, beyond],
        [0, 0],
      ],
      dataFormat: 'NHWC',
      dimRoundingMode: 'floor',
    },
    backend,
  );
  release(swappedX, backend);
  release(swappedDy, backend);
  if (found.shape[1] !== filterHeight || found.shape[2] !== filterWidth) {
    // Rows of x that no step of the filter reaches give entries beyond the filter.
    const size = [inChannels, filterHeight, filterWidth, outChannels];
    const cut = runKernel('Slice', {x: found}, {begin: [0, 0, 0, 0], size}, backend);
    release(found, backend);
    found = cut;
  }
  const result = runKernel('Transpose', {x: found}, {perm: [1, 2, 0, 3]}, backend);
  release(found, backend);
  return result;
};

/**
 * dx, by stride phase: position y + top = b·s + p of the input belongs to block b and phase p, and
 * dx[b, p] = Σ_q dy[b − q] · w[q·s + p]. So one convolution of dy at stride 1, with a filter whose s·s·C output channels
 * are the phases, finds all blocks; spreading the channels over the pixels finds dx. Also conv2dTranspose forward.
 */
export const conv2dInputGradient: WasmKernel = ({dy, filter}, attributes, backend) => {
  const inputShape = attributes['inputShape'] as [number, number, number, number];
  const info = convolutionSizes(inputShape, filter!.shape as [number, number, number, number], attributes);
  const {strideHeight, strideWidth, padInfo} = info;
  const rows = blocks(info.inHeight, info.filterHeight, strideHeight, padInfo.top, info.outHeight);
  const columns = blocks(info.inWidth, info.filterWidth, strideWidth, padInfo.left, info.outWidth);
  const packed = packByPhase(filter!, info, rows.taps, columns.taps, backend);
  const found = runKernel(
    'Conv2D',
    {x: dy!, filter: packed},
    {
      strides: 1,
      dilations: 1,
      pad: [[0, 0], rows.pad, columns.pad, [0, 0]],
      dataFormat: 'NHWC',
      dimRoundingMode: 'floor',
    },
    backend,
  );
  release(packed, backend);
  // With stride 1 there is one phase, and the padding was chosen so that the blocks are the pixels.
  if (found.shape.every((size, axis) => size === inputShape[axis])) return found;
  const dx = spreadPhases(found, info, rows, columns, backend);
  release(found, backend);
  return dx;
};

interface Blocks {
  /** Filter taps of one phase: ⌈K / s⌉. */
  readonly taps: number;
  /** Zeros around dy; the convolution then begins at block `first`. */
  readonly pad: [number, number];
  readonly first: number;
}

/** Along one axis: which blocks of s positions the input of length `size` touches, when `before` zeros pad it. */
function blocks(size: number, kernel: number, stride: number, before: number, outSize: number): Blocks {
  const taps = Math.ceil(kernel / stride);
  const all = outSize + taps - 1;
  const first = Math.min(Math.floor(before / stride), taps - 1);
  const last = Math.min(Math.max(Math.floor((before + size - 1) / stride), first), all - 1);
  // Block b needs dy[b − taps + 1 … b]: zeros stand for what lies outside.
  return {taps, first, pad: [taps - 1 - first, Math.max(0, last - (outSize - 1))]};
}

type ConvolutionSizes = tf.backend_util.Conv2DInfo;

/** What the attributes of a convolution mean for these shapes. */
export function convolutionSizes(
  inShape: readonly number[],
  filterShape: readonly number[],
  attributes: Attributes,
): ConvolutionSizes {
  const {strides, pad, dimRoundingMode, dataFormat, dilations} = attributes as {
    strides: number | [number, number];
    pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
    dataFormat: 'NHWC' | 'NCHW';
    dilations?: number | [number, number];
  };
  if (dataFormat === 'NCHW') throw new Error('The wasm backend convolves NHWC tensors only, got NCHW.');
  return tf.backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
  );
}

/** w [KH, KW, C, O] → [taps, taps, O, s·s·C], flipped, zeros where a phase has no tap. */
function packByPhase(
  filter: TensorInfo,
  info: ConvolutionSizes,
  tapsDown: number,
  tapsAcross: number,
  backend: BackendWasm,
): TensorInfo {
  const {filterHeight, filterWidth, inChannels, outChannels, strideHeight, strideWidth} = info;
  const phases = strideHeight * strideWidth * inChannels;
  const packed = backend.makeOutput([tapsDown, tapsAcross, outChannels, phases], 'float32');
  const from = floatsOf(filter, backend);
  const to = floatsOf(packed, backend);
  to.fill(0);
  for (let r = 0, source = 0; r < filterHeight; r++) {
    const down = tapsDown - 1 - Math.floor(r / strideHeight);
    for (let q = 0; q < filterWidth; q++) {
      const across = tapsAcross - 1 - Math.floor(q / strideWidth);
      const phase = (r % strideHeight) * strideWidth + (q % strideWidth);
      const corner = (down * tapsAcross + across) * outChannels * phases + phase * inChannels;
      for (let c = 0; c < inChannels; c++) {
        for (let o = 0, at = corner + c; o < outChannels; o++, at += phases) to[at] = from[source++]!;
      }
    }
  }
  return packed;
}

/** [N, blocks, blocks, s·s·C] → [N, H, W, C]; pixels behind the last block got nothing and stay zero. */
function spreadPhases(
  found: TensorInfo,
  info: ConvolutionSizes,
  rows: Blocks,
  columns: Blocks,
  backend: BackendWasm,
): TensorInfo {
  const {batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth, padInfo} = info;
  const [, high, wide, phases] = found.shape as [number, number, number, number];
  const dx = backend.makeOutput([batchSize, inHeight, inWidth, inChannels], 'float32');
  const from = floatsOf(found, backend);
  const to = floatsOf(dx, backend);
  to.fill(0);
  const rowLength = inWidth * inChannels;
  // The pixels of one row and one block lie side by side in both tensors.
  const leftmost = padInfo.left - columns.first * strideWidth;
  for (let n = 0; n < batchSize; n++) {
    for (let y = 0; y < inHeight; y++) {
      const at = y + padInfo.top - rows.first * strideHeight;
      const block = Math.floor(at / strideHeight);
      if (block < 0 || block >= high) continue;
      const rowFrom = (n * high + block) * wide * phases + (at % strideHeight) * strideWidth * inChannels;
      const rowTo = (n * inHeight + y) * rowLength;
      for (let x = 0; x < inWidth; ) {
        const across = Math.floor((x + leftmost) / strideWidth);
        const phase = x + leftmost - across * strideWidth;
        const run = Math.min(strideWidth - phase, inWidth - x);
        if (across >= 0 && across < wide) {
          let source = rowFrom + across * phases + phase * inChannels;
          let target = rowTo + x * inChannels;
          for (const end = target + run * inChannels; target < end; ) to[target++] = from[source++]!;
        }
        x += run;
      }
    }
  }
  return dx;
}
