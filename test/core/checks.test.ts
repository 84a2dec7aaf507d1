import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  assertInRange,
  assertPositiveInteger,
  assertShape,
  badInput,
  exitCodes,
  expected,
  unknownChoice,
} from '../../src/core/checks';
import {assertConfigsFit, defaultTrainConfig, modelConfig, trainConfig} from '../../src/core/config';
import {numFrames, partShape} from '../../src/core/types';

test('errors name the thing, the rule and the value', () => {
  assert.equal(
    expected('batchSize', 'a positive integer', 0).message,
    'Expected batchSize to be a positive integer, got 0.',
  );
  assert.equal(
    unknownChoice('fusion', 'sum', ['gated', 'attention']).message,
    'Unknown fusion "sum"; choose gated or attention.',
  );
  assert.equal(badInput('a.wav', 'a RIFF file', 'the bytes 1f 8b').exitCode, exitCodes.input);
  assert.throws(() => assertPositiveInteger('n', 1.5), /Expected n to be a positive integer, got 1\.5\./);
  assert.throws(() => assertInRange('share', Number.NaN, 0, 1), /Expected share to be between 0 and 1, got NaN\./);
  assert.throws(
    () => assertShape('images', [2, 28, 28], [null, 28, 28, 1]),
    /Expected images of shape \[N, 28, 28, 1\], got \[2, 28, 28\]\./,
  );
  assertShape('images', [2, 28, 28, 1], [null, 28, 28, 1]);
});

const image = {kind: 'image', height: 5, width: 7, channels: 3} as const;
const speech = {
  kind: 'audio',
  sampleRateHz: 8000,
  clipSamples: 1001,
  windowLengthSamples: 64,
  hopLengthSamples: 100,
  numMelBands: 9,
  minFrequencyHz: 20,
  maxFrequencyHz: 4000,
  floorDb: -60,
} as const;

test('shapes of parts: [H, W, C], [T, V], [M, F, 1]', () => {
  assert.deepEqual(partShape(image), [5, 7, 3]);
  assert.deepEqual(partShape({kind: 'text', vocabulary: ['<pad>', '<unk>', 'a'], maxTokens: 4}), [4, 3]);
  assert.deepEqual(partShape(speech), [9, 11, 1]);
  assert.equal(numFrames({...speech, clipSamples: 4096, hopLengthSamples: 128}), 32);
});

test('configs: defaults, overrides, unknown keys and wrong values by name', () => {
  assert.deepEqual(trainConfig(), defaultTrainConfig);
  assert.equal(trainConfig({batchSize: 32}).batchSize, 32);
  assert.equal(modelConfig({image}, {contentDim: 5}).contentDim, 5);
  assert.throws(() => trainConfig({batchsize: 32} as never), /Unknown key "batchsize" in train config\./);
  assert.throws(() => trainConfig({batchSize: 0}), /Wrong batchSize in train config: .*; got 0\./);
  assert.throws(
    () => trainConfig({wordSampling: {start: 0, end: 1, hard: true}}),
    /Wrong wordSampling\.start in train config: .*; got 0\./,
  );
  assert.deepEqual(trainConfig({wordSampling: {start: 2, end: 0.5, hard: false}}).wordSampling?.start, 2);
  assert.throws(
    () => modelConfig({image: {...image, heigth: 3} as never}),
    /Unknown key "modalities\.image\.heigth" in model config\./,
  );
  assert.throws(() => modelConfig({image}, {fusion: 'sum' as never}), /Wrong fusion in model config: .*got "sum"\./);
});

test('settings that cannot train: batches of one, averages that never move, groups that do not fill a batch', () => {
  for (const key of ['batchSize', 'encoderBatchSize'] as const) {
    assert.throws(() => trainConfig({[key]: 1}), new RegExp(`Wrong ${key} in train config: .*; got 1\\.`));
    assert.equal(trainConfig({[key]: 2})[key], 2);
  }
  for (const key of ['adamBeta1', 'adamBeta2', 'emaDecay'] as const) {
    assert.throws(() => trainConfig({[key]: 1}), new RegExp(`Wrong ${key} in train config: .*; got 1\\.`));
    assert.equal(trainConfig({[key]: 0})[key], 0);
  }
  assert.throws(() => modelConfig({image}, {modalities: {}} as never), /Unknown key "modalities" in model config/);
  const train = trainConfig({batchSize: 24});
  assert.throws(() => assertConfigsFit(train, {minibatchGroup: 16}), /batchSize to be a multiple of .*16, got 24\./);
  assert.doesNotThrow(() => assertConfigsFit(train, {minibatchGroup: 12}));
});
