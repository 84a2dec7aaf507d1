import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {after, before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {exitCodes, UserError} from '../../src/core/checks';
import {modelConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {partShape} from '../../src/core/types';
import {MultimodalGan} from '../../src/model/multimodal-gan';
import {CrossModalEncoder, Discriminator, Generator} from '../../src/model/players';
import {loadModel, saveModel} from '../../src/model/serialization';
import {tinyModalities, tinyModel} from '../support/tiny-data';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'model-'));
let model: MultimodalGan;

before(async () => {
  await selectBackend();
  const config = modelConfig(tinyModalities, tinyModel);
  const content = {
    components: 2,
    dim: 8,
    weights: Float32Array.of(0.3, 0.7),
    means: new RandomStream(1, 'm').normals(16),
    deviations: new Float32Array(16).fill(0.1),
  };
  model = new MultimodalGan(
    config,
    new CrossModalEncoder(config, 1),
    new Generator(config, 1),
    new Discriminator(config, 1),
    {content, styleDeviations: {front: 1, side: 1.5, name: 1}},
  );
});
after(() => {
  model.dispose();
  fs.rmSync(folder, {recursive: true, force: true});
});

const values = (parts: Record<string, tf.Tensor>) =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.dataSync().slice()]));
const random = (name: string, count: number) =>
  tf.tensor(new RandomStream(2, name).normals(count * partShape(tinyModalities[name]!).reduce((a, b) => a * b, 1)), [
    count,
    ...partShape(tinyModalities[name]!),
  ]);

test('generate: shapes in the modalities’ units, the same for the same seed, others for another', () => {
  const alive = tf.memory().numTensors;
  const parts = model.generate(5, {seed: 3});
  for (const [name, part] of Object.entries(parts))
    assert.deepEqual(part.shape, [5, ...partShape(tinyModalities[name]!)]);
  const again = model.generate(5, {seed: 3});
  const other = model.generate(5, {seed: 4});
  assert.deepEqual(values(again), values(parts));
  assert.notDeepEqual(values(other), values(parts));
  tf.dispose([parts, again, other]);
  assert.equal(tf.memory().numTensors, alive);
  assert.throws(() => model.generate(0, {seed: 1}), /Expected count to be a positive integer, got 0\./);
});

test('more than one chunk is the same as row by row', () => {
  tf.tidy(() => {
    const front = random('front', 300);
    const all = model.encode({parts: {front}});
    assert.deepEqual(all.shape, [300, 8]);
    const last = model.encode({parts: {front: front.slice(299, 1)}});
    last.dataSync().forEach((value, i) => {
      assert.ok(Math.abs(value - all.dataSync()[299 * 8 + i]!) < 1e-5);
    });
  });
});

test('complete keeps what was observed, bit for bit, and fills the rest; the filler does not matter', () => {
  tf.tidy(() => {
    const parts = {front: random('front', 3), side: random('side', 3), name: random('name', 3)};
    const present = {front: tf.tensor1d([1, 0, 1]), side: tf.tensor1d([0, 1, 0]), name: tf.tensor1d([0, 0, 1])};
    const done = values(model.complete({parts, present}, {seed: 1}));
    const noise = {...parts, side: parts.side.add(tf.tensor4d([9, 0, 9], [3, 1, 1, 1]))};
    assert.deepEqual(values(model.complete({parts: noise, present}, {seed: 1})), done);
    assert.deepEqual(done['front']!.slice(0, 64), parts.front.dataSync().slice(0, 64));
    assert.notDeepEqual(done['front']!.slice(64, 128), parts.front.dataSync().slice(64, 128));
    assert.deepEqual(done['side']!.slice(288, 576), parts.side.dataSync().slice(288, 576));
    const alone = values(model.complete({parts: {front: parts.front}}, {seed: 1}));
    assert.deepEqual(alone['front'], parts.front.dataSync());
  });
});

test('discriminate: totals are sums over what is present', () => {
  tf.tidy(() => {
    const parts = {front: random('front', 4), side: random('side', 4)};
    const present = {front: tf.tensor1d([1, 1, 1, 1]), side: tf.tensor1d([1, 0, 1, 0])};
    const {total, realism, agreement} = model.discriminate({parts, present});
    assert.ok(realism['name']!.dataSync().every(value => value === 0));
    assert.equal(Math.abs(realism['side']!.dataSync()[1]!), 0);
    const sum = tf.addN([...Object.values(realism), ...Object.values(agreement)]).dataSync();
    assert.deepEqual(sum, total.dataSync());
    assert.ok(sum.every(value => value !== 0));
  });
});

test('discriminate judges any number of examples, each by itself', () => {
  tf.tidy(() => {
    const front = random('front', 300);
    const total = (x: tf.Tensor) => model.discriminate({parts: {front: x}}).total.dataSync();
    const all = total(front);
    for (const [begin, size] of [
      [0, 1],
      [3, 9],
      [293, 7],
    ] as const) {
      const some = total(front.slice(begin, size));
      assert.ok(some.every((score, i) => Math.abs(score - all[begin + i]!) < 1e-4));
    }
  });
});

