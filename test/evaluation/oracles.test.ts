import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {type BackendName, selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import type {ImageModality, TextModality} from '../../src/core/types';
import {loadDigits} from '../../src/datasets/digits';
import {augmentationFor} from '../../src/evaluation/oracle-augmentation';
import {applyOracleNetwork, type OracleArchitecture, oracleShapes} from '../../src/evaluation/oracle-network';
import {
  accuracyOf,
  type LabelledParts,
  type OracleTrainingOptions,
  trainOracle,
  withTestAccuracy,
} from '../../src/evaluation/oracle-training';
import {
  digitsOraclesFolder,
  disposeOracles,
  judge,
  loadOracle,
  loadOracles,
  saveOracle,
  whyOracleDoesNotFit,
} from '../../src/evaluation/oracles';
import {FeatureCache, toBatch} from '../../src/features/batch';
import {checkNetwork} from '../../src/networks/check/check-network';
import type {NetworkDefinition} from '../../src/networks/check/network-type';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'oracles-'));
before(async () => {
  await selectBackend();
});
after(() => fs.rmSync(folder, {recursive: true}));

const stripes: ImageModality = {kind: 'image', height: 8, width: 8, channels: 1};

/** Class 0: one bright row; class 1: one bright column. */
function stripedPictures(count: number, seed: number): LabelledParts {
  const stream = new RandomStream(seed, 'test/stripes');
  const labels = Array.from({length: count}, (_, i) => i % 2);
  const parts = labels.map(label => {
    const picture = new Float32Array(64).fill(-1);
    const at = 1 + stream.integer(6);
    for (let i = 0; i < 8; i++) picture[label === 0 ? at * 8 + i : i * 8 + at] = 1;
    return picture;
  });
  return {parts, labels};
}

function trainOnStripes(seed: number, options: Partial<OracleTrainingOptions> = {}) {
  return trainOracle({
    modality: 'stripes',
    spec: stripes,
    classNames: ['row', 'column'],
    featureName: 'stripe features',
    train: stripedPictures(64, 1),
    validation: stripedPictures(32, 2),
    epochs: 12,
    batchSize: 16,
    learningRate: 3e-3,
    seed,
    training: 'test',
    ...options,
  });
}

test('an oracle learns, is saved and loaded bit-equal, and leaves nothing behind', async () => {
  const numTensors = tf.memory().numTensors;
  const trained = await trainOnStripes(1);
  const held = stripedPictures(40, 3);
  const accuracy = accuracyOf(trained.oracle, held);
  assert.ok(accuracy >= 0.9, `accuracy ${accuracy}`);
  const description = withTestAccuracy(trained, held);
  assert.equal(description.test!.count, 40);
  assert.ok(description.test!.ci95[0] < accuracy && accuracy <= description.test!.ci95[1]);
  const file = path.join(folder, 'stripes.safetensors');
  saveOracle(file, description, trained.weights);
  const loaded = loadOracle(file);
  assert.equal(loaded.test!.accuracy, accuracy);
  const x = tf.tensor(Float32Array.from(held.parts.flatMap(part => [...part])), [40, 8, 8, 1]);
  const [first, second] = [judge(trained.oracle, x), judge(loaded, x)];
  assert.deepEqual(second, first);
  assert.deepEqual(first.features.shape, [40, 64]);
  for (let i = 0; i < 40; i++) {
    const [a, b] = [first.probabilities[2 * i]!, first.probabilities[2 * i + 1]!];
    assert.ok(Math.abs(a + b - 1) < 1e-5);
    assert.equal(first.labels[i], b > a ? 1 : 0);
  }
  x.dispose();
  trained.oracle.dispose();
  disposeOracles({loaded});
  assert.equal(tf.memory().numTensors, numTensors);
});

test('the same seed trains the same oracle, another seed another', async () => {
  const [first, second, other] = [await trainOnStripes(1), await trainOnStripes(1), await trainOnStripes(2)];
  const kernel = (trained: typeof first): number[] => [...trained.weights['stage0/kernel']!.dataSync()];
  assert.deepEqual(kernel(second), kernel(first));
  assert.notDeepEqual(kernel(other), kernel(first));
  for (const trained of [first, second, other]) trained.oracle.dispose();
});

test('an aborted training keeps what it has and ends', async () => {
  const numTensors = tf.memory().numTensors;
  const controller = new AbortController();
  const epochs: number[] = [];
  const onEpoch = ({epoch}: {epoch: number}) => {
    epochs.push(epoch);
    if (epoch === 2) controller.abort();
  };
  const trained = await trainOnStripes(1, {signal: controller.signal, onEpoch});
  assert.deepEqual(epochs, [1, 2]);
  assert.equal(trained.validationAccuracy, accuracyOf(trained.oracle, stripedPictures(32, 2)));
  trained.oracle.dispose();
  assert.equal(tf.memory().numTensors, numTensors);
});

