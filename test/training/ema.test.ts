import assert from 'node:assert/strict';
import {tf} from '../../src/core/tensorflow';
import {ExponentialMovingAverage} from '../../src/training/ema';
import {testOnEachBackend} from '../backend/support';

const start = [1, -2, 3.5, 0.25, -7];
const liveAt = (t: number, i: number) => start[i]! + Math.sin(t + i) * (i + 1);

function makePair() {
  return tf.tidy(() => ({
    live: {w: tf.variable(tf.tensor1d(start)), b: tf.variable(tf.scalar(-1))},
    average: {w: tf.variable(tf.tensor1d([9, 9, 9, 9, 9])), b: tf.variable(tf.scalar(9))},
  }));
}

function follow(ema: ExponentialMovingAverage, live: {w: tf.Variable}, from: number, to: number): void {
  for (let t = from; t <= to; t++) {
    tf.tidy(() => live.w.assign(tf.tensor1d(start.map((_, i) => liveAt(t, i)))));
    ema.update();
  }
}

testOnEachBackend('the average equals the formula in float64, and starts at the weights', () => {
  for (const decay of [0.9, 0.9995, 0]) {
    const {live, average} = makePair();
    const ema = new ExponentialMovingAverage(live, average, decay);
    assert.deepEqual([...average.w.dataSync()], start);
    const wanted = start.slice();
    follow(ema, live, 1, 2);
    const alive = tf.memory().numTensors;
    follow(ema, live, 3, 100);
    assert.equal(tf.memory().numTensors, alive);
    assert.equal(ema.updates, 100);
    for (let t = 1; t <= 100; t++) {
      const keep = Math.min(decay, (1 + t) / (10 + t));
      wanted.forEach((w, i) => {
        wanted[i] = keep * w + (1 - keep) * liveAt(t, i);
      });
    }
    average.w.dataSync().forEach((w, i) => {
      assert.ok(Math.abs(w - wanted[i]!) <= 1e-6 * (1 + Math.abs(wanted[i]!)), `${decay}: ${w} is not ${wanted[i]}`);
    });
    assert.equal(average.b.dataSync()[0], -1, 'what stays is its own average');
    assert.equal(live.w.dataSync()[1], Math.fround(liveAt(100, 1)), 'the weights are only read');
    ema.dispose();
    tf.dispose([live, average]);
  }
});

testOnEachBackend('restored at a count, it goes on bit for bit', () => {
  const [whole, parts] = [makePair(), makePair()];
  const uninterrupted = new ExponentialMovingAverage(whole.live, whole.average, 0.99);
  follow(uninterrupted, whole.live, 1, 20);
  const first = new ExponentialMovingAverage(parts.live, parts.average, 0.99);
  follow(first, parts.live, 1, 8);
  const saved = {updates: first.updates, w: parts.average.w.dataSync().slice()};
  first.dispose();
  const second = new ExponentialMovingAverage(parts.live, parts.average, 0.99);
  second.restore(saved.updates);
  tf.tidy(() => parts.average.w.assign(tf.tensor1d(saved.w)));
  follow(second, parts.live, 9, 20);
  assert.deepEqual(parts.average.w.dataSync(), whole.average.w.dataSync());
  assert.throws(() => second.restore(-1), /Expected updates to be an integer of at least 0, got -1\./);
  uninterrupted.dispose();
  second.dispose();
  tf.dispose([whole, parts]);
});

testOnEachBackend('a copy that is missing, or has another shape, is named', () => {
  const {live, average} = makePair();
  assert.throws(() => new ExponentialMovingAverage(live, {w: average.w}, 0.9), /the averaged copy of b to be given/);
  assert.throws(
    () => new ExponentialMovingAverage(live, {w: average.b, b: average.b}, 0.9),
    /Expected the averaged copy of w of shape \[5\], got \[\]\./,
  );
  assert.throws(
    () => new ExponentialMovingAverage(live, average, 1.5),
    /Expected decay to be between 0 and 1, got 1\.5\./,
  );
  tf.dispose([live, average]);
});
