import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {tf} from '../../src/core/tensorflow';
import {fusionMethods} from '../../src/fusion/fusion';
import {loadModel, saveModel} from '../../src/model/serialization';
import {trainFlagship} from '../../src/training/flagship';
import type {Progress} from '../../src/training/progress';
import {tinyData, tinyFeatures, tinyIncompleteData, tinyModel, tinyTrain} from '../support/tiny-data';

before(async () => {
  await selectBackend();
});

test('trains on any named modalities, incomplete ones too; reports every step; leaks nothing', async () => {
  for (const data of [tinyData, tinyIncompleteData]) {
    const alive = tf.memory().numTensors;
    const seen: Progress[] = [];
    const result = await trainFlagship(data, tinyFeatures, {
      model: tinyModel,
      train: tinyTrain,
      onProgress: p => seen.push(p),
    });
    assert.equal(result.history.encoder.length, 6);
    assert.equal(result.history.adversarial.length, 6);
    assert.deepEqual([...new Set(seen.map(p => p.phase))], ['encoder', 'prior', 'adversarial', 'statistics']);
    assert.deepEqual([result.steps, result.encoderSteps, result.interrupted], [6, 6, false]);
    assert.ok(seen.every(p => Object.values(p.losses).every(Number.isFinite)));
    result.model.dispose();
    assert.equal(tf.memory().numTensors, alive);
  }
});

test('where the config leaves it to them, the data tell how many Gaussians the prior has; saved and loaded', async () => {
  const {model} = await trainFlagship(tinyData, tinyFeatures, {
    model: {...tinyModel, priorComponents: null},
    train: {...tinyTrain, steps: 1, encoderSteps: 1},
  });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'flagship-'));
  saveModel(model, path.join(folder, 'model'));
  const loaded = loadModel(path.join(folder, 'model'));
  fs.rmSync(folder, {recursive: true});
  // 24 examples are too few to hold any out.
  for (const {prior, config} of [model, loaded]) {
    assert.deepEqual([prior.content.components, config.priorComponents], [20, null]);
  }
  model.dispose();
  loaded.dispose();
});

test('every fusion trains in E and in D, and what it made can be used, saved and loaded', async () => {
  for (const fusion of fusionMethods) {
    const result = await trainFlagship(tinyIncompleteData, tinyFeatures, {
      model: {...tinyModel, fusion, discriminatorFusion: fusion},
      train: {...tinyTrain, steps: 2, encoderSteps: 3},
    });
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fusion-'));
    saveModel(result.model, folder);
    const loaded = loadModel(folder);
    fs.rmSync(folder, {recursive: true});
    assert.deepEqual([loaded.config.fusion, loaded.config.discriminatorFusion], [fusion, fusion]);
    tf.tidy(() => {
      const made = [result.model, loaded].map(model => {
        const parts = model.generate(3, {seed: 1});
        const {side, name} = parts;
        const completed = model.complete({parts: {name: name!}}, {seed: 2})['front']!;
        const whole = model.discriminator.judge(parts, 'stored').whole!;
        return [side!, completed, whole.realism, whole.projection].map(tensor => [...tensor.dataSync()]);
      });
      assert.ok(made[0]!.flat().every(Number.isFinite), fusion);
      assert.deepEqual(made[1], made[0], fusion);
    });
    for (const model of [result.model, loaded]) model.dispose();
  }
});

test('words drawn by Gumbel softmax: hard and soft, compiled and not, the same to the last bit; nothing is left behind', async () => {
  const alive = tf.memory().numTensors;
  const weights = async (hard: boolean, compile: boolean) => {
    const wordSampling = {start: 1, end: 0.5, hard};
    const result = await trainFlagship(tinyIncompleteData, tinyFeatures, {
      model: tinyModel,
      train: {...tinyTrain, wordSampling, compile},
    });
    const {parameters} = result.model.generator;
    const found = Object.values(parameters.trainable).map(variable => [...variable.dataSync()]);
    // Words that D met drawn are drawn in use.
    assert.equal(result.model.prior.hardWords, hard || undefined);
    result.model.dispose();
    return found;
  };
  const [soft, hard] = [await weights(false, true), await weights(true, true)];
  assert.deepEqual(await weights(true, false), hard);
  assert.notDeepEqual(soft, hard);
  assert.equal(tf.memory().numTensors, alive);
});

test('a run that fails gives back its memory', async () => {
  const alive = tf.memory().numTensors;
  const failing = {encode: () => new Float32Array(1000)};
  await assert.rejects(trainFlagship(tinyData, failing, {model: tinyModel, train: tinyTrain}));
  await assert.rejects(
    trainFlagship(tinyData, tinyFeatures, {model: tinyModel, train: {...tinyTrain, learningRate: 1e30, steps: 40}}),
    /loss became (NaN|-?Infinity) in step/,
  );
  assert.equal(tf.memory().numTensors, alive);
});

test('the encoder brings the parts of one example together', async () => {
  const result = await trainFlagship(tinyData, tinyFeatures, {
    model: tinyModel,
    train: {...tinyTrain, encoderSteps: 60, steps: 1},
  });
  const losses = result.history.encoder.map(entry => entry.losses['contrastive']!);
  // Two classes, four alike in a batch of eight: log 4 at best.
  assert.ok(losses.at(-1)! < losses[0]! - 0.3 && losses.at(-1)! > Math.log(4) - 0.4, `${losses[0]} → ${losses.at(-1)}`);
  result.model.dispose();
});

test('aborting ends early with a usable model', async () => {
  const abort = new AbortController();
  const result = await trainFlagship(tinyData, tinyFeatures, {
    model: tinyModel,
    train: {...tinyTrain, steps: 1000},
    signal: abort.signal,
    onProgress: p => p.phase === 'adversarial' && p.step === 3 && abort.abort(),
  });
  assert.deepEqual([result.interrupted, result.steps], [true, 3]);
  tf.tidy(() => {
    for (const part of Object.values(result.model.generate(2, {seed: 1})))
      assert.ok(part.dataSync().every(Number.isFinite));
  });
  result.model.dispose();
});

test('the same seed, backend and threads: weights bit-equal after 20 steps in two processes; another seed: others', () => {
  const run = (seed: number) =>
    execFileSync(
      process.execPath,
      ['--import', 'tsx', path.join(__dirname, '../support/weights-hash.ts'), String(seed)],
      {encoding: 'utf8'},
    ).trim();
  const [first, second, other] = [run(3), run(3), run(4)];
  assert.match(first, /^[0-9a-f]{64}$/);
  assert.equal(first, second);
  assert.notEqual(first, other);
});

test('compiled and plain training leave the same weights, bit for bit', async () => {
  const train = async (compile: boolean) => {
    const result = await trainFlagship(tinyIncompleteData, tinyFeatures, {
      model: tinyModel,
      train: {...tinyTrain, compile, steps: 30, encoderSteps: 12, r1Interval: 3},
    });
    const {encoder, generator, discriminator} = result.model;
    const weights = [encoder, generator, discriminator].flatMap(({parameters}) =>
      Object.values(parameters.all()).map(variable => variable.dataSync().slice()),
    );
    result.model.dispose();
    return {weights, losses: result.history.adversarial.map(({losses}) => losses)};
  };
  const [compiled, plain] = [await train(true), await train(false)];
  assert.deepEqual(compiled.losses, plain.losses);
  assert.deepEqual(compiled.weights, plain.weights);
});
