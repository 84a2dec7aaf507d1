/** DiffAugment, instance noise, packing, clipping and schedules: worked values, gradients of both orders, bad input. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {watchHostReads} from '../../src/backend/host-reads';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import type {AudioModality, ImageModality} from '../../src/core/types';
import {changeBrightness, changeColour, changeContrast, changeSaturation, drawColour} from '../../src/training/colour';
import {cutout, drawHoles} from '../../src/training/cutout';
import {type AugmentationName, augment, drawAugmentation, gainAmount} from '../../src/training/diff-augment';
import {clipByGlobalNorm} from '../../src/training/gradient-clipping';
import {addInstanceNoise} from '../../src/training/instance-noise';
import {packPresent, packRows} from '../../src/training/packing';
import {cosineBetween, exponentialBetween, linearBetween, stepwise, warmUp} from '../../src/training/schedules';
import {assertClose, randomValues, testOnEachBackend} from '../backend/support';

const image: ImageModality = {kind: 'image', height: 6, width: 5, channels: 3};
const audio: AudioModality = {
  kind: 'audio',
  sampleRateHz: 8000,
  clipSamples: 1024,
  windowLengthSamples: 256,
  hopLengthSamples: 128,
  numMelBands: 6,
  minFrequencyHz: 50,
  maxFrequencyHz: 4000,
  floorDb: -60,
};
const values = (x: tf.Tensor) => Array.from(x.dataSync());
/** Two pixels of three channels. */
const colours = [0.1, 0.3, 0.8, -0.5, 0, 0.2];

testOnEachBackend('colour, by hand', () => {
  tf.tidy(() => {
    const x = tf.tensor4d(colours, [1, 1, 2, 3]);
    assertClose(
      values(changeBrightness(x, tf.tensor1d([0.25]))),
      [0.35, 0.55, 1.05, -0.25, 0.25, 0.45],
      1e-6,
      'brighter',
    );
    // Greys .4 and -.1, halfway there.
    assertClose(values(changeSaturation(x, tf.tensor1d([0.5]))), [0.25, 0.35, 0.6, -0.3, -0.05, 0.05], 1e-6, 'paler');
    // Mean .15, twice as far from it.
    assertClose(values(changeContrast(x, tf.tensor1d([2]))), [0.05, 0.45, 1.45, -1.15, -0.15, 0.25], 1e-6, 'harder');
    const grey = tf.tensor4d([0.5, -0.5], [1, 1, 2, 1]);
    assertClose(values(changeSaturation(grey, tf.tensor1d([0]))), [0.5, -0.5], 0, 'grey');
    // Every picture has its own amount.
    const both = tf.concat([x, x]);
    assertClose(
      values(changeBrightness(both, tf.tensor1d([0, -1]))),
      [...colours, ...colours.map(v => v - 1)],
      1e-6,
      'each',
    );
    const neutral = {brightness: tf.tensor1d([0]), saturation: tf.tensor1d([1]), contrast: tf.tensor1d([1])};
    assertClose(values(changeColour(x, neutral)), colours, 1e-6, 'neutral');
    assert.throws(() => changeBrightness(x, tf.zeros([2])), /Expected amounts of shape \[1\], got \[2\]\./);
  });
});

testOnEachBackend('cutout, by hand: what is in the hole is gone, in the gradient too', () => {
  tf.tidy(() => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]);
    const holes = {rows: tf.tensor2d([[0, 1]]), columns: tf.tensor2d([[1, 1, 0]])};
    assertClose(values(cutout(x, holes)), [1, 2, 3, 0, 0, 6], 1e-6, 'hole');
    assertClose(values(cutout(x, holes, -1)), [1, 2, 3, -1, -1, 6], 1e-6, 'silence');
    assertClose(values(tf.grad(y => cutout(y as tf.Tensor4D, holes).sum())(x)), [1, 1, 1, 0, 0, 1], 0, 'slope');
    assert.throws(
      () => cutout(x, {...holes, rows: tf.zeros([1, 3])}),
      /Expected the holes of rows of shape \[1, 2\], got \[1, 3\]\./,
    );
  });
});

test('holes are rectangles of half the side, anywhere, and may lie partly outside', () => {
  tf.tidy(() => {
    const {rows, columns} = drawHoles(new RandomStream(1, 'holes'), 400, 6, 8);
    const sizes = (mask: tf.Tensor2D) => new Set(values(mask.sum(1)));
    assert.deepEqual([...sizes(rows)].sort(), [2, 3]);
    assert.deepEqual([...sizes(columns)].sort(), [2, 3, 4]);
    for (const mask of [rows.arraySync(), columns.arraySync()])
      for (const row of mask) assert.ok(/^0*1+0*$/.test(row.join('')), row.join(''));
    assert.ok(values(rows.mean(0)).every(share => share > 0.2));
    assert.throws(
      () => drawHoles(new RandomStream(1, 'holes'), 1, 6, 8, 2),
      /Expected share to be between 0 and 1, got 2\./,
    );
  });
});

