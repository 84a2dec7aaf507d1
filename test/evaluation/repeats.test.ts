/** Pairing uses a clip many times; scores and their intervals must not take the repeats for more of the world. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import type {Example, Modalities, Part} from '../../src/core/types';
import {loadDigits} from '../../src/datasets/digits';
import {type Completer, crossModalScores} from '../../src/evaluation/coherence';
import {wilsonInterval} from '../../src/evaluation/intervals';
import {disposeOracles, type Judgement, loadOracles, type Oracle} from '../../src/evaluation/oracles';
import {gatherRows, realRows} from '../../src/evaluation/real-rows';
import {type JudgedParts, realismScores} from '../../src/evaluation/realism';
import {retrievalScores} from '../../src/evaluation/retrieval-scores';
import {FeatureCache} from '../../src/features/batch';

const oracle = {classNames: ['low', 'high'], featureName: 'test features'} as unknown as Oracle;

function judgementOf(features: readonly (readonly number[])[], labels: readonly number[]): Judgement {
  return {
    labels: Int32Array.from(labels),
    features: {data: Float32Array.from(features.flat()), shape: [features.length, features[0]!.length]},
  } as unknown as Judgement;
}

function diversityOf(real: JudgedParts, generated: Judgement): number {
  return realismScores(oracle, real, real, generated, new RandomStream(1, 'test/repeats')).diversity!.value;
}

test('diversity does not change when real rows are repeated', () => {
  // Class 0 at 0, 2, 4: mean distance 8/3. Class 1 at (0, 0), (3, 4): 5. Generated: 0, 4 and 1 (mean 8/3), then (1, 1), (1, 2): 1.
  const features = [[0, 0], [2, 0], [4, 0], [0, 0], [3, 4]]; // biome-ignore format: points
  const labels = [0, 0, 0, 1, 1];
  const generated = [[0, 0], [4, 0], [1, 0], [1, 1], [1, 2]]; // biome-ignore format: points
  const expected = (8 / 3 / (8 / 3) + 1 / 5) / 2;
  const once = {judgement: judgementOf(features, labels), distinct: Int32Array.of(0, 1, 2, 3, 4)};
  const generatedOnce = judgementOf(generated, labels);
  assert.ok(Math.abs(diversityOf(once, generatedOnce) - expected) < 1e-6);

  // Rows in an order in which first occurrences are not the first rows, and as many generated ones.
  const order = [4, 4, 0, 2, 2, 0, 1, 3, 0, 4];
  const repeated = {
    judgement: judgementOf(
      order.map(i => features[i]!),
      order.map(i => labels[i]!),
    ),
    distinct: Int32Array.of(0, 2, 3, 6, 7),
  };
  const more = judgementOf([...generated, ...generated], [...labels, ...labels]);
  const wanted = (() => {
    // The generated repeats count: they are what a model of few templates draws. 15 and 6 pairs.
    const low = (4 * (4 + 1 + 3)) / 15;
    const high = (4 * 1) / 6;
    return (low / (8 / 3) + high / 5) / 2;
  })();
  assert.ok(Math.abs(diversityOf(repeated, more) - wanted) < 1e-6);
});

const dataset = loadDigits();

/** Twelve rows with a picture of their own; three clips and two captions among them, and two rows without sound. */
function rowsWithRepeats(): Example[] {
  const [first, ...rest] = dataset.rows('test').filter(({label}) => label === 7);
  const clips = [...new Set([first!, ...rest].map(({parts}) => parts['speech']!))].slice(0, 3);
  return [first!, ...rest].slice(0, 12).map((row, i) => {
    const parts: Record<string, Part> = {
      image: row.parts['image']!,
      caption: i % 2 === 0 ? 'the digit seven' : 'here is a seven',
    };
    if (i < 10) parts['speech'] = clips[i % 3]!;
    return {...row, parts};
  });
}

test('intervals count different given parts, not rows', async () => {
  await selectBackend();
  const oracles = loadOracles();
  const numTensors = tf.memory().numTensors;
  tf.tidy(() => {
    const real = realRows(rowsWithRepeats(), dataset.modalities, oracles, new FeatureCache(dataset.modalities));
    const whole = Array.from({length: 10}, (_, row) => row);
    assert.equal(real.numDistinct(['speech'], whole), 3);
    assert.equal(real.numDistinct(['speech', 'image'], whole), 3);
    assert.equal(real.numDistinct(['image'], [...whole, 10, 11]), 12);
    assert.equal(real.numDistinct(['caption'], [0, 2, 4]), 1);

    // Completes with the parts of row 0.
    const complete: Completer = (_, rows) =>
      Object.fromEntries(
        Object.entries(real.parts).map(([name, part]) => [
          name,
          gatherRows(
            part,
            Array.from(rows, () => 0),
          ),
        ]),
      );
    const one = crossModalScores(complete, real, oracles, 10, 1);
    const count = {'image→caption': 12, 'image→speech': 12, 'caption→image': 2, 'speech→image': 3, 'speech→caption': 3};
    for (const [direction, n] of Object.entries(count)) {
      const score = one.directions[direction as 'speech→image']!;
      assert.deepEqual(score.ci95, wilsonInterval(score.value, n), direction);
    }
    assert.deepEqual(one.group!.ci95, wilsonInterval(one.group!.mean, 2), 'the direction with the fewest: caption→…');
    const two = crossModalScores(complete, real, oracles, 10, 2);
    const fromTwo = two.directions['image+speech→caption']!;
    assert.deepEqual(fromTwo.ci95, wilsonInterval(fromTwo.value, 3));

    const encoding = {
      encode: ({parts}: {parts: Record<string, tf.Tensor>}) => tf.ones([Object.values(parts)[0]!.shape[0]!, 2]),
    } as unknown as Parameters<typeof retrievalScores>[0];
    const retrieved = retrievalScores(encoding, real);
    assert.deepEqual(retrieved['image→speech']!.ci95, wilsonInterval(1, 3), 'three answers for ten queries');
    assert.deepEqual(retrieved['speech→image']!.ci95, wilsonInterval(1, 3));
    assert.deepEqual(retrieved['image→caption']!.ci95, wilsonInterval(1, 2));
  });
  assert.equal(tf.memory().numTensors, numTensors);
  disposeOracles(oracles);
});

test('equal modalities are told apart by name', () => {
  const {image} = dataset.modalities;
  const modalities: Modalities = {left: image!, right: image!};
  const [a, b] = dataset.rows('test').map(({parts}) => parts['image']!);
  const rows = [{left: a!, right: a!}, {left: a!, right: b!}].map((parts, i) => ({id: String(i), parts})); // biome-ignore format: pairs
  tf.tidy(() => {
    const real = realRows(rows, modalities, {}, new FeatureCache(modalities));
    assert.deepEqual(
      [['left'], ['right'], ['left', 'right']].map(names => real.numDistinct(names, [0, 1])),
      [1, 2, 1],
    );
  });
});
