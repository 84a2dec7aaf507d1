/** Samples read from files are scored as the model that made them; what cannot be judged is named. */
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {mapRecord} from '../../src/core/records';
import {tf} from '../../src/core/tensorflow';
import type {SplitName} from '../../src/core/types';
import type {Dataset} from '../../src/datasets/dataset';
import {loadDigits} from '../../src/datasets/digits';
import {evaluateModel, type GenerativeModel} from '../../src/evaluation/evaluate';
import {evaluateSamples} from '../../src/evaluation/evaluate-samples';
import {inspect} from '../../src/evaluation/inspection';
import {modelAsMaker} from '../../src/evaluation/maker';
import {disposeOracles, loadOracles, type Oracles} from '../../src/evaluation/oracles';
import {remember} from '../../src/evaluation/remembering-model';
import {type SampledParts, type SampleSet, sampleSetRemarks} from '../../src/evaluation/sample-set';
import {FeatureCache, toBatch} from '../../src/features/batch';
import {buildFakeModel} from './fake-models';

const digits = loadDigits();
const some = (split: SplitName, every: number) => digits.rows(split).filter((_, i) => i % every === 0);
const rows = {train: some('train', 40), validation: some('validation', 10), test: some('test', 12)};
const dataset: Dataset = {...digits, rows: split => rows[split]};
const {modalities} = dataset;
const names = Object.keys(modalities);
const [count, seed] = [100, 4];
// Every third row is shown as another one: the choice depends on the row alone, so the order of the questions does not matter.
const model = buildFakeModel(rows.test, modalities, (row, name) =>
  row % 3 === 0 ? (row * 7 + name.length) % rows.test.length : row,
);
const options = {split: 'test', seed, count} as const;

let oracles: Oracles;
let whole: SampleSet;
before(async () => {
  await selectBackend();
  oracles = loadOracles();
  const numTensors = tf.memory().numTensors;
  const subsetsOfNames = [
    ['image'],
    ['caption'],
    ['speech'],
    ['image', 'caption'],
    ['image', 'speech'],
    ['caption', 'speech'],
  ];
  tf.tidy(() => {
    const {parts, labels} = toBatch(rows.test, new FeatureCache(modalities));
    const completions = subsetsOfNames.map(given => {
      const made = model.complete({parts: Object.fromEntries(given.map(name => [name, parts[name]!]))}, {seed});
      const others = Object.entries(made).filter(([name]) => !given.includes(name));
      return {
        given,
        parts: sampled(Object.fromEntries(others), `given-${given.join('+')}/`),
        labels: {from: 'labels.npy', values: labels},
      };
    });
    whole = {name: 'peer', generated: sampled(model.generate(count, {seed}), ''), labels: null, completions};
  });
  assert.equal(tf.memory().numTensors, numTensors);
});
after(() => disposeOracles(oracles));

function sampled(parts: Readonly<Record<string, tf.Tensor>>, folder: string): Record<string, SampledParts> {
  return mapRecord(parts, (part, name) => ({
    from: `${folder}${name}.npy`,
    data: Float32Array.from(part.dataSync()),
    shape: part.shape,
  }));
}

test('samples of a model, written out and read, score what the model scores', () => {
  const expected = evaluateModel(model, dataset, oracles, options);
  const numTensors = tf.memory().numTensors;
  const {metrics, asked} = evaluateSamples(whole, dataset, oracles, options);
  assert.equal(tf.memory().numTensors, numTensors, 'leaks tensors');
  assert.deepEqual({...metrics, retrieval: expected.retrieval}, expected);
  assert.deepEqual(metrics.retrieval, {});
  assert.equal(asked, null);
  assert.ok(metrics.coherence.oneGiven!.mean < 0.9, 'a third of the rows is wrong, which must be seen');
});

test('one modality alone, fewer samples than asked for, and labels', () => {
  const {data, shape} = whole.generated!['image']!;
  const size = data.length / shape[0]!;
  const image = {from: 'image.npy', data: data.subarray(0, 40 * size), shape: [40, ...shape.slice(1)]};
  const labels = {from: 'labels.npy', values: Int32Array.from({length: 40}, (_, i) => i % 10)};
  const {metrics, asked, details} = evaluateSamples(
    {name: 'peer', generated: {image}, labels, completions: []},
    dataset,
    oracles,
    options,
  );
  assert.deepEqual([metrics.generated, metrics.frechet['image']!.count, metrics.rows], [40, 40, 40]);
  assert.deepEqual(
    [Object.keys(metrics.frechet), metrics.jointCoherence, metrics.coherence.oneGiven],
    [['image'], null, null],
  );
  const shown = inspect(modelAsMaker(model, {count: 40, seed}), dataset, oracles, {...options, count: 40});
  assert.ok(shown.generated);
  const truth = evaluateSamples(
    {name: 'peer', generated: {image}, labels: {from: 'l', values: askedOf(image)}, completions: []},
    dataset,
    oracles,
    options,
  );
  assert.equal(truth.asked!['image']!.value, 1);
  assert.ok(asked!['image']!.value < 0.5);
  assert.deepEqual(details.hits, {});
  assert.deepEqual(
    sampleSetRemarks({name: 'peer', generated: {image}, labels, completions: []}, modalities).map(line =>
      line.slice(0, 29),
    ),
    ['No samples of caption, speech', 'Samples have neither an encod'],
  );

  function askedOf(parts: SampledParts): Int32Array {
    return tf.tidy(() =>
      Int32Array.from(
        oracles['image']!.apply(tf.tensor(parts.data, [...parts.shape]))
          .logits.argMax(1)
          .dataSync(),
      ),
    );
  }
});

