/** Labels that cannot be scored: the error names the metric, what it needs and what it got; no score is NaN. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {UserError} from '../../src/core/checks';
import {chanceAgreement, classFrequencies, classSpread} from '../../src/evaluation/classes';
import {jointCoherence} from '../../src/evaluation/coherence';
import {diversityRatio, diversityWithinClasses} from '../../src/evaluation/diversity';

const fails = (run: () => unknown, message: RegExp): void =>
  assert.throws(run, (error: unknown) => error instanceof UserError && message.test(error.message));

test('joint coherence', () => {
  const two = {image: [3, 1], speech: [3, 2]};
  assert.equal(jointCoherence(two, two, 10).value, 0.5);
  fails(
    () => jointCoherence({image: [1]}, two, 10),
    /generated labels of jointCoherence to be of at least 2 modalities, got image\./,
  );
  fails(
    () => jointCoherence(two, {image: [1]}, 10),
    /real labels of jointCoherence to include speech, got none of it\./,
  );
  fails(
    () => jointCoherence({image: [], speech: []}, two, 10),
    /generated labels \(image\) of jointCoherence to hold at least 1 label, got 0\./,
  );
  fails(
    () => jointCoherence(two, {image: [], speech: []}, 10),
    /real labels \(image\) of jointCoherence to hold at least 1 label, got 0\./,
  );
  fails(
    () => jointCoherence({image: [1, 2], speech: [1]}, two, 10),
    /generated labels \(speech\) of jointCoherence to hold 2 labels, one a row, got 1\./,
  );
  fails(() => jointCoherence({image: [1, Number.NaN], speech: [1, 2]}, two, 10), /classes from 0 to 9, got NaN at 1\./);
  fails(() => jointCoherence({image: [1, 10], speech: [1, 2]}, two, 10), /classes from 0 to 9, got 10 at 1\./);
});

test('class spread, frequencies and chance', () => {
  fails(() => classSpread([], 10), /labels of classSpread to hold at least 1 label, got 0\./);
  fails(() => classSpread([0, -1], 10), /labels of classSpread to be classes from 0 to 9, got -1 at 1\./);
  fails(() => classSpread([0.5], 10), /got 0\.5 at 0\./);
  fails(() => classSpread([0], 0), /numClasses of classSpread to be a positive integer, got 0\./);
  fails(() => classFrequencies([Number.NaN], 2), /labels of classFrequencies .* got NaN at 0\./);
  fails(() => chanceAgreement([[0], []], 2), /labels of chanceAgreement to hold at least 1 label, got 0\./);
  // A class that is not there is seen, not an error.
  assert.deepEqual(classSpread([1, 1, 1], 3), {present: 1, entropyBits: 0});
});

test('diversity within classes', () => {
  const rows = [[0, 0], [3, 4], [1, 0]]; // biome-ignore format: points
  const labels = [0, 0, 1];
  const of =
    (real: number[][], realLabels: number[], made: number[][], madeLabels: number[], numClasses = 2) =>
    () =>
      diversityWithinClasses(real, realLabels, made, madeLabels, numClasses);
  assert.equal(of(rows, labels, [[0, 0], [0, 2]], [0, 0])(), 2 / 5); // biome-ignore format: points
  fails(of(rows, labels, [], []), /generated of diversityWithinClasses to have at least 1 row, got 0\./);
  fails(of(rows, [0, 0], rows, labels), /realLabels of diversityWithinClasses to hold 3 labels, one a row, got 2\./);
  fails(
    of(rows, labels, rows, [0, 0, 2]),
    /generatedLabels of diversityWithinClasses to be classes from 0 to 1, got 2 at 2\./,
  );
  fails(
    of(rows, labels, [[0, Number.NaN]], [0]),
    /generated of diversityWithinClasses to be finite, got NaN at row 0, column 1\./,
  );
  fails(of(rows, labels, [[0]], [0]), /diversityWithinClasses to be equally wide, got 2 and 1 columns\./);
  fails(of(rows, [0, 1, 1].map((_, i) => i), rows, labels, 3), /a class with at least 2 different rows, got none\./); // biome-ignore format: one line
  fails(() => diversityRatio(Float64Array.of(1, 2), Float64Array.of(1)), /as many classes as real ones \(2\), got 1\./);
  // The generated rows never show class 0, so it counts 0 and class 1 its half.
  const pairs = [[0, 0], [0, 1], [5, 5], [5, 7]]; // biome-ignore format: points
  assert.equal(of(pairs, [0, 0, 1, 1], [[1, 1], [1, 3]], [1, 1])(), 0.5); // biome-ignore format: points
});

test('whatever the labels: a finite number or a typed error', () => {
  const label = fc.oneof({weight: 9, arbitrary: fc.integer({min: -1, max: 3})}, {weight: 1, arbitrary: fc.double()});
  const list = fc.array(label, {maxLength: 6});
  const attempt = (run: () => number): void => {
    try {
      assert.ok(Number.isFinite(run()));
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
    }
  };
  fc.assert(
    fc.property(list, list, list, list, fc.integer({min: 0, max: 4}), (a, b, c, d, numClasses) => {
      attempt(() => jointCoherence({x: a, y: b}, {x: c, y: d}, numClasses).chance);
      attempt(() => classSpread(a, numClasses).entropyBits);
      const rows = (labels: readonly number[]) => labels.map((value, i) => [value, i]);
      attempt(() => diversityWithinClasses(rows(a), a, rows(b), b, numClasses));
    }),
    {numRuns: 300},
  );
});