test('more parts than a batch are judged as they are one by one', async () => {
  const trained = await trainOnStripes(1);
  const {parts} = stripedPictures(300, 4);
  const x = tf.tensor(Float32Array.from(parts.flatMap(part => [...part])), [300, 8, 8, 1]);
  const one = x.slice(290, 1);
  const [all, last] = [judge(trained.oracle, x), judge(trained.oracle, one)];
  assert.equal(all.labels[290], last.labels[0]);
  assert.ok(Math.abs(all.features.data[290 * 64 + 5]! - last.features.data[5]!) < 1e-4);
  tf.dispose([x, one]);
  trained.oracle.dispose();
});

test('parts of another shape and files of another kind are refused in one line', async () => {
  const trained = await trainOnStripes(1);
  const x = tf.zeros([2, 9, 8, 1]);
  assert.throws(() => trained.oracle.apply(x), {
    message: 'Expected stripes of shape [N, 8, 8, 1], got [2, 9, 8, 1].',
  });
  x.dispose();
  const file = path.join(folder, 'broken.safetensors');
  const {['classes/bias']: _, ...incomplete} = trained.weights;
  saveOracle(file, trained.description, incomplete);
  assert.throws(() => loadOracle(file), {
    message: `${file}: Expected weight "classes/bias" of the stripes oracle of shape [2], got none.`,
  });
  fs.writeFileSync(file, 'no weights');
  assert.throws(() => loadOracle(file), /^UserError: Expected .*broken\.safetensors/);
  trained.oracle.dispose();
});

test('why an oracle does not fit is said in words', async () => {
  const trained = await trainOnStripes(1);
  const {oracle} = trained;
  assert.equal(whyOracleDoesNotFit(oracle, stripes, ['row', 'column']), null);
  assert.equal(
    whyOracleDoesNotFit(oracle, {...stripes, height: 28}, ['row', 'column']),
    'its classifier was trained for height 8, not 28',
  );
  assert.equal(whyOracleDoesNotFit(oracle, stripes, ['a', 'b']), 'its classifier was trained for other classes');
  const text: TextModality = {kind: 'text', vocabulary: ['<pad>', '<unk>'], maxTokens: 3};
  assert.match(whyOracleDoesNotFit(oracle, text, ['row', 'column'])!, /^its classifier was trained/);
  oracle.dispose();
});

test('augmentation keeps the range and the shape, and changes pictures but not sentences', () => {
  const stream = new RandomStream(4, 'test/augmentation');
  const [part] = stripedPictures(1, 5).parts;
  const out = new Float32Array(64 * 3).fill(9);
  augmentationFor(stripes)(part!, out, 64, stream);
  assert.ok(out.subarray(0, 64).every(value => value === 9) && out.subarray(128).every(value => value === 9));
  const changed = out.subarray(64, 128);
  assert.ok(changed.every(value => value >= -1 && value <= 1));
  assert.notDeepEqual([...changed], [...part!]);
  const brightness = (values: Float32Array): number => values.reduce((sum, value) => sum + value + 1, 0);
  assert.ok(brightness(changed) > 0.4 * brightness(part!), 'a moved stripe, not an empty picture');
  const words = Float32Array.from([0, 1, 1, 0]);
  const copied = new Float32Array(4);
  augmentationFor({kind: 'text', vocabulary: ['<pad>', '<unk>'], maxTokens: 2})(words, copied, 0, stream);
  assert.deepEqual(copied, words);
});

test('the shipped oracles are as accurate as their files say', () => {
  const dataset = loadDigits();
  const oracles = loadOracles();
  assert.deepEqual(Object.keys(oracles), ['caption', 'image', 'speech']);
  const cache = new FeatureCache(dataset.modalities);
  // Every third row; the stated accuracy counts each different part once, so sounds and sentences may differ a little.
  const rows = dataset.rows('test').filter((_, i) => i % 3 === 0);
  const least = {image: 0.985, caption: 1, speech: 0.97} as const;
  for (const [name, oracle] of Object.entries(oracles)) {
    assert.equal(whyOracleDoesNotFit(oracle, dataset.modalities[name]!, dataset.classNames), null);
    const parts = rows.map(row => cache.encode(name, row.parts[name]!));
    const accuracy = accuracyOf(oracle, {parts, labels: rows.map(row => row.label!)});
    assert.ok(oracle.test!.accuracy >= least[name as keyof typeof least], `${name}: stated ${oracle.test!.accuracy}`);
    assert.ok(
      Math.abs(accuracy - oracle.test!.accuracy) < 0.012,
      `${name}: ${accuracy}, stated ${oracle.test!.accuracy}`,
    );
    assert.ok(fs.statSync(path.join(digitsOraclesFolder, `${name}.safetensors`)).size < 1e6);
  }
  disposeOracles(oracles);
});

