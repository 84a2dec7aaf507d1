import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {RandomStream} from '../../src/core/random';
import {bestAssignment} from '../../src/evaluation/assignment';
import {adjustedRandIndex, clusteringAccuracy, normalizedMutualInformation} from '../../src/evaluation/clustering';
import {extrapolated} from '../../src/evaluation/extrapolation';
import {frechetDistance} from '../../src/evaluation/frechet';
import {ganTest, ganTrain} from '../../src/evaluation/gan-train-test';
import {mse, ssim} from '../../src/evaluation/image-similarity';
import {inceptionScore} from '../../src/evaluation/inception-score';
import {seedInterval} from '../../src/evaluation/intervals';
import {intraClassFrechet} from '../../src/evaluation/intra-class-frechet';
import {kernelDistance} from '../../src/evaluation/kernel-distance';
import {linearProbe} from '../../src/evaluation/linear-probe';
import {dataCopying, memorization} from '../../src/evaluation/memorization';
import {gridCentres, modeCoverage, ringCentres} from '../../src/evaluation/mode-coverage';
import {nearestNeighbourAccuracy} from '../../src/evaluation/nearest-neighbour-accuracy';
import {precisionRecallDensityCoverage} from '../../src/evaluation/nearest-neighbours';
import {pairedComparison, pairedSetComparison} from '../../src/evaluation/paired-comparison';
import {retrieval} from '../../src/evaluation/retrieval';
import {auroc, averagePrecision, rocCurve} from '../../src/evaluation/roc';
import {slicedWasserstein} from '../../src/evaluation/sliced-wasserstein';
import {conditionalCoherence, jointCoherenceOfSubsets} from '../../src/evaluation/subset-coherence';

function near(got: number, wanted: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(got - wanted) <= tolerance, `got ${got}, wanted ${wanted} ± ${tolerance}`);
}

function normalRows(count: number, width: number, seed: number, scale = 1, shift = 0): number[][] {
  const stream = new RandomStream(seed, 'test/normal-rows');
  return Array.from({length: count}, () => Array.from({length: width}, () => stream.normal() * scale + shift));
}

test('AUROC, average precision and the curve, worked by hand', () => {
  assert.equal(auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 0.75);
  // Descending: 0.8 (+), 0.4 (-), 0.35 (+), 0.1 (-): 1/2 · 1 + 1/2 · 2/3.
  near(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 5 / 6);
  assert.equal(auroc([true, false], [3, 3]), 0.5);
  assert.deepEqual(rocCurve([1, 0, 1], [2, 2, 1]), {
    falsePositiveRate: [0, 1, 1],
    truePositiveRate: [0, 0.5, 1],
    thresholds: [Number.POSITIVE_INFINITY, 2, 1],
  });
});

test('AUROC of reversed scores is its complement, and order does not matter', () => {
  const pairs = fc.array(fc.tuple(fc.integer({min: 0, max: 1}), fc.integer({min: -3, max: 3})), {minLength: 2});
  fc.assert(
    fc.property(pairs, all => {
      const labels = all.map(([label]) => label);
      fc.pre(labels.includes(0) && labels.includes(1));
      const scores = all.map(([, score]) => score);
      const value = auroc(labels, scores);
      near(auroc(labels, scores.map(score => -score)), 1 - value, 1e-15); // biome-ignore format: short
      assert.equal(auroc([...labels].reverse(), [...scores].reverse()), value);
    }),
  );
});

test('clustering scores do not depend on the numbers of the clusters', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(5)), {minLength: 1, maxLength: 40}), all => {
      const labels = all.map(([label]) => label);
      const clusters = all.map(([, cluster]) => cluster);
      const renamed = clusters.map(cluster => 70 - 3 * cluster);
      for (const score of [clusteringAccuracy, normalizedMutualInformation, adjustedRandIndex]) {
        near(score(labels, renamed), score(labels, clusters), 1e-12);
        near(score(labels, labels), 1, 1e-12);
      }
    }),
  );
});

test('the best assignment is the best of all', () => {
  const permutations = (items: number[]): number[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map(rest => [item, ...rest]));
  const table = fc.array(fc.array(fc.integer({min: -9, max: 9}), {minLength: 4, maxLength: 4}), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(table, gain => {
      const sum = (columns: readonly number[]): number => gain.reduce((total, row, i) => total + row[columns[i]!]!, 0);
      const columns = bestAssignment(gain);
      assert.equal(new Set(columns).size, gain.length);
      assert.equal(sum(columns), Math.max(...permutations([0, 1, 2, 3]).map(sum)));
    }),
  );
});