test('amounts are within their ranges and fill them', () => {
  tf.tidy(() => {
    const {brightness, saturation, contrast} = drawColour(new RandomStream(2, 'colour'), 1000);
    const range = (x: tf.Tensor) => [x.min().dataSync()[0]!, x.max().dataSync()[0]!];
    const ranges = [brightness, saturation, contrast].map(range);
    [
      [-0.5, 0.5],
      [0, 2],
      [0.5, 1.5],
    ].forEach(([low, high], i) => {
      const [least, most] = ranges[i]! as [number, number];
      assert.ok(least >= low! && least < low! + 0.05 && most <= high! && most > high! - 0.05, `${least} ${most}`);
    });
    assert.ok(Math.abs(gainAmount(6, -60) - 0.2) < 1e-12);
    const {gain} = drawAugmentation(new RandomStream(3, 'gain'), audio, 1000, ['gain']);
    const [least, most] = range(gain!) as [number, number];
    assert.ok(least >= -0.2 && least < -0.18 && most <= 0.2001 && most > 0.18);
  });
});

test('each kind has its own changes; same stream, same amounts; none of them is a surprise', () => {
  tf.tidy(() => {
    const draw = (spec: Parameters<typeof drawAugmentation>[1], names?: AugmentationName[]) =>
      drawAugmentation(new RandomStream(4, 'kinds'), spec, 2, names);
    assert.deepEqual(Object.keys(draw(image)), ['shifts', 'colour', 'holes', 'fill']);
    assert.deepEqual(Object.keys(draw(audio)), ['shifts', 'gain', 'holes', 'fill']);
    assert.deepEqual([draw(image).fill, draw(audio).fill], [0, -1]);
    assert.deepEqual(Object.keys(draw({kind: 'text', vocabulary: ['a'], maxTokens: 1})), []);
    assert.deepEqual(Object.keys(draw(image, ['gain', 'colour'])), ['colour']);
    assert.deepEqual(values(draw(image).colour!.contrast), values(draw(image).colour!.contrast));
    const x = tf.tensor4d(randomValues(2 * 6 * 5 * 3, 1), [2, 6, 5, 3]);
    assert.deepEqual(values(augment(x, {})), values(x));
    assert.notDeepEqual(values(augment(x, draw(image))), values(x));
    assert.throws(() => draw(image, ['blur' as AugmentationName]), /Unknown augmentation "blur"; choose translation,/);
  });
});

testOnEachBackend('the whole of DiffAugment has right gradients, first and second, and can be recorded', () => {
  tf.tidy(() => {
    for (const spec of [image, audio]) {
      const shape: [number, number, number, number] = spec.kind === 'image' ? [2, 6, 5, 3] : [2, 6, 8, 1];
      const size = shape.reduce((a, b) => a * b);
      const amounts = drawAugmentation(new RandomStream(5, 'gradients'), spec, 2);
      const weights = tf.tensor(randomValues(size, 6), shape);
      const f = (x: tf.Tensor) =>
        tf
          .tanh(augment(x as tf.Tensor4D, amounts))
          .mul(weights)
          .sum() as tf.Scalar;
      const slope = (x: tf.Tensor) => tf.grad(f)(x).mul(weights).sum() as tf.Scalar;
      const [at, along] = [randomValues(size, 7), randomValues(size, 8)];
      for (const [order, g] of [f, slope].entries()) {
        const value = (by: number) =>
          g(
            tf.tensor(
              at.map((v, i) => v + by * along[i]!),
              shape,
            ),
          ).dataSync()[0]!;
        const difference = (value(5e-3) - value(-5e-3)) / 1e-2;
        const gradient = values(tf.grad(g)(tf.tensor(at, shape)));
        const got = gradient.reduce((sum, v, i) => sum + v * along[i]!, 0);
        assertClose([got], [difference], 1e-2, `${spec.kind}, order ${order + 1}`);
      }
      const x = tf.tensor4d(at, shape);
      assert.equal(watchHostReads(() => augment(x, amounts)).reads, 0);
    }
  });
});

