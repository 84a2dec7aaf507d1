import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {confusionMatrix} from '../../src/evaluation/confusion';
import {allScoreRows, evaluationNotes, silentGaps} from '../../src/evaluation/detail-rows';
import type {EvaluationMetrics} from '../../src/evaluation/metrics-record';
import {neighbourMap, principalComponents} from '../../src/evaluation/projections';
import {rankedRows} from '../../src/evaluation/ranked-rows';
import {ranking} from '../../src/evaluation/rankings';

export const bare: EvaluationMetrics = {
  split: 'test',
  seed: 1,
  generated: 2000,
  rows: 2000,
  jointCoherence: {value: 0.9, ci95: [0.88, 0.92], real: 0.98, chance: 0.01},
  coherence: {oneGiven: null, twoGiven: null, directions: {}},
  frechet: {},
  classes: null,
  sharpness: {},
  diversity: {},
  intervals: {sharpness: {}, diversity: {}},
  overlap: {},
  memorization: {},
  retrieval: {},
  text: {},
  unavailable: {},
};

test('confusion counts rows of truth by columns of what is shown', () => {
  assert.deepEqual(confusionMatrix([0, 1, 1, 2], [0, 0, 1, 1], 3), [[1, 0, 0], [1, 1, 0], [0, 1, 0]]); // biome-ignore format: a matrix
  assert.throws(
    () => confusionMatrix([0, 3], [0, 0], 3),
    /^UserError: Expected labels of confusionMatrix from 0 to 2, got 3 and 0 at 1\.$/,
  );
  assert.throws(() => confusionMatrix([0, 1], [0], 3), /to hold 2 labels, one a row, got 1\.$/);
});

test('principal components: axes by variance, signs fixed, worked by hand', () => {
  // Points of the plane x = ±2 along (3, 4, 0) / 5 and ±1 along (0, 0, 1), around (1, 1, 1).
  const points = [[2, 0], [-2, 0], [0, 1], [0, -1]].map(([a, b]) => [1 + 0.6 * a!, 1 + 0.8 * a!, 1 + b!]); // biome-ignore format: points
  const {points: found, explained} = principalComponents(points);
  [[2, 0], [-2, 0], [0, 1], [0, -1]].forEach((expected, i) => {
    expected.forEach((value, axis) => {
      assert.ok(Math.abs(found[i]![axis]! - value) < 1e-9, `${i}: ${found[i]}`);
    });
  }); // biome-ignore format: points
  assert.ok(Math.abs(explained[0] - 0.8) < 1e-9 && Math.abs(explained[1] - 0.2) < 1e-9);
  assert.throws(() => principalComponents([[1], [2]]), /at least 2 columns, got 1\.$/);
});

test('the map of neighbours is the same for the same seed, and keeps far groups apart', () => {
  const stream = new RandomStream(2, 'test/umap');
  const rows = Array.from({length: 90}, (_, i) => [(i % 2) * 20 + stream.normal(), stream.normal(), stream.normal()]);
  const map = neighbourMap(rows, 3);
  assert.deepEqual(neighbourMap(rows, 3), map);
  assert.notDeepEqual(neighbourMap(rows, 4), map);
  const distance = (i: number, j: number): number => Math.hypot(map[i]![0] - map[j]![0], map[i]![1] - map[j]![1]);
  let right = 0;
  for (let i = 0; i < 90; i++) {
    const nearest = map
      .map((_, j) => j)
      .filter(j => j !== i)
      .sort((a, b) => distance(i, a) - distance(i, b))[0]!;
    if (nearest % 2 === i % 2) right++;
  }
  assert.equal(right, 90);
});

test('ranked rows: by cosine, not by length; ties in their order', () => {
  assert.deepEqual(rankedRows([[1, 0]], 0, [[0, 1], [2, 1]]), [1, 0]); // biome-ignore format: points
  assert.deepEqual(rankedRows([[9, 9], [1, 0]], 1, [[100, 100], [1, 0], [5, 0], [0, 0]]), [1, 2, 0, 3]); // biome-ignore format: points
});

test('a ranking: AUROC with an interval around it', () => {
  const one = ranking('x', '', [3, 2, 5, 4], [1, 3, 0, -1], new RandomStream(1, 'test'));
  // Of 16 pairs 14 are right, one (2 < 3) is wrong, one (3 = 3) is half.
  assert.equal(one.auroc, 14.5 / 16);
  assert.ok(one.ci95[0] < one.auroc && one.auroc <= one.ci95[1] && one.ci95[0] > 0.4);
  assert.deepEqual([one.positives, one.negatives], [4, 4]);
  const none = ranking('x', '', [1, 1], [1, 1], new RandomStream(1, 'test'));
  assert.deepEqual([none.auroc, none.ci95], [0.5, [0.5, 0.5]]);
});

test('no score is NaN without a word', () => {
  const run = {
    metrics: {
      ...bare,
      frechet: {
        image: {
          value: Number.NaN,
          ci95: [0, 1] as const,
          real: 3,
          templates: 9,
          count: 2000,
          features: 'f',
          name: 'Fréchet distance, f',
        },
      },
      overlap: {image: null},
    },
  };
  assert.deepEqual(
    allScoreRows(run).map(row => row.name),
    ['joint coherence'],
  );
  assert.deepEqual(silentGaps(run), ['metrics.frechet.image.value could not be computed (NaN).']);
  assert.deepEqual(evaluationNotes(run), [
    'image: precision, recall, density and coverage need at least 6 different parts on each side.',
    'image: diversity needs a class with at least 2 different real parts, and there is none.',
    'Nothing was completed: coherence from given parts is not scored.',
    'metrics.frechet.image.value could not be computed (NaN).',
  ]);
});
