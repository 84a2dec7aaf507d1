import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {agreement, chanceAgreement, classSpread} from '../../src/evaluation/classes';
import {diversityWithinClasses, meanDistancePerClass} from '../../src/evaluation/diversity';
import {frechetDistance, frechetDistanceOfMoments} from '../../src/evaluation/frechet';
import {bootstrapInterval, bootstrapSpreadInterval, wilsonInterval} from '../../src/evaluation/intervals';
import {kernelDistance} from '../../src/evaluation/kernel-distance';
import {memorization, nearestDistances} from '../../src/evaluation/memorization';
import {StreamingMoments} from '../../src/evaluation/moments';
import {precisionRecallDensityCoverage} from '../../src/evaluation/nearest-neighbours';
import {retrieval} from '../../src/evaluation/retrieval';
import {neighbourDifferences, sharpnessRatio, sharpnessScore} from '../../src/evaluation/sharpness';

function near(got: number, wanted: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(got - wanted) <= tolerance, `got ${got}, wanted ${wanted} ± ${tolerance}`);
}

function normalRows(count: number, width: number, seed: number): number[][] {
  const stream = new RandomStream(seed, 'test/normal-rows');
  return Array.from({length: count}, () => Array.from({length: width}, () => stream.normal()));
}

test('Fréchet distance, worked by hand in one dimension', () => {
  // Means 1 and 5; variances 2 and 8: 16 + 2 + 8 - 2·√16 = 18.
  near(frechetDistance([[0], [2]], [[3], [7]]), 18);
});

test('Fréchet distance of a set moved by (3, 4) is 25, and takes flat arrays', () => {
  const rows = normalRows(30, 2, 1);
  const moved = rows.map(([x, y]) => [x! + 3, y! + 4]);
  near(frechetDistance({data: Float64Array.from(rows.flat()), shape: [30, 2]}, moved), 25, 1e-6);
});

test('moments in batches equal moments at once, far from the origin too', () => {
  const rows = normalRows(50, 4, 2).map(row => row.map((value, c) => value * (c + 1) + 1e6));
  const stream = new StreamingMoments();
  for (const [from, to] of [
    [0, 1],
    [1, 20],
    [20, 50],
  ] as const)
    stream.add(rows.slice(from, to));
  const other = normalRows(40, 4, 3);
  const whole = frechetDistance(rows, other);
  const second = new StreamingMoments();
  second.add(other);
  near(frechetDistanceOfMoments(stream.moments(), second.moments()) / whole, 1, 1e-12);
  assert.equal(stream.moments().count, 50);
});

test('bad arguments are named', () => {
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  };
  assert.equal(
    message(() =>
      frechetDistance(
        [[1, 2]],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    ),
    'Expected real of frechetDistance to have at least 2 rows, got 1.',
  );
  assert.equal(
    message(() =>
      frechetDistance(
        [
          [1, 2],
          [3, 4],
        ],
        [[1], [3]],
      ),
    ),
    'Expected real and generated of frechetDistance to be equally wide, got 2 and 1 columns.',
  );
  assert.equal(
    message(() =>
      frechetDistance(
        [
          [1, 2],
          [3, 4],
        ],
        [
          [1, 2],
          [3, Number.NaN],
        ],
      ),
    ),
    'Expected generated of frechetDistance to be finite, got NaN at row 1, column 1.',
  );
  assert.equal(
    message(() =>
      frechetDistance(
        [[1, 2], [3]],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    ),
    'Expected row 1 of real of frechetDistance to have 2 columns as row 0 has, got 1.',
  );
  assert.equal(
    message(() =>
      frechetDistance({data: new Float64Array(5), shape: [2, 2]}, [
        [1, 2],
        [3, 4],
      ]),
    ),
    'Expected real of frechetDistance to hold the values of shape [2, 2], got 5 values.',
  );
  assert.equal(
    message(() => precisionRecallDensityCoverage([[1], [2], [3]], [[1], [2]], {k: 2})),
    'Expected k of precisionRecallDensityCoverage to be an integer from 1 to 1, got 2 (3 real rows, 2 generated).',
  );
  assert.equal(
    message(() => kernelDistance([[1], [2]], [[1], [2]], {subsetSize: 3})),
    'Expected subsetSize of kernelDistance to be an integer from 2 to 2, got 3.',
  );
  assert.equal(
    message(() => classSpread([0, 3], 3)),
    'Expected labels of classSpread to be classes from 0 to 2, got 3 at 1.',
  );
});

test('kernel distance, worked by hand in one dimension', () => {
  // k(x, y) = (xy + 1)³. Real 0, 1: k = 1. Generated 1, 2: k = 27. Across: 1, 1, 8, 27, mean 9.25. 1 + 27 - 18.5 = 9.5.
  near(kernelDistance([[0], [1]], [[1], [2]], {subsets: 3}).value, 9.5);
});

test('kernel distance by subsets is seeded and close to the whole', () => {
  const [x, y] = [normalRows(300, 3, 4), normalRows(300, 3, 5).map(row => row.map(value => value + 1))];
  const options = {subsets: 60, subsetSize: 100, seed: 7};
  const {value, standardDeviation} = kernelDistance(x, y, options);
  assert.equal(kernelDistance(x, y, options).value, value);
  assert.notEqual(kernelDistance(x, y, {...options, seed: 8}).value, value);
  const whole = kernelDistance(x, y, {subsets: 1}).value;
  assert.ok(
    standardDeviation > 0 && Math.abs(value - whole) < standardDeviation,
    `${value} ± ${standardDeviation}, ${whole}`,
  );
});

test('precision, recall, density and coverage, worked by hand', () => {
  // k = 1. Real 0, 1, 5: radii 1, 1, 4. Generated 0.5, 0.9, 20: radii 0.4, 0.4, 19.1.
  // 0.5 is in the balls of 0 and 1 (5 is 4.5 away); 0.9 in those of 0 and 1 (4.1 from 5); 20 in none: precision 2/3, density 4/3.
  // Covered: 0 and 1 (2/3). Recalled: 1 by 0.9 (0.1), 5 by 20 (15 < 19.1), 1 by 20 (19 < 19.1), 0 by none (20): 2/3.
  const got = precisionRecallDensityCoverage([[0], [1], [5]], [[0.5], [0.9], [20]], {k: 1});
  near(got.precision, 2 / 3);
  near(got.density, 4 / 3);
  near(got.coverage, 2 / 3);
  near(got.recall, 2 / 3);
});

test('precision and coverage part where a mode is dropped', () => {
  const [left, right] = [normalRows(60, 2, 6), normalRows(60, 2, 7).map(([x, y]) => [x! + 30, y!])];
  const got = precisionRecallDensityCoverage([...left, ...right], normalRows(120, 2, 8), {k: 5});
  assert.ok(got.precision > 0.85 && got.recall < 0.51 && got.coverage < 0.51, JSON.stringify(got));
});

test('class spread: present classes and entropy in bits', () => {
  assert.deepEqual(classSpread([0, 0, 1, 2], 4), {present: 3, entropyBits: 1.5});
  assert.deepEqual(classSpread([3, 3, 3], 4), {present: 1, entropyBits: 0});
  near(classSpread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 10).entropyBits, Math.log2(10));
});

