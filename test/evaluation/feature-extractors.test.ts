import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {loadDigits} from '../../src/datasets/digits';
import {evaluateModel} from '../../src/evaluation/evaluate';
import {
  extractFeatures,
  type FeatureExtractor,
  oracleFeatures,
  rawFeatures,
  scoreName,
} from '../../src/evaluation/feature-extractors';
import {storedFeatures} from '../../src/evaluation/feature-store';
import {modelFeatures} from '../../src/evaluation/model-features';
import {disposeOracles, loadOracles} from '../../src/evaluation/oracles';
import {buildFakeModel} from './fake-models';
import {saveGraphModel, saveLayersModel} from './saved-models';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'features-'));
after(() => fs.rmSync(folder, {recursive: true}));
before(async () => {
  await selectBackend();
});

async function saveSmallNetwork(name: string): Promise<string> {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({inputShape: [4, 4, 3], filters: 2, kernelSize: 3, name: 'inner', kernelInitializer: 'ones'}),
      tf.layers.flatten(),
      tf.layers.dense({units: 5, kernelInitializer: 'ones', name: 'last'}),
    ],
  });
  const target = await saveLayersModel(path.join(folder, name), model);
  model.dispose();
  return target;
}

test('the name of a score says its features, and only Inception-v3 makes a FID', () => {
  assert.equal(scoreName('Fréchet distance', 'digit features'), 'Fréchet distance, digit features');
  assert.equal(scoreName('Fréchet distance', 'Inception-v3'), 'FID');
  assert.equal(scoreName('kernel distance', 'Inception-v3'), 'KID');
  assert.throws(() => rawFeatures('Inception-like'), /2048 pooled ones of Inception-v3/);
});

test('raw values and oracles as extractors, in batches, without leaks', () => {
  const before = tf.memory().numTensors;
  const parts = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
  const small: FeatureExtractor = {...rawFeatures('pixels'), batchSize: 1};
  assert.deepEqual(extractFeatures(small, parts), {data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 4]});
  assert.throws(() => extractFeatures(small, tf.zeros([0, 2])), /at least 1 row, got 0/);
  parts.dispose();
  const oracles = loadOracles();
  const [image, speech] = [oracleFeatures(oracles['image']!), oracleFeatures(oracles['speech']!)];
  assert.equal(image.name, 'digit features');
  assert.notEqual(image.fingerprint, speech.fingerprint);
  disposeOracles(oracles);
  assert.ok(tf.memory().numTensors <= before + 1);
});

test('a layers model by path: output, an inner layer, resized and coloured pictures', async () => {
  const target = await saveSmallNetwork('small');
  const extractor = await modelFeatures(target);
  assert.equal(extractor.name, 'features of small');
  const grey = tf.ones([3, 8, 8, 1]);
  // 3 × 3 pixels of 3 channels give 27 in each of 2 × 2 places and 2 filters; their sum is 216.
  assert.deepEqual(extractFeatures(extractor, grey), {data: new Float32Array(15).fill(216), shape: [3, 5]});
  const inner = await modelFeatures(path.join(target, 'model.json'), {output: 'inner', name: 'inner features'});
  assert.deepEqual(extractFeatures(inner, grey), {data: new Float32Array(6).fill(27), shape: [3, 2]});
  assert.notEqual(inner.fingerprint, extractor.fingerprint);
  await assert.rejects(modelFeatures(target, {output: 'none'}), /one of its layers, inner, .*last, got "none"/);
  const claimed = await modelFeatures(target, {name: 'Inception-v3'});
  assert.throws(() => extractFeatures(claimed, grey), /2048 pooled ones of Inception-v3, got 5 columns/);
  for (const one of [extractor, inner, claimed]) one.dispose();
  grey.dispose();
});

