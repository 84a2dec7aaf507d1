/** Convolutions, pools and resizing. */
import fc from 'fast-check';
import {tf} from '../../../../src/core/tensorflow';
import {at, build, convolve, convolveBack, map, type Nd, pool, type Window, zip} from '../nd';
import {type Call, noSecond, type Row} from '../row';

const small = fc.integer({min: 1, max: 3});
const channels = fc.oneof({weight: 3, arbitrary: small}, {weight: 1, arbitrary: fc.integer({min: 4, max: 11})});

/** Stride above the filter's size too: tfjs-backend-wasm gets that wrong with 'same' (tensorflow/tfjs#5907). */
const convolution = fc.record({
  count: fc.integer({min: 1, max: 3}),
  height: fc.integer({min: 3, max: 7}),
  width: fc.integer({min: 3, max: 7}),
  from: channels,
  to: channels,
  rows: small,
  columns: small,
  down: small,
  across: small,
  pad: fc.constantFrom('same' as const, 'valid' as const),
});
type Convolution = typeof convolution extends fc.Arbitrary<infer C> ? C : never;

function windowsOf({rows, columns, down, across, pad}: Convolution): [Window, Window] {
  return [
    {size: rows, stride: down, pad},
    {size: columns, stride: across, pad},
  ];
}

/** TensorFlow's own kernels take equal strides only in some gradients. */
const even = convolution.map(c => ({...c, across: c.down}));

/** No stride above a side of the filter, nor above 2. */
function narrowed(c: Convolution): Convolution {
  const stride = Math.min(2, c.rows, c.columns, c.down);
  return {...c, down: stride, across: stride};
}

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

export const pictureRows: readonly Row[] = [
  {
    name: 'conv2d, any stride and filter',
    order: 2,
    calls: convolution.map(
      (c): Call => ({
        inputs: [
          {shape: [c.count, c.height, c.width, c.from], domain: 'any'},
          {shape: [c.rows, c.columns, c.from, c.to], domain: 'any'},
        ],
        run: ([x, filter]) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [c.down, c.across], c.pad),
        reference: ([x, filter]) => convolve(x!, filter!, windowsOf(c)),
      }),
    ),
  },
  {
    name: 'conv2dTranspose',
    order: 2,
    calls: even.map((c): Call => {
      const windows = windowsOf({...c, pad: 'same'});
      const out = [c.count, c.height * c.down, c.width * c.across, c.to] as [number, number, number, number];
      return {
        inputs: [
          {shape: [c.count, c.height, c.width, c.from], domain: 'any'},
          {shape: [c.rows, c.columns, c.to, c.from], domain: 'any'},
        ],
        run: ([x, filter]) =>
          tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, out, [c.down, c.across], 'same'),
        reference: ([x, filter]) => convolveBack(x!, filter!, out, windows),
      };
    }),
  },
  {
    name: 'fused conv2d: bias and sigmoid',
    order: 2,
    calls: even.map(
      (c): Call => ({
        inputs: [
          {shape: [c.count, c.height, c.width, c.from], domain: 'any'},
          {shape: [c.rows, c.columns, c.from, c.to], domain: 'any'},
          {shape: [c.to], domain: 'any'},
        ],
        run: ([x, filter, bias]) =>
          tf.fused.conv2d({
            x: x as tf.Tensor4D,
            filter: filter as tf.Tensor4D,
            strides: c.down,
            pad: c.pad,
            bias: bias!,
            activation: 'sigmoid',
          }),
        reference: ([x, filter, bias]) =>
          map(
            zip(convolve(x!, filter!, windowsOf(c)), bias!, (a, b) => a + b),
            v => 1 / (1 + Math.exp(-v)),
          ),
      }),
    ),
  },
  {
    name: 'conv3d',
    order: 1,
    why: noSecond,
    // A stride above the filter's size is refused on wasm and cpu: repairs.test.ts.
    calls: fc.tuple(even.map(narrowed), fc.integer({min: 3, max: 4}), fc.integer({min: 2, max: 3})).map(
      ([c, depth, taps]): Call => ({
        inputs: [
          {shape: [c.count, depth, c.height, c.width, Math.min(2, c.from)], domain: 'any'},
          {shape: [taps, c.rows, c.columns, Math.min(2, c.from), Math.min(2, c.to)], domain: 'any'},
        ],
        run: ([x, filter]) => tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, c.down, c.pad),
        reference: ([x, filter]) => convolve(x!, filter!, [{size: taps, stride: c.down, pad: c.pad}, ...windowsOf(c)]),
      }),
    ),
  },
  {
    name: 'maxPool',
    order: 1,
    why: noSecond,
    calls: even.map(
      (c): Call => ({
        inputs: [{shape: [c.count, c.height, c.width, c.from], domain: 'distinct'}],
        run: ([x]) => tf.maxPool(x as tf.Tensor4D, [c.rows, c.columns], c.down, c.pad),
        reference: ([x]) => pool(x!, windowsOf(c), values => Math.max(...values)),
      }),
    ),
  },
  {
    name: 'dilation2d',
    order: 1,
    why: noSecond,
    calls: convolution.map(
      (c): Call => ({
        inputs: [
          {shape: [c.count, c.height, c.width, c.from], domain: 'distinct'},
          {shape: [c.rows, c.columns, c.from], domain: 'distinct'},
        ],
        // Multiples of 0.003 on multiples of 0.1: no two sums of a window are equal, and many are below zero.
        run: ([x, filter]) =>
          tf.dilation2d(
            x as tf.Tensor4D,
            tf.mul(filter as tf.Tensor3D, 0.03) as tf.Tensor3D,
            [c.down, c.across],
            c.pad,
          ),
        reference: ([x, filter]) =>
          pool(x!, windowsOf(c), (values, taps) =>
            Math.max(...values.map((value, i) => value + 0.03 * at(filter!, taps[i]!))),
          ),
      }),
    ),
  },
  {
    name: 'avgPool',
    order: 2,
    calls: even.map(
      (c): Call => ({
        inputs: [{shape: [c.count, c.height, c.width, c.from], domain: 'any'}],
        run: ([x]) => tf.avgPool(x as tf.Tensor4D, [c.rows, c.columns], c.down, c.pad),
        reference: ([x]) => pool(x!, windowsOf(c), mean),
      }),
    ),
  },
  resizing('resizeNearestNeighbor', (x, size, half) => tf.image.resizeNearestNeighbor(x, size, false, half), nearest),
  resizing('resizeBilinear', (x, size, half) => tf.image.resizeBilinear(x, size, false, half), bilinear),
];