test('agreement and its chance', () => {
  assert.equal(
    agreement([
      [0, 1, 1, 2],
      [0, 1, 2, 2],
      [0, 2, 2, 2],
    ]),
    0.5,
  );
  // Frequencies (1/2, 1/2, 0) and (1/4, 1/4, 1/2): 1/8 + 1/8.
  near(
    chanceAgreement(
      [
        [0, 0, 1, 1],
        [0, 1, 2, 2],
      ],
      3,
    ),
    0.25,
  );
  near(
    chanceAgreement(
      [
        [0, 1],
        [1, 0],
        [0, 1],
      ],
      2,
    ),
    0.25,
  );
});

test('Wilson interval keeps a width at the ends and shrinks with n', () => {
  assert.equal(wilsonInterval(1, 2000)[1], 1);
  near(wilsonInterval(0.5, 10)[0], 0.23659, 1e-5);
  fc.assert(
    fc.property(fc.integer({min: 1, max: 500}), fc.double({min: 0, max: 1, noNaN: true}), (count, share) => {
      const [low, high] = wilsonInterval(share, count);
      const [narrowLow, narrowHigh] = wilsonInterval(share, count * 4);
      assert.ok(low >= 0 && low <= share && share <= high && high <= 1 && high > low);
      assert.ok(narrowHigh - narrowLow < high - low);
    }),
  );
});

test('bootstrap intervals of a mean are about ± 1.96 standard errors', () => {
  const values = normalRows(400, 1, 9).map(row => row[0]!);
  const mean = (indices: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < indices.length; i++) sum += values[indices[i]!]!;
    return sum / indices.length;
  };
  const centre = mean(values.map((_, i) => i));
  const standardError = Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / 400 / 400);
  const [low, high] = bootstrapInterval(400, mean, new RandomStream(1, 'test/bootstrap'), 2000);
  near(low, centre - 1.96 * standardError, 0.2 * standardError);
  near(high, centre + 1.96 * standardError, 0.2 * standardError);
  const [low2, high2] = bootstrapSpreadInterval(centre, 400, mean, new RandomStream(1, 'test/bootstrap'), 500);
  near((high2 - low2) / 2, 1.96 * standardError, 0.25 * standardError);
  near((high2 + low2) / 2, centre);
});

test('diversity within classes, worked by hand', () => {
  // Real: class 0 at 0, 2, 4 (distances 2, 4, 2, mean 8/3); class 1 at (0,0), (3,4) (5). Generated: class 0 at 0, 4 (4); class 1 at one place (0).
  const real = [
    [0, 0],
    [2, 0],
    [4, 0],
    [0, 0],
    [3, 4],
  ];
  const got = diversityWithinClasses(
    real,
    [0, 0, 0, 1, 1],
    [
      [0, 0],
      [4, 0],
      [1, 1],
      [1, 1],
    ],
    [0, 0, 1, 1],
    2,
  );
  near(got, (4 / (8 / 3) + 0) / 2);
  const means = meanDistancePerClass(real, [0, 0, 0, 1, 2], 4);
  near(means[0]!, 8 / 3);
  assert.ok(Number.isNaN(means[1]!) && Number.isNaN(means[3]!));
});