test('retrieval: ranks worked by hand', () => {
  // Similar to (1, 0): rows 1, 0, 2 in that order. Label 7 stands at places 2 and 3: AP = (1/2 + 2/3) / 2.
  const got = retrieval([[1, 0]], [[1, 1], [3, 0], [-1, 0]], [7], [7, 8, 7], {k: 1}); // biome-ignore format: short
  near(got.meanAveragePrecision, 7 / 12);
  assert.deepEqual([got.recall, got.medianRank], [0, 2]);
});

test('mode coverage of ring and grid', () => {
  const ring = ringCentres(8, 2);
  near(Math.hypot(...ring[3]!), 2);
  assert.deepEqual(gridCentres(5, 2)[1], [-4, -2]);
  // Five samples: three at mode 0, one at mode 2, one 10 away.
  const samples = [ring[0]!, ring[0]!, ring[0]!, ring[2]!, [12, 0]];
  const got = modeCoverage(samples, ring, {deviation: 0.1});
  assert.deepEqual([got.modes, got.of, got.highQuality, got.counts[0], got.counts[2]], [2, 8, 0.8, 3, 1]);
  near(got.divergence, 0.8 * Math.log(0.8 * 8) + 0.2 * Math.log(0.2 * 8));
  near(modeCoverage(ring, ring, {deviation: 1}).divergence, 0);
  assert.equal(modeCoverage(ring, ring, {deviation: 1, fewest: 2}).modes, 0);
});

test('sliced Wasserstein: a set that is moved, and rows that are repeated', () => {
  const line = [[0], [1], [5]];
  near(slicedWasserstein(line, line.map(([x]) => [x! + 2]), {projections: 3}), 2); // biome-ignore format: short
  near(slicedWasserstein(line, [...line, ...line]), 0);
  const [x, y] = [normalRows(200, 3, 1), normalRows(200, 3, 2, 2)];
  assert.equal(slicedWasserstein(x, y, {seed: 4}), slicedWasserstein(x, y, {seed: 4}));
  assert.notEqual(slicedWasserstein(x, y, {seed: 4}), slicedWasserstein(x, y, {seed: 5}));
});

test('intra-class Fréchet sees classes that are mixed up', () => {
  const rows = [...normalRows(20, 2, 3), ...normalRows(20, 2, 4, 1, 9)];
  const labels = rows.map((_, i) => (i < 20 ? 3 : 5));
  near(intraClassFrechet(rows, rows, labels, labels).value, 0, 1e-9);
  const mixed = intraClassFrechet(rows, rows, labels, labels.map(label => 8 - label)); // biome-ignore format: short
  assert.ok(mixed.value > 100 && frechetDistance(rows, rows) < 1e-9, `${mixed.value}`);
  assert.deepEqual(Object.keys(mixed.each), ['3', '5']);
  near((mixed.each[3]! + mixed.each[5]!) / 2, mixed.value);
});

test('GAN-train and GAN-test fall where they should', () => {
  const real = [...normalRows(40, 2, 5), ...normalRows(40, 2, 6, 1, 6)];
  const labels = real.map((_, i) => (i < 40 ? 0 : 1));
  const swapped = labels.map(label => 1 - label);
  for (const classifier of ['linear', 'nearest'] as const) {
    assert.ok(ganTrain(real, real, labels, labels, {classifier}) > 0.98);
    assert.ok(ganTest(real, real, labels, swapped, {classifier}) < 0.02);
  }
  // One template a class: a classifier of real rows knows it, but little is learnt from it.
  const templates = [[0, 0], [20, 20], [0, 0], [20, 20]]; // biome-ignore format: short
  assert.equal(ganTest(real, templates, labels, [0, 1, 0, 1]), 1);
  assert.ok(ganTrain(real, templates, labels, [0, 1, 0, 1], {classifier: 'nearest'}) < 0.99);
  assert.equal(ganTrain(real, real, labels, labels, {classifier: (_, __, test) => new Array((test as {shape: readonly number[]}).shape?.[0] ?? 80).fill(0)}), 0.5); // biome-ignore format: own classifier
});

test('coherence over all subsets, worked by hand', () => {
  const generated = {a: [0, 1, 1, 2], b: [0, 1, 2, 2], c: [0, 0, 2, 2]};
  const joint = jointCoherenceOfSubsets(generated, generated, 3);
  assert.deepEqual(
    Object.entries(joint).map(([name, score]) => [name, score.value]),
    [['a+b', 0.75], ['a+c', 0.5], ['b+c', 0.75], ['a+b+c', 0.5]], // biome-ignore format: pairs
  );
  const labels = [0, 1];
  const completed = {
    a: {b: [0, 1], c: [0, 0]}, b: {a: [1, 1], c: [0, 1]}, c: {a: [0, 1], b: [1, 0]},
    'a+b': {c: [0, 1]}, 'a+c': {b: [0, 0]}, 'b+c': {a: [0, 1]},
  }; // biome-ignore format: a line a size
  const {directions, byGiven} = conditionalCoherence(completed, ['a', 'b', 'c'], labels, 2);
  assert.equal(Object.keys(directions).length, 9);
  assert.equal(directions['c→b']!.value, 0);
  near(byGiven[1]!, (1 + 0.5 + 0.5 + 1 + 1 + 0) / 6);
  near(byGiven[2]!, (1 + 0.5 + 1) / 3);
  assert.throws(() => conditionalCoherence({a: {b: [0]}}, ['a', 'b', 'c'], [0], 2), /to be given a→c/);
});