test('memory does not grow with the number of chunks', () => {
  const peak = (count: number) =>
    tf.tidy(() => {
      const front = random('front', count);
      const start = tf.memory().numBytes;
      let most = 0;
      const engine = tf.engine();
      const original = engine.runKernel;
      engine.runKernel = function (this: typeof engine, ...args: Parameters<typeof original>) {
        most = Math.max(most, tf.memory().numBytes - start);
        return original.apply(this, args);
      } as typeof original;
      try {
        model.complete({parts: {front}}, {seed: 1});
      } finally {
        engine.runKernel = original;
      }
      return most;
    });
  const [one, four] = [peak(256), peak(1024)];
  assert.ok(four < 2 * one, `${one} bytes for one chunk, ${four} for four`);
});

test('wrong input is named', () => {
  tf.tidy(() => {
    assert.throws(
      () => model.encode({parts: {}}),
      /Expected at least one of the modalities front, side, name, got none\./,
    );
    assert.throws(
      () => model.encode({parts: {frnt: tf.zeros([1, 8, 8, 1])}}),
      /Unknown modality "frnt"; choose front, side or name\./,
    );
    assert.throws(
      () => model.encode({parts: {front: tf.zeros([2, 8, 9, 1])}}),
      /Expected front of shape \[2, 8, 8, 1\], got \[2, 8, 9, 1\]\./,
    );
    assert.throws(
      () => model.encode({parts: {front: tf.zeros([2, 8, 8, 1])}, present: {front: tf.tensor1d([1, 0])}}),
      /Expected every example to show a modality, got none in row 1\./,
    );
  });
});

test('a model is saved over a model only: what else stands there is refused and left alone', () => {
  const foreign = path.join(folder, 'site');
  fs.mkdirSync(foreign);
  fs.writeFileSync(path.join(foreign, 'config.json'), '{"format": "website"}');
  assert.throws(() => saveModel(model, foreign), {
    name: 'UserError',
    message:
      /^Expected the model's folder to be a new or an empty folder, or .*, got .*site, which holds other things\.$/,
    exitCode: 4,
  });
  assert.deepEqual(fs.readdirSync(foreign), ['config.json']);
  assert.deepEqual(fs.readdirSync(folder), ['site']);
  fs.rmSync(foreign, {recursive: true});
});

test('saved and loaded: weights and answers bit-equal; nothing leaks', () => {
  const target = path.join(folder, 'model');
  saveModel(model, target);
  saveModel(model, target); // over an older one
  assert.deepEqual(fs.readdirSync(folder), ['model']);
  const alive = tf.memory().numTensors;
  const loaded = loadModel(target);
  assert.deepEqual(loaded.config, model.config);
  const [a, b] = [model.generate(3, {seed: 2}), loaded.generate(3, {seed: 2})];
  assert.deepEqual(values(a), values(b));
  tf.dispose([a, b]);
  loaded.dispose();
  assert.equal(tf.memory().numTensors, alive);
});

test('a damaged or foreign model folder is refused with the file’s name, and leaks nothing', () => {
  const target = path.join(folder, 'damaged');
  const alive = tf.memory().numTensors;
  const refuses = (damage: () => void, message: RegExp) => {
    fs.rmSync(target, {recursive: true, force: true});
    saveModel(model, target);
    damage();
    assert.throws(
      () => loadModel(target),
      error =>
        error instanceof UserError &&
        error.exitCode !== exitCodes.bug &&
        message.test(error.message) &&
        !error.message.includes('\n'),
    );
  };
  const file = (name: string) => path.join(target, name);
  refuses(() => fs.rmSync(file('prior.safetensors')), /Cannot read weights .*prior\.safetensors: no such file\./);
  refuses(() => fs.truncateSync(file('generator.safetensors'), 5000), /generator\.safetensors/);
  refuses(
    () => fs.copyFileSync(file('encoder.safetensors'), file('generator.safetensors')),
    /generator\.safetensors to be made for this config, got an extra tensor/,
  );
  refuses(() => fs.writeFileSync(file('config.json'), '{'), /config\.json to be a JSON file/);
  refuses(
    () => fs.writeFileSync(file('config.json'), '{"format": "other"}'),
    /config\.json to be of format "multimodal-gan model", got "other"\./,
  );
  refuses(
    () =>
      fs.writeFileSync(
        file('config.json'),
        fs.readFileSync(file('config.json'), 'utf8').replace('contentDim', 'contentdim'),
      ),
    /config\.json/,
  );
  refuses(
    () =>
      fs.writeFileSync(
        file('config.json'),
        fs.readFileSync(file('config.json'), 'utf8').replace('"styleDim": 4', '"styleDim": 5'),
      ),
    /of shape/,
  );
  assert.throws(() => loadModel(path.join(folder, 'nowhere')), /Cannot read model .*config\.json: no such file\./);
  assert.equal(tf.memory().numTensors, alive);
});
