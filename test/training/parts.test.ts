import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {drawShifts, shift} from '../../src/training/augment';
import {StepBudget} from '../../src/training/budget';
import {ExponentialMovingAverage} from '../../src/training/ema';
import {varyPart} from '../../src/training/encoder-augment';
import {drawSubsets} from '../../src/training/random-subsets';
import {linearFall, oneCycle} from '../../src/training/schedules';

test('schedules: worked points', () => {
  assert.deepEqual(
    [0, 0.5, 0.75, 1, 2].map(done => Math.round(1e6 * linearFall(done, 0.02)) / 1e6),
    [1, 1, 0.51, 0.02, 0.02],
  );
  assert.ok(
    Math.abs(oneCycle(0) - 0.04) < 1e-9 &&
      Math.abs(oneCycle(0.3) - 1) < 1e-9 &&
      Math.abs(oneCycle(0.65) - 0.500002) < 1e-5 &&
      oneCycle(1) < 1e-5,
  );
});

test('a budget in seconds fixes its total at half time; steps are steps', () => {
  let now = 100;
  const budget = new StepBudget({seconds: 60}, () => now);
  now = 110;
  assert.equal(budget.total(20), 120);
  assert.ok(budget.done(20) < 0.5);
  assert.equal(Math.round(budget.secondsLeft(20)), 50);
  now = 131;
  assert.equal(budget.total(65), 130);
  assert.equal(budget.total(100), 130);
  assert.equal(budget.done(104), 0.8);
  const steps = new StepBudget({steps: 7}, () => now);
  assert.deepEqual([steps.total(0), steps.total(6), steps.done(7)], [7, 7, 1]);
});

test('a shift moves pixels and brings in background; its gradient moves them back', () => {
  tf.tidy(() => {
    const x = tf.tensor4d(
      [1, 2, 3, 4, 5, 6].map(v => v / 10),
      [1, 2, 3, 1],
    );
    // By hand: rows down by one, columns left by one.
    const down = {
      rows: tf.tensor3d([
        [
          [0, 0],
          [1, 0],
        ],
      ]),
      columns: tf.tensor3d([
        [
          [0, 0, 0],
          [1, 0, 0],
          [0, 1, 0],
        ],
      ]),
    };
    const near = (got: tf.Tensor, wanted: number[]) =>
      assert.ok(
        got.dataSync().every((v, i) => Math.abs(v - wanted[i]!) < 1e-6),
        `${got.dataSync()}`,
      );
    near(shift(x, down), [-1, -1, -1, 0.2, 0.3, -1]);
    near(
      tf.grad(y =>
        shift(y as tf.Tensor4D, down)
          .mul(tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]))
          .sum(),
      )(x),
      [0, 4, 5, 0, 0, 0],
    );
  });
});

test('shifts stay within their limits, reach them, and treat channels alike', () => {
  tf.tidy(() => {
    const stream = new RandomStream(1, 'shifts');
    const x = tf.fill<tf.Rank.R4>([200, 5, 7, 2], -1).add(
      tf
        .oneHot(tf.fill([200 * 2], 17, 'int32'), 35)
        .reshape([200, 2, 5, 7])
        .transpose([0, 2, 3, 1])
        .mul(2),
    ) as tf.Tensor4D;
    const moved = shift(x, drawShifts(stream, 200, 5, 7, {rows: 1, columns: 3})).arraySync();
    const places = new Set<string>();
    for (const picture of moved) {
      const found = picture.flatMap((row, y) =>
        row.flatMap((pixel, i) => (pixel[0]! > 0 ? [[y - 2, i - 3, pixel[1]!] as const] : [])),
      );
      assert.equal(found.length, 1);
      assert.equal(found[0]![2], 1);
      places.add(`${found[0]![0]},${found[0]![1]}`);
    }
    assert.equal(places.size, 21);
  });
});

test('random subsets: never empty, never more than is there; all three in 4 of 10', () => {
  const stream = new RandomStream(1, 'subsets');
  fc.assert(
    fc.property(fc.array(fc.integer({min: 0, max: 7}), {minLength: 1, maxLength: 20}), rows => {
      const observed = Object.fromEntries(
        ['a', 'b', 'c'].map((name, k) => [name, Float32Array.from(rows, bits => (bits >> k) & 1)]),
      );
      const drawn = drawSubsets(stream, observed, 4);
      rows.forEach((bits, i) => {
        const got = ['a', 'b', 'c'].reduce((sum, name, k) => sum + (drawn[name]![i]! << k), 0);
        assert.equal(got & ~bits, 0);
        assert.equal(got === 0, bits === 0);
      });
    }),
  );
  const ones = new Float32Array(20_000).fill(1);
  const drawn = drawSubsets(stream, {a: ones, b: ones, c: ones}, 4);
  const full = drawn['a']!.filter((_, i) => drawn['a']![i]! + drawn['b']![i]! + drawn['c']![i]! === 3).length;
  assert.ok(Math.abs(full / 20_000 - 0.4) < 0.015, `${full}`);
});

test('moving average: 9/11 of the start is replaced first; the long run forgets it', () => {
  const live = {w: tf.variable(tf.scalar(1))};
  const average = {w: tf.variable(tf.scalar(5))};
  const ema = new ExponentialMovingAverage(live, average, 0.9);
  live.w.assign(tf.scalar(12));
  ema.update();
  assert.ok(Math.abs(average.w.dataSync()[0]! - (1 + (11 * 9) / 11)) < 1e-5);
  for (let i = 0; i < 200; i++) ema.update();
  assert.ok(Math.abs(average.w.dataSync()[0]! - 12) < 1e-3);
  tf.dispose([live, average]);
});

test('variations of a part stay in range and differ; text is untouched', () => {
  const stream = new RandomStream(1, 'vary');
  const picture = stream.normals(64).map(v => Math.tanh(v));
  const spec = {kind: 'image', height: 8, width: 8, channels: 1} as const;
  const varied = Array.from({length: 20}, () => varyPart(stream, spec, picture));
  assert.ok(varied.every(v => v.length === 64 && v.every(x => x >= -1 && x <= 1)));
  assert.ok(new Set(varied.map(String)).size > 10);
  assert.equal(varyPart(stream, {kind: 'text', vocabulary: ['<pad>', '<unk>'], maxTokens: 32}, picture), picture);
});