test('the extrapolated score is the intercept over 1 / n', () => {
  const got = extrapolated('score', 200, rows => 3 + 10 / rows.length);
  near(got.value, 3, 1e-9);
  near(got.slope, 10, 1e-6);
  assert.equal(got.points.length, 15);
  assert.equal(got.points[14]!.count, 200);
  // Two halves of one distribution: the distance of 400 rows of width 8 is bias, and the extrapolated one nearly 0.
  const [x, y] = [normalRows(2000, 8, 7), normalRows(400, 8, 8)];
  const [plain, corrected] = [frechetDistance(x, y), frechetDistance(x, y, {extrapolate: true, seed: 1})];
  assert.ok(plain > 0.05 && Math.abs(corrected) < plain / 2, `${plain} ${corrected}`);
  const sure = Array.from({length: 100}, (_, i) => [0, 1, 2, 3].map(c => (c === i % 4 ? 1 : 0)));
  near(inceptionScore(sure, {splits: 1}).value, 4);
  assert.ok(inceptionScore(sure, {extrapolate: true}).value > 3.9);
});

test('paired comparison: exact for few pairs, seeded for many', () => {
  const got = pairedComparison([1, 2, 4], [0, 0, 0]);
  near(got.difference, 7 / 3);
  assert.equal(got.pValue, 0.25);
  assert.ok(got.ci95[0] >= 1 && got.ci95[1] <= 4);
  const stream = new RandomStream(3, 'test/pairs');
  const base = Array.from({length: 300}, () => stream.normal());
  const better = base.map(value => value + 0.1 + 0.3 * stream.normal());
  const sure = pairedComparison(better, base, {resamples: 999});
  assert.ok(sure.pValue === 0.001 && sure.ci95[0] > 0, JSON.stringify(sure));
  const none = pairedComparison(base.map(value => value + 0.3 * stream.normal()), base, {resamples: 999}); // biome-ignore format: short
  assert.ok(none.pValue > 0.02 && none.ci95[0] < 0 && none.ci95[1] > 0, JSON.stringify(none));
});

test('paired comparison of sets finds the farther one', () => {
  const real = normalRows(150, 2, 9);
  const [near_, far] = [normalRows(80, 2, 10), normalRows(80, 2, 10, 1, 0.8)];
  const toReal = (rows: Parameters<typeof frechetDistance>[1]): number => frechetDistance(real, rows);
  const got = pairedSetComparison(far, near_, toReal, {resamples: 99});
  assert.ok(got.difference > 0.5 && got.ci95[0] > 0 && got.pValue === 0.01, JSON.stringify(got));
  const same = pairedSetComparison(near_, normalRows(80, 2, 11), toReal, {resamples: 99});
  assert.ok(same.pValue > 0.05, JSON.stringify(same));
});

test('pictures: blur lowers SSIM, a shift is all that MSE sees', () => {
  const picture = Array.from({length: 12}, (_, i) => Array.from({length: 12}, (_, j) => ((i * 7 + j * 3) % 5) / 5));
  assert.equal(ssim(picture, picture), 1);
  const flat = picture.map(row => row.map(() => 0.4));
  assert.ok(ssim(picture, flat) < 0.2);
  near(mse([[0, 2]], [[1, 4]]), 2.5);
});

test('memorisation takes matrices as well', () => {
  const train = normalRows(60, 3, 12);
  const [heldOut, fresh] = [normalRows(40, 3, 13), normalRows(50, 3, 14)];
  assert.deepEqual(memorization(train, heldOut, train.slice(3, 20)), {ratio: 0, copies: 1});
  assert.ok(dataCopying(train, heldOut, train.slice(3, 20)).pValue < 1e-6);
  assert.ok(dataCopying(train, heldOut, fresh).pValue > 0.01);
});