test('what cannot be judged: the file, the metric, the count needed and given', () => {
  const image = whole.generated!['image']!;
  const size = image.data.length / image.shape[0]!;
  const first = (n: number, from = 'peer/image.npy'): SampledParts => ({
    from,
    data: image.data.slice(0, n * size),
    shape: [n, ...image.shape.slice(1)],
  });
  const fails = (set: Partial<SampleSet>, message: RegExp): void => {
    assert.throws(
      () =>
        evaluateSamples(
          {name: 'peer', generated: null, labels: null, completions: [], ...set},
          dataset,
          oracles,
          options,
        ),
      (error: Error & {exitCode?: number}) => {
        assert.match(error.message, message);
        assert.equal(error.exitCode, 3);
        return true;
      },
    );
  };
  fails({}, /^Expected peer to hold samples \(image\.npy, caption\.npy, speech\.npy\), got none\.$/);
  fails(
    {generated: {image: first(1)}},
    /^Expected peer\/image\.npy to be .*at least 2 samples for the Fréchet distance, got 1\.$/,
  );
  fails(
    {generated: {image: first(5)}},
    /at least 6 samples for precision, recall, density and coverage \(5 nearest neighbours\), got 5\.$/,
  );
  fails(
    {generated: {image: {...first(9), shape: [9, 784]}}},
    /^Expected peer\/image\.npy to be image of shape \[N, 28, 28, 1\], got \[9, 784\]\.$/,
  );
  for (const [value, text] of [
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [1.5, '1.5'],
  ] as const) {
    const broken = first(9);
    broken.data[7 * size + 3] = value;
    fails({generated: {image: broken}}, new RegExp(`values from -1 to 1, got ${text} in sample 7\\.$`));
  }
  fails(
    {generated: {image: first(9), speech: {...whole.generated!['speech']!, from: 'peer/speech.npy'}}},
    /^Expected peer\/speech\.npy to be as long as peer\/image\.npy \(9 rows\), got 100 rows\.$/,
  );
  fails(
    {generated: {image: first(9)}, labels: {from: 'peer/labels.npy', values: Int32Array.of(1, 2)}},
    /^Expected peer\/labels\.npy to be 9 labels, one a sample, got 2\.$/,
  );
  fails(
    {generated: {image: first(7)}, labels: {from: 'peer/labels.npy', values: Int32Array.of(1, 2, 3, 4, 10, 5, 6)}},
    /^Expected peer\/labels\.npy to be labels from 0 to 9, got 10 in sample 4\.$/,
  );
  const [completion] = whole.completions;
  const shifted = {
    from: 'peer/given-image/labels.npy',
    values: completion!.labels!.values.map(label => (label + 1) % 10),
  };
  fails(
    {completions: [{...completion!, labels: shifted}]},
    /^Expected peer\/given-image\/labels\.npy to be the labels of the test split, row by row \(\d in row 0\), got \d\.$/,
  );
  const caption = whole.generated!['caption']!;
  fails(
    {generated: {caption: {...caption, data: caption.data.map(value => value / 2)}}},
    /^Expected caption\.npy to be probabilities that sum to 1 over the words, got 0\.500 in sample 0\.$/,
  );
});

test('a remembering model asks once, and its answers may be disposed', () => {
  let asked = 0;
  const counting: GenerativeModel = {
    ...model,
    generate: (n, o) => {
      asked++;
      return model.generate(n, o);
    },
    complete: (partial, o) => {
      asked++;
      return model.complete(partial, o);
    },
  };
  const before = tf.memory().numTensors;
  const drawn = remember(counting);
  let sums: number[][] = [];
  tf.tidy(() => {
    const a = drawn.generate(5, {seed: 1});
    const b = drawn.complete({parts: {image: a['image']!}}, {seed: 1});
    sums = [a, b].map(parts => names.map(name => parts[name]!.sum().dataSync()[0]!));
  });
  assert.equal(asked, 2);
  tf.tidy(() => {
    const a = drawn.generate(5, {seed: 1});
    const b = drawn.complete({parts: {image: a['image']!.add(0)}}, {seed: 1});
    assert.deepEqual(
      [a, b].map(parts => names.map(name => parts[name]!.sum().dataSync()[0]!)),
      sums,
    );
    assert.equal(asked, 2);
    drawn.generate(5, {seed: 2});
    drawn.complete({parts: {image: drawn.generate(5, {seed: 2})['image']!}}, {seed: 1});
    assert.equal(asked, 4);
  });
  drawn.dispose();
  assert.equal(tf.memory().numTensors, before);
});