test('an oracle of sentences reads the likeliest words up to the first padding, as people do', () => {
  const {caption} = loadDigits().modalities;
  const {vocabulary, maxTokens} = caption as TextModality;
  const oracle = loadOracle(path.join(digitsOraclesFolder, 'caption.safetensors'));
  const sentence = ['the', 'digit', 'four', '<pad>', 'nine', 'nine', 'nine', 'nine'];
  assert.equal(sentence.length, maxTokens);
  const soft = tf.tidy(() => {
    const ids = sentence.map(word => vocabulary.indexOf(word));
    const hot = tf.oneHot(ids, vocabulary.length).toFloat();
    const two = tf.oneHot(ids.map(() => vocabulary.indexOf('two')), vocabulary.length).toFloat(); // biome-ignore format: one line
    // "two" has probability .4 at every place: it must not be read.
    return hot.mul(0.6).add(two.mul(0.4)).expandDims(0);
  });
  assert.deepEqual([...judge(oracle, soft).labels], [4]);
  soft.dispose();
  oracle.dispose();
});

test('every backend judges alike', async t => {
  const dataset = loadDigits();
  const rows = dataset.rows('test').filter((_, i) => i % 200 < 2);
  const forced = process.env['MULTIMODAL_GAN_BACKEND'];
  delete process.env['MULTIMODAL_GAN_BACKEND'];
  try {
    const judged: Record<string, Record<string, ReturnType<typeof judge>>> = {};
    for (const prefer of ['cpu', 'wasm', 'native'] as BackendName[]) {
      const {name} = await selectBackend({prefer});
      if (name !== prefer) {
        t.diagnostic(`${prefer} is not available here`);
        continue;
      }
      const oracles = loadOracles();
      const batch = toBatch(rows, new FeatureCache(dataset.modalities));
      judged[name] = Object.fromEntries(
        Object.entries(oracles).map(([modality, oracle]) => [modality, judge(oracle, batch.parts[modality]!)]),
      );
      disposeOracles(oracles);
      tf.dispose([batch.parts, batch.present]);
    }
    assert.ok(judged['cpu'] && Object.keys(judged).length >= 2);
    for (const [backend, byModality] of Object.entries(judged)) {
      for (const [modality, {labels, probabilities, features}] of Object.entries(byModality)) {
        const reference = judged['cpu'][modality]!;
        assert.deepEqual([...labels], [...reference.labels], `${backend}, ${modality}`);
        const worst = (a: Float32Array, b: Float32Array): number =>
          a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
        assert.ok(worst(probabilities, reference.probabilities) < 1e-4, `${backend}, ${modality}: probabilities`);
        assert.ok(worst(features.data, reference.features.data) < 1e-3, `${backend}, ${modality}: features`);
      }
    }
  } finally {
    if (forced !== undefined) process.env['MULTIMODAL_GAN_BACKEND'] = forced;
    await selectBackend();
  }
});

test('the shipped files are compared with their checksums: a damaged one is named', () => {
  const sums = JSON.parse(fs.readFileSync(path.join(digitsOraclesFolder, '..', 'checksums.json'), 'utf8'));
  const shipped = fs.readdirSync(digitsOraclesFolder).filter(file => file.endsWith('.safetensors'));
  assert.deepEqual(
    shipped.map(file => `oracles/${file}`).sort(),
    Object.keys(sums).filter(name => name.startsWith('oracles/')),
  );
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'oracles-test-'));
  try {
    fs.mkdirSync(path.join(copy, 'oracles'));
    for (const file of shipped) fs.copyFileSync(path.join(digitsOraclesFolder, file), path.join(copy, 'oracles', file));
    fs.writeFileSync(path.join(copy, 'checksums.json'), JSON.stringify(sums));
    disposeOracles(loadOracles(path.join(copy, 'oracles')));
    const speech = path.join(copy, 'oracles', 'speech.safetensors');
    const bytes = fs.readFileSync(speech);
    bytes[bytes.length - 1]! ^= 1;
    fs.writeFileSync(speech, bytes);
    const alive = tf.memory().numTensors;
    assert.throws(() => loadOracles(path.join(copy, 'oracles')), {
      name: 'UserError',
      message: /^Expected .*speech\.safetensors to be the published file \(SHA-256 /,
      exitCode: 3,
    });
    assert.equal(tf.memory().numTensors, alive);
  } finally {
    fs.rmSync(copy, {recursive: true});
  }
});

test('the networks of the oracles keep every rule of a network', () => {
  const definition = (name: string, architecture: OracleArchitecture, part: readonly number[]): NetworkDefinition => ({
    name,
    inputs: [part],
    outputs: {logits: [2], features: [architecture.features]},
    secondOrder: architecture.kind === 'convolutional',
    build(parameters) {
      const shapes = Object.entries(oracleShapes(architecture, part, 2));
      const weights = Object.fromEntries(
        shapes.map(([weight, shape]) => [weight, parameters.normal(weight, shape, 0.5)] as const),
      ) as unknown as Record<string, tf.Tensor>;
      // Which words are the likeliest has no slope: the difference lets the input in, and changes nothing.
      return ([x]) => applyOracleNetwork(architecture, weights, x!.add(x!.sub(x!)));
    },
  });
  const stages = [
    {channels: 2, stride: 1},
    {channels: 3, stride: 2},
  ];
  checkNetwork(definition('of pictures', {kind: 'convolutional', stages, features: 4}, [5, 6, 2]));
  checkNetwork(definition('of sentences', {kind: 'bagOfWords', features: 4}, [3, 5]));
});