test('threads change nothing', () => {
  // Enough work for threads, and a part of it that is not.
  const [x, y] = [normalRows(900, 500, 15), normalRows(900, 500, 16)];
  const big = precisionRecallDensityCoverage(x, y, {k: 3});
  assert.deepEqual(precisionRecallDensityCoverage(x, y, {k: 3}), big);
  assert.equal(kernelDistance(x, y, {subsets: 1}).value, kernelDistance(x, y, {subsets: 1}).value);
  const distance = frechetDistance(x, y);
  assert.equal(frechetDistance(x, y), distance);
  near(frechetDistance(y, x) / distance, 1, 1e-9);
});

test('bad input names the metric, what is needed and what was given', () => {
  const rows = normalRows(4, 2, 17);
  const wide = normalRows(4, 3, 18);
  const cases: readonly (readonly [() => unknown, string])[] = [
    [() => inceptionScore([[0.5, 0.6]]), 'Expected each row of probabilities of inceptionScore to sum to 1, got 1.1 in row 0.'],
    [() => inceptionScore([[1, 0]], {splits: 2}), 'Expected probabilities of inceptionScore to have at least 2 rows, one a split, got 1.'],
    [() => frechetDistance(rows, [rows[0]!]), 'Expected generated of frechetDistance to have at least 2 rows, got 1.'],
    [() => frechetDistance(rows, rows, {extrapolate: true}), 'Expected an extrapolated frechetDistance of at least 10 rows, got 4.'],
    [() => kernelDistance(rows, wide), 'Expected real and generated of kernelDistance to be equally wide, got 2 and 3 columns.'],
    [() => kernelDistance(rows, [[Number.NaN, 1], [2, 3]]), 'Expected generated of kernelDistance to be finite, got NaN at row 0, column 0.'],
    [() => intraClassFrechet(rows, rows, [0, 0, 1, 1], [0, 0, 0, 1]), 'Expected generated of intraClassFrechet to have at least 2 rows of class 1, got 1.'],
    [() => intraClassFrechet(rows, rows, [0, 0, 1, 1], [0, 0, 2, 2]), 'Expected generated of intraClassFrechet to have at least 2 rows of class 1, got 0.'],
    [() => auroc([1, 1], [0, 1]), 'Expected labels of auroc to hold at least 1 negative, got 0 of 2.'],
    [() => averagePrecision([0, 0], [0, 1]), 'Expected labels of averagePrecision to hold at least 1 positive, got 0 of 2.'],
    [() => auroc([1, 0], [Number.NaN, 1]), 'Expected scores of auroc to be numbers, got NaN at 0.'],
    [() => auroc([1, 2], [0, 1]), 'Expected labels of auroc to be 0 or 1, got 2 at 1.'],
    [() => clusteringAccuracy([], []), 'Expected labels of clusteringAccuracy to hold at least 1 row, got 0.'],
    [() => adjustedRandIndex([1, 2], [1]), 'Expected clusters of adjustedRandIndex to hold 2 labels, one a row, got 1.'],
    [() => retrieval(rows, rows, [0, 1, 2, 3], [0, 1, 2, 2]), 'Expected gallery of retrieval to hold at least 1 row of label 3 (query 3), got 0.'],
    [() => linearProbe(rows, rows, [1, 1, 1, 1], [1, 1, 1, 1]), 'Expected trainLabels of linearProbe to hold at least 2 classes, got 1.'],
    [() => nearestNeighbourAccuracy(rows, rows, [1, 2, 3], [1, 2, 3, 4]), 'Expected trainLabels of nearestNeighbourAccuracy to hold 4 labels, one a row, got 3.'],
    [() => ganTrain(rows, rows, [0, 1, 0, 1], [2, 2, 2, 2]), 'Expected generatedLabels of ganTrain to hold at least 2 classes, got 1.'],
    [() => slicedWasserstein(rows, wide), 'Expected real and generated of slicedWasserstein to be equally wide, got 2 and 3 columns.'],
    [() => ssim(rows, rows, {dataRange: 9}), 'Expected pictures of ssim to have at least 7 × 7 pixels, got 4 × 2.'],
    [() => mse(rows, rows.slice(1)), 'Expected a and b of mse to have equally many rows, got 4 and 3.'],
    [() => modeCoverage(rows, wide, {deviation: 1}), 'Expected samples and centres of modeCoverage to be equally wide, got 2 and 3 columns.'],
    [() => memorization(rows, wide, rows), 'Expected train and heldOut of memorization to be equally wide, got 2 and 3 columns.'],
    [() => pairedComparison([1], [2]), 'Expected pairedComparison of at least 2 pairs, got 1.'],
    [() => seedInterval([1]), 'Expected an interval over seeds of at least 2 scores, got 1.'],
  ]; // biome-ignore format: a case a line
  for (const [run, message] of cases) {
    assert.throws(run, (error: Error) => {
      assert.equal(error.name, 'UserError');
      assert.equal(error.message, message);
      return true;
    });
  }
});