test('a class that is not drawn counts 0 in diversity', () => {
  const rows = [[0], [2], [10], [13]];
  near(diversityWithinClasses(rows, [0, 0, 1, 1], [[5], [7], [5]], [0, 0, 1], 2), 0.5);
  near(diversityWithinClasses(rows, [0, 0, 1, 1], rows, [0, 0, 1, 1], 2), 1);
});

test('sharpness is the mean absolute neighbour difference, blur lowers it', () => {
  const before = tf.memory().numTensors;
  // Differences 1, 1, 2, 2 and 0, 0, 4, 4.
  const pictures = tf.tensor4d([0, 1, 2, 3, 5, 5, 1, 1], [2, 2, 2, 1]);
  assert.deepEqual([...neighbourDifferences(pictures)], [1.5, 2]);
  // One row of three pixels of two channels: 3 and -5 in the one, 0 and 2 in the other.
  const row = tf.tensor4d([0, 1, 3, 1, -2, 3], [1, 1, 3, 2]);
  assert.deepEqual([...neighbourDifferences(row)], [2.5]);
  const point = tf.tensor4d([1], [1, 1, 1, 1]);
  assert.throws(() => neighbourDifferences(point), /neighbouring pixels/);
  tf.dispose([pictures, row, point]);
  assert.equal(tf.memory().numTensors, before);
  assert.equal(sharpnessRatio([1, 3], [1, 2]), 0.75);
  assert.throws(() => sharpnessRatio([0, 0], [1]), /positive, got 0/);
  const {value, ci95} = sharpnessScore([1, 3], [1, 2, 1, 2, 1, 2, 1, 2, 1, 2], new RandomStream(3, 'test/sharpness'));
  // Standard error of the mean of ten: 0.5 / √10 = 0.158; of the ratio, 0.079.
  assert.equal(value, 0.75);
  near(ci95[1] - ci95[0], 2 * 1.96 * 0.079, 0.08);
});

test('retrieval, worked by hand', () => {
  // Cosine: query (1, 0) is nearest (2, 1), then (0, 1); query (0, 3) is nearest (0, 1).
  const gallery = [
    [2, 1],
    [0, 1],
    [-1, 0],
  ];
  const at1 = retrieval(
    [
      [1, 0],
      [0, 3],
    ],
    gallery,
    [5, 6],
    [6, 6, 5],
  );
  assert.equal(at1.recall, 0.5);
  near(at1.chance, (1 / 3 + 2 / 3) / 2);
  const at2 = retrieval(
    [
      [1, 0],
      [0, 3],
    ],
    gallery,
    [5, 6],
    [6, 6, 5],
    {k: 2},
  );
  assert.equal(at2.recall, 0.5);
  // 1 of 3 relevant, two draws: 1 - 2/3·1/2 = 2/3; 2 of 3 relevant: 1.
  near(at2.chance, (2 / 3 + 1) / 2);
  assert.equal(
    retrieval(
      [
        [1, 0],
        [0, 3],
      ],
      gallery,
      [5, 6],
      [6, 6, 5],
      {k: 3},
    ).recall,
    1,
  );
});

test('nearest distances do not depend on the chunks', () => {
  const before = tf.memory().numTensors;
  const queries = tf.tensor2d(normalRows(7, 5, 10));
  const references = tf.tensor2d(normalRows(11, 5, 11));
  const [q, r] = [queries.arraySync(), references.arraySync()];
  const byHand = q.map(a => Math.min(...r.map(b => Math.hypot(...a.map((value, c) => value - b[c]!)))));
  for (const chunkSize of [1, 3, 100]) {
    nearestDistances(queries, references, chunkSize).forEach((got, i) => {
      near(got, byHand[i]!, 1e-5);
    });
  }
  tf.dispose([queries, references]);
  assert.equal(tf.memory().numTensors, before);
});

test('memorisation: copies score near 0, new rows near 1', () => {
  const train = tf.tensor2d(normalRows(200, 6, 12));
  const heldOut = tf.tensor2d(normalRows(200, 6, 13));
  const fresh = tf.tensor2d(normalRows(200, 6, 14));
  const copies = train.slice([20, 0], [50, 6]);
  const ofCopies = memorization(train, heldOut, copies);
  assert.deepEqual(ofCopies, {ratio: 0, copies: 1});
  assert.deepEqual(memorization(train, train, copies), {ratio: null, copies: 1});
  const ofFresh = memorization(train, heldOut, fresh);
  assert.ok(Math.abs(ofFresh.ratio! - 1) < 0.1 && ofFresh.copies < 0.05, JSON.stringify(ofFresh));
  tf.dispose([train, heldOut, fresh, copies]);
});