test('a graph model by path', async () => {
  const target = saveGraphModel(path.join(folder, 'graph'), [3]);
  const extractor = await modelFeatures(target);
  const rows = tf.tensor2d([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: rows
  assert.deepEqual([...extractFeatures(extractor, rows).data], [3, 5, 7, 9, 11, 13]);
  const doubled = await modelFeatures(target, {output: 'doubled'});
  assert.deepEqual([...extractFeatures(doubled, rows).data], [2, 4, 6, 8, 10, 12]);
  await assert.rejects(modelFeatures(target, {output: 'tripled'}), /one of its nodes, got "tripled"/);
  rows.dispose();
});

test('what a model does not take is said in one line: shapes, inputs, outputs', async () => {
  const grey = tf.ones([2, 8, 8, 1]);
  const small = await modelFeatures(await saveSmallNetwork('small-too'));
  const cube = tf.ones([2, 5]);
  assert.throws(
    () => small.extract(cube),
    /^UserError: Expected .*small-too\/model\.json to be a model for parts of shape \[N, 5\], got one for \[N, 4, 4, 3\]\.$/,
  );
  const graph = await modelFeatures(saveGraphModel(path.join(folder, 'four'), [4]));
  assert.throws(() => graph.extract(grey), /a model for parts of shape \[N, 8, 8, 1\], got one for \[N, 4\]\.$/);
  // 64 values in a row are what a model of 64 takes, from -1 … 1 to 0 … 1: 2 · (1 + 1) / 2 + 1.
  const row = await modelFeatures(saveGraphModel(path.join(folder, 'row'), [64]), {range: [0, 1]});
  assert.deepEqual(extractFeatures(row, grey), {data: new Float32Array(128).fill(3), shape: [2, 64]});
  const [a, b] = ['a', 'b'].map(name => tf.input({shape: [2], name}));
  const sum = tf.model({inputs: [a!, b!], outputs: tf.layers.add().apply([a!, b!]) as tf.SymbolicTensor});
  const two = await saveLayersModel(path.join(folder, 'two'), sum);
  await assert.rejects(modelFeatures(two), /to be a model with 1 input, got 2 inputs\.$/);
  assert.throws(() => rawFeatures('inception'), /Inception-v3/);
  await assert.rejects(modelFeatures(two, {range: [1, 0]}), /range to be a lower and a higher number, got \[1,0\]/);
  for (const one of [small, graph, row]) one.dispose();
  tf.dispose([grey, cube]);
});

test('files that are no models are refused by name', async () => {
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  };
  await assert.rejects(modelFeatures(path.join(folder, 'nothing')), /nothing/);
  await assert.rejects(
    modelFeatures(write('a.json', 'no')),
    /a\.json to be a TensorFlow\.js model\.json, got a file that is not JSON/,
  );
  await assert.rejects(modelFeatures(write('b.json', '{}')), /without modelTopology and weightsManifest/);
  const outside = {modelTopology: {}, weightsManifest: [{paths: ['../../etc/passwd'], weights: []}]};
  await assert.rejects(modelFeatures(write('c.json', JSON.stringify(outside))), /weights lie beside it/);
});

test('features are kept by content: other parts or another extractor are computed anew, a torn file too', () => {
  let runs = 0;
  const counted: FeatureExtractor = {
    ...rawFeatures('pixels'),
    extract: parts => {
      runs++;
      return rawFeatures().extract(parts);
    },
  };
  const cache = path.join(folder, 'cache');
  const [first, second] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[1, 2.5]])];
  assert.deepEqual([...storedFeatures(counted, first, cache).data], [1, 2]);
  assert.deepEqual(storedFeatures(counted, first, cache), {data: Float32Array.of(1, 2), shape: [1, 2]});
  assert.equal(runs, 1);
  storedFeatures(counted, second, cache);
  storedFeatures({...counted, fingerprint: 'another'}, first, cache);
  assert.equal(runs, 3);
  for (const file of fs.readdirSync(cache)) fs.writeFileSync(path.join(cache, file), 'torn');
  assert.deepEqual([...storedFeatures(counted, first, cache).data], [1, 2]);
  assert.equal(runs, 4);
  tf.dispose([first, second]);
});

test('an evaluation measures in the features that it is given, named in the record', () => {
  const dataset = loadDigits();
  const {image, caption} = dataset.modalities;
  const rows = dataset.rows('test').map(({parts, ...rest}) => ({...rest, parts: {picture: parts['image']!, image: parts['image']!, caption: parts['caption']!}})); // biome-ignore format: one part twice
  const modalities = {picture: image!, image: image!, caption: caption!};
  const own = {...dataset, modalities, classNames: dataset.classNames, name: 'two', rows: () => rows};
  const oracles = loadOracles();
  const model = buildFakeModel(rows, modalities, row => row);
  const raw = rawFeatures('pixels');
  const coarse: FeatureExtractor = {
    ...raw,
    fingerprint: 'coarse',
    extract: parts => tf.tidy(() => raw.extract(tf.avgPool(parts as tf.Tensor4D, 7, 7, 'valid'))),
  };
  const options = {seed: 1, count: 120, featureFolder: path.join(folder, 'evaluation')};
  const plain = evaluateModel(model, own, oracles, options);
  assert.deepEqual(Object.keys(plain.frechet), ['image']);
  const got = evaluateModel(model, own, oracles, {...options, extractors: {picture: coarse, image: coarse}});
  disposeOracles(oracles);
  assert.deepEqual(Object.keys(got.frechet), ['picture', 'image']);
  assert.deepEqual([got.frechet['picture']!.features, got.frechet['picture']!.templates], ['pixels', null]);
  assert.equal(got.frechet['picture']!.value, got.frechet['image']!.value);
  assert.ok(got.frechet['image']!.templates! > got.frechet['image']!.real);
  assert.equal(plain.frechet['image']!.features, 'digit features');
  assert.equal(got.jointCoherence!.value, plain.jointCoherence!.value);
  assert.ok(fs.readdirSync(options.featureFolder).length > 0);
  assert.throws(
    () => evaluateModel(model, own, oracles, {...options, extractors: {sound: coarse}}),
    /Unknown modality of an extractor "sound"/,
  );
});