test('instance noise', () => {
  tf.tidy(() => {
    const x = tf.tensor2d([[1, -2]]);
    const noise = tf.tensor2d([[0.5, 3]]);
    assertClose(values(addInstanceNoise(x, noise, 0.2)), [1.1, -1.4], 1e-6, 'noise');
    assertClose(values(addInstanceNoise(x, noise, tf.scalar(0))), [1, -2], 0, 'none');
    assert.throws(() => addInstanceNoise(x, tf.zeros([2]), 1), /Expected noise of shape \[1, 2\], got \[2\]\./);
    assert.throws(() => addInstanceNoise(x, noise, -1), /Expected stddev to be at least 0, got -1\./);
  });
});

testOnEachBackend('packing puts neighbours side by side in the last axis', () => {
  tf.tidy(() => {
    const vectors = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
    assert.deepEqual(packRows(vectors, 2).arraySync(), [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    // Two pictures of 1×2 pixels, two channels.
    const pictures = tf.tensor4d([1, 2, 3, 4, 10, 20, 30, 40], [2, 1, 2, 2]);
    assert.deepEqual(packRows(pictures, 2).arraySync(), [
      [
        [
          [1, 2, 10, 20],
          [3, 4, 30, 40],
        ],
      ],
    ]);
    assert.deepEqual(packRows(vectors, 1).arraySync(), vectors.arraySync());
    assert.deepEqual(values(packPresent(tf.tensor1d([1, 1, 1, 0]), 2)), [1, 0]);
    assert.throws(
      () => packRows(vectors, 3),
      /Expected the batch to be a multiple of 3 examples, to pack them, got 4\./,
    );
    assert.throws(() => packRows(vectors, 0), /Expected the size of a pack to be a positive integer, got 0\./);
  });
});

testOnEachBackend('clipping by the norm of all gradients', () => {
  const clip = (a: number[], b: number[], maxNorm: number | tf.Scalar) => {
    const {gradients, norm} = clipByGlobalNorm({a: tf.tensor1d(a), b: tf.tensor1d(b)}, maxNorm);
    return [...values(gradients.a), ...values(gradients.b), norm.dataSync()[0]!];
  };
  tf.tidy(() => {
    // ‖(3, 0, -4)‖ = 5
    assertClose(clip([3, 0], [-4], 1), [0.6, 0, -0.8, 5], 1e-6, 'clipped');
    assertClose(clip([3, 0], [-4], tf.scalar(10)), [3, 0, -4, 5], 1e-6, 'short enough');
    assertClose(clip([0, 0], [0], 1), [0, 0, 0, 0], 0, 'zeros');
    assertClose(clip([3e25, 0], [-4e25], 1), [0.6, 0, -0.8, 5e25], 1e-5, 'long');
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
      assert.ok(clip([1, bad], [2], 1).slice(0, 3).every(Number.isNaN), 'a gradient that is not finite is seen');
    assert.throws(() => clipByGlobalNorm({}, 1), /Expected the number of gradients to be at least 1, got 0\./);
    assert.throws(() => clip([1], [1], 0), /Expected maxNorm to be above 0, got 0\./);
  });
});

test('schedules: worked points, ends, and what they refuse', () => {
  assert.deepEqual(
    [-1, 0.25, 1, 2].map(done => linearBetween(done, 1, 3)),
    [1, 1.5, 3, 3],
  );
  assert.deepEqual(
    [0, 0.5, 1].map(done => Math.round(1e9 * cosineBetween(done, 1, 3)) / 1e9),
    [1, 2, 3],
  );
  assert.ok(Math.abs(cosineBetween(0.25, 1, 3) - (2 - Math.SQRT1_2)) < 1e-12);
  assert.ok(Math.abs(exponentialBetween(0.5, 1, 0.01) - 0.1) < 1e-12 && exponentialBetween(1, 1, 0.01) === 0.01);
  assert.deepEqual([warmUp(0, 0.25), warmUp(0.125, 0.25), warmUp(0.5, 0.25)], [0, 0.5, 1]);
  const steps = [
    [0, 1],
    [0.5, 0.1],
    [0.9, 0.01],
  ] as const;
  assert.deepEqual(
    [0, 0.6, 0.9].map(done => stepwise(done, steps)),
    [1, 0.1, 0.01],
  );
  assert.throws(() => exponentialBetween(0, 0, 1), /Expected both values to be above 0, got \[0,1\]\./);
  assert.throws(() => warmUp(0, 0), /Expected over to be above 0/);
  assert.throws(() => stepwise(0.1, [[0.5, 1]]), /Expected the first step to be one that starts at 0, got 0.5\./);
});