type Resize = (x: Nd, size: [number, number], half: boolean) => Nd;

function resizing(
  name: string,
  run: (x: tf.Tensor4D, size: [number, number], half: boolean) => tf.Tensor,
  reference: Resize,
): Row {
  const sizes = fc.record({
    count: fc.integer({min: 1, max: 2}),
    height: fc.integer({min: 1, max: 4}),
    width: fc.integer({min: 1, max: 4}),
    to: fc.tuple(fc.integer({min: 1, max: 7}), fc.integer({min: 1, max: 7})),
    half: fc.boolean(),
  });
  const calls = sizes.map(
    ({count, height, width, to, half}): Call => ({
      inputs: [{shape: [count, height, width, 2], domain: 'any'}],
      run: ([x]) => run(x as tf.Tensor4D, to, half),
      reference: ([x]) => reference(x!, to, half),
    }),
  );
  return {name, order: 2, calls};
}

function nearest(x: Nd, size: [number, number], half: boolean): Nd {
  const [count, height, width, depth] = x.shape as [number, number, number, number];
  const place = (i: number, from: number, to: number) =>
    Math.min(from - 1, Math.floor(Math.fround(from / to) * (half ? i + 0.5 : i)));
  return build([count, ...size, depth], ([n, i, j, c]) =>
    at(x, [n!, place(i!, height, size[0]), place(j!, width, size[1]), c!]),
  );
}

function bilinear(x: Nd, size: [number, number], half: boolean): Nd {
  const [count, height, width, depth] = x.shape as [number, number, number, number];
  const parts = (i: number, from: number, to: number): [number, number, number] => {
    const place = half ? ((i + 0.5) * from) / to - 0.5 : (i * from) / to;
    const low = Math.max(0, Math.floor(place));
    return [low, Math.min(from - 1, Math.ceil(place)), Math.max(0, place - Math.floor(place))];
  };
  return build([count, ...size, depth], ([n, i, j, c]) => {
    const [top, bottom, v] = parts(i!, height, size[0]);
    const [left, right, u] = parts(j!, width, size[1]);
    const value = (y: number, z: number) => at(x, [n!, y, z, c!]);
    const above = value(top, left) * (1 - u) + value(top, right) * u;
    const below = value(bottom, left) * (1 - u) + value(bottom, right) * u;
    return above * (1 - v) + below * v;
  });
}
