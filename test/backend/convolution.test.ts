import assert from 'node:assert/strict';
import fc from 'fast-check';
import {tf} from '../../src/core/tensorflow';
import * as reference from './reference';
import {assertClose, randomValues, read, testOnEachBackend} from './support';

const convolution: fc.Arbitrary<reference.Convolution> = fc
  .record({
    count: fc.integer({min: 1, max: 3}),
    height: fc.integer({min: 1, max: 11}),
    width: fc.integer({min: 1, max: 11}),
    channels: fc.integer({min: 1, max: 5}),
    filters: fc.integer({min: 1, max: 6}),
    kernelHeight: fc.integer({min: 1, max: 5}),
    kernelWidth: fc.integer({min: 1, max: 5}),
    strideDown: fc.integer({min: 1, max: 3}),
    strideAcross: fc.integer({min: 1, max: 3}),
    pad: fc.constantFrom<('same' | 'valid')[]>('same', 'valid'),
  })
  .filter(c => c.pad === 'same' || (c.kernelHeight <= c.height && c.kernelWidth <= c.width));

type Strides = [number, number];
type Shape = [number, number, number, number];

testOnEachBackend('conv2d and both its gradients are the sums that define them', () => {
  fc.assert(
    fc.property(convolution, fc.nat(1e6), (c, seed) => {
      const what = JSON.stringify(c);
      const shapes: {x: Shape; w: Shape; y: Shape} = {
        x: [c.count, c.height, c.width, c.channels],
        w: [c.kernelHeight, c.kernelWidth, c.channels, c.filters],
        y: reference.outShape(c),
      };
      const strides: Strides = [c.strideDown, c.strideAcross];
      const x = randomValues(tf.util.sizeFromShape(shapes.x), seed);
      const w = randomValues(tf.util.sizeFromShape(shapes.w), seed + 1);
      const dy = randomValues(tf.util.sizeFromShape(shapes.y), seed + 2);
      const {y, dx, dw} = tf.tidy(() => {
        const tensors = {x: tf.tensor4d(x, shapes.x), w: tf.tensor4d(w, shapes.w), dy: tf.tensor4d(dy, shapes.y)};
        const apply = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, c.pad);
        const [gradX, gradW] = tf.grads(apply)([tensors.x, tensors.w], tensors.dy);
        return {y: apply(tensors.x, tensors.w), dx: gradX!, dw: gradW!};
      });
      assert.deepEqual(y.shape, shapes.y, what);
      assert.deepEqual(dw.shape, shapes.w, what);
      assert.deepEqual(dx.shape, shapes.x, what);
      assertClose(read(y), reference.conv2d(c, x, w), 2e-5, `y ${what}`);
      assertClose(read(dw), reference.conv2dFilterGradient(c, x, dy), 5e-5, `dw ${what}`);
      assertClose(read(dx), reference.conv2dInputGradient(c, w, dy), 2e-5, `dx ${what}`);
    }),
    {seed: 11, numRuns: 150},
  );
});

testOnEachBackend('conv2dTranspose is the input gradient of conv2d, and so are its own gradients', () => {
  fc.assert(
    fc.property(convolution, fc.nat(1e6), (c, seed) => {
      const what = JSON.stringify(c);
      const inShape = reference.outShape(c);
      const outShape: Shape = [c.count, c.height, c.width, c.channels];
      const wShape: Shape = [c.kernelHeight, c.kernelWidth, c.channels, c.filters];
      const small = randomValues(tf.util.sizeFromShape(inShape), seed);
      const w = randomValues(tf.util.sizeFromShape(wShape), seed + 1);
      const dLarge = randomValues(tf.util.sizeFromShape(outShape), seed + 2);
      const {large, dSmall, dw} = tf.tidy(() => {
        const tensors = {
          small: tf.tensor4d(small, inShape),
          w: tf.tensor4d(w, wShape),
          d: tf.tensor4d(dLarge, outShape),
        };
        const apply = (a: tf.Tensor, b: tf.Tensor) =>
          tf.conv2dTranspose(a as tf.Tensor4D, b as tf.Tensor4D, outShape, [c.strideDown, c.strideAcross], c.pad);
        const [gradSmall, gradW] = tf.grads(apply)([tensors.small, tensors.w], tensors.d);
        return {large: apply(tensors.small, tensors.w), dSmall: gradSmall!, dw: gradW!};
      });
      assertClose(read(large), reference.conv2dInputGradient(c, w, small), 2e-5, `large ${what}`);
      assertClose(read(dSmall), reference.conv2d(c, dLarge, w), 2e-5, `dSmall ${what}`);
      assertClose(read(dw), reference.conv2dFilterGradient(c, dLarge, small), 5e-5, `dw ${what}`);
    }),
    {seed: 12, numRuns: 100},
  );
});

testOnEachBackend('explicit and whole-number padding have gradients too', backend => {
  // TensorFlow.js refuses them on native, in words.
  if (backend === 'native') return;
  for (const pad of [
    1,
    [
      [0, 0],
      [2, 1],
      [0, 3],
      [0, 0],
    ],
  ] as const) {
    const rounding = typeof pad === 'number' ? 'floor' : undefined;
    const [top, left] = typeof pad === 'number' ? [pad, pad] : [pad[1][0], pad[2][0]];
    const [down, across] =
      typeof pad === 'number' ? [2 * pad, 2 * pad] : [pad[1][0] + pad[1][1], pad[2][0] + pad[2][1]];
    const x = randomValues(2 * 6 * 5 * 2, 21);
    const w = randomValues(3 * 3 * 2 * 3, 22);
    const {y, dx, dw, dy} = tf.tidy(() => {
      const apply = (a: tf.Tensor, b: tf.Tensor) =>
        tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, pad as unknown as number, 'NHWC', 1, rounding);
      const tensors = [tf.tensor4d(x, [2, 6, 5, 2]), tf.tensor4d(w, [3, 3, 2, 3])] as const;
      const out = apply(...tensors);
      const d = tf.tensor(randomValues(out.size, 23), out.shape);
      const [gradX, gradW] = tf.grads(apply)([...tensors], d);
      return {y: out, dx: gradX!, dw: gradW!, dy: d};
    });
    // The same by hand: zeros around x, then 'valid'.
    const c: reference.Convolution = {
      count: 2,
      height: 6 + down,
      width: 5 + across,
      channels: 2,
      filters: 3,
      kernelHeight: 3,
      kernelWidth: 3,
      strideDown: 2,
      strideAcross: 2,
      pad: 'valid',
    };
    const inside = (n: number, i: number, j: number, k: number) =>
      ((n * c.height + i + top) * c.width + j + left) * 2 + k;
    const padded = new Float64Array(2 * c.height * c.width * 2);
    const places: number[] = [];
    for (let n = 0; n < 2; n++)
      for (let i = 0; i < 6; i++)
        for (let j = 0; j < 5; j++) for (let k = 0; k < 2; k++) places.push(inside(n, i, j, k));
    places.forEach((place, i) => {
      padded[place] = x[i]!;
    });
    const dyValues = read(dy);
    assert.deepEqual(y.shape, reference.outShape(c));
    assertClose(read(y), reference.conv2d(c, padded, w), 2e-5, `y, pad ${pad}`);
    assertClose(read(dw), reference.conv2dFilterGradient(c, padded, dyValues), 2e-5, `dw, pad ${pad}`);
    const full = reference.conv2dInputGradient(c, w, dyValues);
    assertClose(
      read(dx),
      places.map(place => full[place]!),
      2e-5,
      `dx, pad ${pad}`,
    );
  }
});
