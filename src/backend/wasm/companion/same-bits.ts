/** Whether eight numbers at a time give the bits of four, found out at start by the kernels themselves. */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {tf} from '../../../core/tensorflow';
import {type Attributes, floatsOf, release, type TensorInfo, type WasmKernel} from '../heap';
import type {Companion} from './companion';
import {companionConv2d, companionFilterGradient, companionInputGradient} from './convolution';
import {companionMatMul} from './product';

interface Call {
  readonly what: string;
  readonly kernel: (companion: Companion) => WasmKernel;
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly attributes: Attributes;
}

/** Rows, terms of a sum and columns of products: whole tiles and what is left over of them. */
const usualSizes = [
  [37, 43, 41],
  [8, 1030, 16],
] as const;

/** @throws Error that names the first product or convolution, of numbers drawn once, in which a bit differs. */
export function assertSameBits(
  wide: Companion,
  narrow: Companion,
  sizes: readonly (readonly [rows: number, terms: number, columns: number])[] = usualSizes,
): void {
  for (const call of [...sizes.flatMap(products), ...convolutions]) {
    const [got, wanted] = [wide, narrow].map(companion => resultOf(call, companion));
    const same = wanted!.every((value, i) => Object.is(value, got![i]));
    if (!same) throw new Error(`${call.what} has other bits with eight numbers at a time`);
  }
}

function products([rows, terms, columns]: readonly [number, number, number]): Call[] {
  return [0, 1, 2, 3].map(order => {
    const [transposeA, transposeB] = [(order & 1) === 1, order >> 1 === 1];
    return {
      what: `a product of ${rows}×${terms} by ${terms}×${columns}${transposeA ? ', left transposed' : ''}${transposeB ? ', right transposed' : ''}`,
      kernel: companion => companionMatMul(companion)(unexpected),
      shapes: {
        a: transposeA ? [1, terms, rows] : [1, rows, terms],
        b: transposeB ? [1, columns, terms] : [1, terms, columns],
      },
      attributes: {transposeA, transposeB},
    };
  });
}

const layer = {strides: [2, 1], pad: 'same', dataFormat: 'NHWC', dilations: 1};
const [x, filter, dy] = [
  [3, 9, 10, 5],
  [3, 4, 5, 13],
  [3, 5, 10, 13],
];
const convolutions: readonly Call[] = [
  {
    what: 'a convolution',
    kernel: companion => companionConv2d(companion)(unexpected),
    shapes: {x: x!, filter: filter!},
    attributes: layer,
  },
  {
    what: "a convolution's input gradient",
    kernel: companionInputGradient,
    shapes: {dy: dy!, filter: filter!},
    attributes: {...layer, inputShape: x!},
  },
  {
    what: "a convolution's filter gradient",
    kernel: companionFilterGradient,
    shapes: {x: x!, dy: dy!},
    attributes: {...layer, filterShape: filter!},
  },
];

function resultOf({kernel, shapes, attributes}: Call, companion: Companion): Float32Array {
  const {backend} = companion;
  const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, drawn(shape, backend)]));
  const out = kernel(companion)(inputs, attributes, backend);
  const values = floatsOf(out, backend).slice();
  for (const tensor of [...Object.values(inputs), out]) release(tensor, backend);
  return values;
}

function drawn(shape: number[], backend: BackendWasm): TensorInfo {
  const out = backend.makeOutput(shape, 'float32');
  floatsOf(out, backend).set(Float32Array.from({length: tf.util.sizeFromShape(shape)}, (_, i) => Math.sin(i * i)));
  return out;
}

const unexpected: WasmKernel = () => {
  throw new Error('the companion module was to compute this');
};
