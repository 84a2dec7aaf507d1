/** Points of Gaussian modes: where they lie, how far they spread, how evenly modes are drawn. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {drawPoints} from '../../src/datasets/gaussian-mixtures';

test('points lie around their centres, each mode as often as another', () => {
  const centres = [
    [-3, 1],
    [2, 5],
    [9, 9],
  ];
  const [count, deviation] = [6000, 0.25];
  const points = drawPoints({centres, deviation}, count, new RandomStream(4, 'points'));
  assert.equal(points.length, 2 * count);
  const drawn = [0, 0, 0];
  const squares = [0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
    const mode = centres.findIndex(([cx, cy]) => Math.hypot(x - cx!, y - cy!) < 6 * deviation);
    assert.ok(mode >= 0, `(${x}, ${y}) lies near no centre`);
    drawn[mode]! += 1;
    squares[0]! += (x - centres[mode]![0]!) ** 2 / count;
    squares[1]! += (y - centres[mode]![1]!) ** 2 / count;
  }
  // Four standard deviations of a count of 6,000 draws with p = 1/3, and of a mean of squares.
  for (const n of drawn) assert.ok(Math.abs(n - 2000) < 4 * Math.sqrt((6000 * 2) / 9), `${drawn}`);
  for (const square of squares) assert.ok(Math.abs(square / deviation ** 2 - 1) < 4 * Math.sqrt(2 / count));
});

test('the same stream draws the same points, without spread the centres themselves', () => {
  const draw = (deviation: number) =>
    Array.from(drawPoints({centres: [[1, 2, 3]], deviation}, 2, new RandomStream(7, 'points')));
  assert.deepEqual(draw(0.5), draw(0.5));
  assert.notDeepEqual(draw(0.5), draw(0));
  assert.deepEqual(draw(0), [1, 2, 3, 1, 2, 3]);
});

test('modes that cannot be drawn are refused', () => {
  const draw = (centres: number[][], deviation = 1) =>
    drawPoints({centres, deviation}, 1, new RandomStream(1, 'points'));
  assert.throws(() => draw([]), /Expected centres to be at least one place, got \[\]/);
  assert.throws(() => draw([[1, 2], [3]]), /Expected every centre to be 2 numbers, got \[3\]/);
  assert.throws(() => draw([[1]], -1), /Expected deviation to be at least 0, got -1/);
});
