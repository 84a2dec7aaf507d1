import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {after, before, test} from 'node:test';
import fc from 'fast-check';
import {selectBackend} from '../../src/backend/select';
import {UserError} from '../../src/core/checks';
import {tf} from '../../src/core/tensorflow';
import {readCheckpoint} from '../../src/training/checkpoint';
import {type FlagshipResult, resumeFlagship, trainFlagship} from '../../src/training/flagship';
import {tinyData, tinyFeatures, tinyIncompleteData, tinyModel, tinyTrain} from '../support/tiny-data';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'checkpoint-'));
after(() => fs.rmSync(scratch, {recursive: true}));
before(async () => {
  await selectBackend();
});

const train = {...tinyTrain, steps: 24, encoderSteps: 6, r1Interval: 3};

function outcome({model, history, steps, encoderSteps}: FlagshipResult) {
  const {encoder, generator, discriminator} = model;
  const weights = [encoder, generator, discriminator].flatMap(({parameters}) =>
    Object.values(parameters.all()).map(variable => [...variable.dataSync()]),
  );
  model.dispose();
  return {weights, history, steps, encoderSteps};
}

test('a training that was stopped and goes on in another process ends as one that was not, bit for bit', async () => {
  for (const data of [tinyData, tinyIncompleteData]) {
    for (const compile of [true, false]) {
      const alive = tf.memory().numTensors;
      const whole = outcome(await trainFlagship(data, tinyFeatures, {model: tinyModel, train: {...train, compile}}));
      const folder = path.join(scratch, `stopped-${compile}`);
      const abort = new AbortController();
      const stopped = await trainFlagship(data, tinyFeatures, {
        model: tinyModel,
        train: {...train, compile},
        checkpoints: {folder, everySteps: 4},
        signal: abort.signal,
        onProgress: ({phase, step}) => phase === 'adversarial' && step === 11 && abort.abort(),
      });
      stopped.model.dispose();
      assert.equal(stopped.steps, 11);
      const resumed = await resumeFlagship(data, tinyFeatures, readCheckpoint(folder));
      assert.deepEqual(outcome(resumed), whole);
      assert.equal(tf.memory().numTensors, alive);
    }
  }
});

test('drawn words go on where they were, bit for bit; without wordSampling a checkpoint holds none', async () => {
  const sampled = {...train, wordSampling: {start: 1, end: 0.3, hard: true}};
  const whole = outcome(await trainFlagship(tinyData, tinyFeatures, {model: tinyModel, train: sampled}));
  const plain = outcome(await trainFlagship(tinyData, tinyFeatures, {model: tinyModel, train}));
  assert.notDeepEqual(whole.weights, plain.weights);
  for (const settings of [sampled, train]) {
    const folder = path.join(scratch, `words-${settings === sampled}`);
    const abort = new AbortController();
    const stopped = await trainFlagship(tinyData, tinyFeatures, {
      model: tinyModel,
      train: settings,
      checkpoints: {folder, everySteps: 4},
      signal: abort.signal,
      onProgress: ({phase, step}) => phase === 'adversarial' && step === 7 && abort.abort(),
    });
    stopped.model.dispose();
    const checkpoint = readCheckpoint(folder);
    assert.equal(
      'words' in checkpoint.state.source && checkpoint.state.source.words !== undefined,
      settings === sampled,
    );
    assert.deepEqual(
      outcome(await resumeFlagship(tinyData, tinyFeatures, checkpoint)),
      settings === sampled ? whole : plain,
    );
  }
});

test('checkpoints are written at their steps, each taking the place of the last', async () => {
  const folder = path.join(scratch, 'regular');
  const seen: number[] = [];
  const result = await trainFlagship(tinyData, tinyFeatures, {
    model: tinyModel,
    train: {...train, steps: 10},
    checkpoints: {folder, everySteps: 4},
    onProgress: ({phase, step}) => {
      if (phase === 'adversarial' && step > 4) seen.push(readCheckpoint(folder).state.step);
    },
  });
  result.model.dispose();
  assert.deepEqual(seen, [4, 4, 4, 4, 8, 8]);
  assert.deepEqual(
    fs.readdirSync(scratch).filter(name => name.startsWith('.')),
    [],
  );
});

test('a checkpoint of other data, and a damaged one, are refused by name', async () => {
  const folder = path.join(scratch, 'regular');
  const {side: _, ...others} = tinyData.modalities;
  const fewer = {...tinyData, modalities: others, pair: tinyData.pair};
  await assert.rejects(
    resumeFlagship(fewer, tinyFeatures, readCheckpoint(folder)),
    /Expected the data to be those of the checkpoint \(.*side/,
  );
  await assert.rejects(resumeFlagship(tinyIncompleteData, tinyFeatures, readCheckpoint(folder)), {
    message: 'Expected the data to be those of the checkpoint, got other training examples, or others of their parts.',
  });

  const damaged = path.join(scratch, 'damaged');
  const refuses = (file: string, change: (bytes: Buffer) => Buffer, message: RegExp) => {
    fs.cpSync(folder, damaged, {recursive: true});
    const whole = path.join(damaged, file);
    fs.writeFileSync(whole, change(fs.readFileSync(whole)));
    assert.throws(
      () => readCheckpoint(damaged),
      (error: unknown) => error instanceof UserError && message.test(error.message),
    );
  };
  refuses('checkpoint.json', bytes => bytes.subarray(0, 100), /checkpoint\.json/);
  refuses('checkpoint.json', bytes => Buffer.from(bytes.toString().replace('"version":2', '"version":9')), /version/);
  refuses(
    'checkpoint.json',
    bytes => Buffer.from(bytes.toString().replace('"version":2', '"version":1')),
    /to be of version 2, which says what data it is of, got 1\.$/,
  );
  refuses(
    'checkpoint.json',
    bytes => Buffer.from(bytes.toString().replace('"averageUpdates":', '"averageUpdates":-')),
    /averageUpdates/,
  );
  refuses('generator-optimizer.safetensors', bytes => bytes.subarray(0, bytes.length - 4), /generator-optimizer/);
});

test('whatever is in checkpoint.json, reading it ends well or with a message', () => {
  const folder = path.join(scratch, 'regular');
  const fuzzed = path.join(scratch, 'fuzzed');
  fs.cpSync(folder, fuzzed, {recursive: true});
  const file = path.join(fuzzed, 'checkpoint.json');
  const whole = fs.readFileSync(file);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), {minLength: 1, maxLength: 4}), changes => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      fs.writeFileSync(file, bytes);
      try {
        readCheckpoint(fuzzed);
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
      }
    }),
    {numRuns: 150},
  );
});
