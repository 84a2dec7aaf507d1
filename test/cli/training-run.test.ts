/** What a run will use: an option over the config file, the file over the defaults. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {test} from 'node:test';
import {Command} from 'commander';
import {listenForInterrupt} from '../../src/cli/interrupt';
import {originOf} from '../../src/cli/resume';
import type {RunRecord} from '../../src/cli/run-record';
import {addTrainingOptions, planTraining, repeatCommand, type TrainingPlan} from '../../src/cli/training-run';
import {modelConfig, trainConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import type {AdversarialPlayers} from '../../src/training/adversarial-phase';
import {type DataOrigin, writeCheckpoint} from '../../src/training/checkpoint';
import {tinyModalities} from '../support/tiny-data';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'training-run-test-'));
const file = path.join(folder, 'run.json');
test.after(() => fs.rmSync(folder, {recursive: true}));

/** @param config what the file holds; without it there is none. */
function plan(config: object | null, ...args: string[]): TrainingPlan {
  if (config) fs.writeFileSync(file, JSON.stringify(config));
  const command = addTrainingOptions(new Command('train'), 'out/model');
  command.parse(config ? [...args, '--config', file] : args, {from: 'user'});
  return planTraining(command);
}

/** The four settings that options, file and defaults share. */
function settings(config: object | null, ...args: string[]): unknown[] {
  const {seed, minutes, steps, encoderSteps} = trainConfig(plan(config, ...args).training);
  return [seed, minutes, steps, encoderSteps];
}

test('without options or a file: the defaults', () => {
  assert.deepEqual(plan(null).training, {});
  assert.deepEqual(settings(null), [1, 4, null, null]);
});

test('a file goes over the defaults, at its top and in "training" alike', () => {
  assert.deepEqual(settings({seed: 7, steps: 30, encoderSteps: 20}), [7, 4, 30, 20]);
  assert.deepEqual(settings({training: {seed: 7, steps: 30, encoderSteps: 20}}), [7, 4, 30, 20]);
  assert.deepEqual(settings({seed: 7, training: {minutes: 9}}), [7, 9, null, null]);
});

test('an option goes over the file, wherever it says it', () => {
  for (const config of [{seed: 7, steps: 30}, {training: {seed: 7, steps: 30}}]) {
    assert.deepEqual(settings(config, '--seed', '3'), [3, 4, 30, null]);
    assert.deepEqual(settings(config, '--steps', '5'), [7, 4, 5, null]);
    assert.deepEqual(settings(config, '--minutes', '2'), [7, 2, null, null], 'a time that is asked for ends it');
  }
  assert.deepEqual(settings({minutes: 9}, '--steps', '5', '--encoder-steps', '6'), [1, 9, 5, 6]);
  assert.deepEqual(settings({training: {encoderSteps: 8}}, '--encoder-steps', '6'), [1, 4, null, 6]);
  // 1 is also the default: it was asked for all the same.
  assert.deepEqual(settings({training: {seed: 7}}, '--seed', '1'), [1, 4, null, null]);
});

test('a time and steps from one source are refused, from two they are not', () => {
  assert.throws(() => plan(null, '--steps', '3', '--minutes', '1'), {
    message: 'Expected --minutes or --steps, got both.',
  });
  for (const config of [{minutes: 1, steps: 3}, {minutes: 1, training: {steps: 3}}, {training: {minutes: 1, steps: 3}}])
    assert.throws(() => plan(config), {message: `${file}: Expected "minutes" or "steps", got both.`, exitCode: 2});
  assert.deepEqual(settings({minutes: 9, training: {steps: null}}), [1, 9, null, null]);
  assert.throws(() => plan({seed: 1, training: {seed: 2}}), {
    message: `${file}: Expected "seed" once, got it at the top and in "training".`,
  });
});

test('settings that cannot train are refused at once', () => {
  const refused: [config: object, message: RegExp][] = [
    [{training: {batchSize: 20}}, /Expected batchSize to be a multiple of the model's minibatchGroup, 8, got 20\.$/],
    [{training: {batchSize: 64}, model: {minibatchGroup: 12}}, /minibatchGroup, 12, got 64\.$/],
    [{training: {batchSize: 1}}, /Wrong batchSize in train config: .*; got 1\.$/],
    [{training: {encoderBatchSize: 1}}, /Wrong encoderBatchSize in train config: .*; got 1\.$/],
    [{training: {adamBeta1: 1}}, /Wrong adamBeta1 in train config: .*; got 1\.$/],
    [{training: {adamBeta2: 1}}, /Wrong adamBeta2 in train config: .*; got 1\.$/],
    [{model: {modalities: {}}}, /Unknown key "modalities" in model config: the data decide them\.$/],
  ];
  for (const [config, message] of refused)
    assert.throws(
      () => plan(config),
      (error: Error) => error.message.startsWith(`${file}: `) && message.test(error.message),
    );
  assert.doesNotThrow(() => plan({training: {batchSize: 24}, model: {minibatchGroup: 12}}));
});

test('going on from a checkpoint takes its settings, and no others', () => {
  const absent = path.join(folder, 'none');
  assert.throws(
    () => plan(null, '--resume', absent, '--steps', '5'),
    /Expected --resume without settings.*got steps too/,
  );
  assert.throws(() => plan({steps: 5}, '--resume', absent), /Expected --resume without settings.*got config too/);
  assert.throws(() => plan(null, '--resume', absent), /Cannot read checkpoint .*no such file/);
});

/** A checkpoint of a run with seed 7, without weights. */
function writeEmptyCheckpoint(name: string, origin?: DataOrigin): string {
  const checkpoint = path.join(folder, name);
  const player = {parameters: {all: () => ({})}};
  const players = {encoder: player, generator: player, average: player, discriminator: player};
  const optimizer = {kind: 'adam', step: 0, slots: {}};
  const random = new RandomStream(7, 'test').saveState();
  writeCheckpoint(checkpoint, players as unknown as AdversarialPlayers, {
    fingerprint: 'of none',
    origin,
    model: modelConfig(tinyModalities),
    train: trainConfig({seed: 7}),
    encoderSteps: 1,
    seconds: {encoder: 1, total: 2},
    history: {encoder: [], adversarial: []},
    state: {
      step: 0,
      totalSteps: 9,
      averageUpdates: 0,
      optimizers: {generator: optimizer, discriminator: optimizer},
      source: {examples: {epochFrom: null, position: 0}, subsets: random, styles: random, shifts: random},
    },
  });
  return checkpoint;
}

test('going on takes data, hidden parts and seed from the checkpoint', () => {
  const missing = {image: {three: 0.9}, speech: 0.5};
  const data = {data: 'digits', images: path.resolve('mine')};
  const checkpoint = writeEmptyCheckpoint('origin', originOf({data: 'digits', images: 'mine'}, missing));
  for (const same of [[], ['--data', 'digits'], ['--images', './mine']]) {
    const {options, missing: hidden, training} = plan(null, '--resume', checkpoint, ...same);
    assert.deepEqual([options.data, options.images, options.speech], [data.data, data.images, undefined]);
    assert.deepEqual([hidden, training.seed], [missing, 7]);
  }
});

test('other data and other hidden parts than the checkpoint holds are refused in one line', () => {
  const of = (options: {data: string; images?: string}, rates: TrainingPlan['missing']) =>
    writeEmptyCheckpoint('origin', originOf(options, rates));
  const refuses = (checkpoint: string, args: string[], held: string, got: string) =>
    assert.throws(() => plan(null, '--resume', checkpoint, ...args), {
      message: `Expected --resume with the data of its checkpoint (${held}), got ${got}.`,
      exitCode: 2,
    });
  const digits = of({data: 'digits'}, {image: 0.5});
  refuses(digits, ['--data', 'shapes'], '--data digits', '--data shapes');
  refuses(digits, ['--images', '/mine'], '--images left out', '--images /mine');
  refuses(digits, ['--missing', 'image=0.4'], '0.5 of image hidden', '0.4 of image hidden');
  assert.doesNotThrow(() => plan(null, '--resume', digits, '--missing', 'image=0.5'));
  refuses(of({data: 'digits'}, {}), ['--missing', 'image=0.4'], 'nothing hidden', '0.4 of image hidden');
});

test('the checkpoint of a program says nothing of options: they are taken as they are given', () => {
  const checkpoint = writeEmptyCheckpoint('program');
  const {options, missing} = plan(null, '--resume', checkpoint, '--data', 'shapes', '--missing', 'image=0.5');
  assert.deepEqual([options.data, missing], ['shapes', {image: 0.5}]);
});

test('a folder that holds other things is not taken for checkpoints', () => {
  assert.throws(() => plan(null, '--checkpoint', folder), /Expected --checkpoint to be a new or an empty folder/);
});

test('the command that repeats a timed run names its steps, its seed, its data and its file', () => {
  const record = {steps: 812, encoderSteps: 640, seed: -3} as RunRecord;
  assert.equal(
    repeatCommand('npm start --', plan(null, '--minutes', '4'), record),
    'npm start -- --steps 812 --encoder-steps 640 --seed -3',
  );
  assert.equal(
    repeatCommand('multimodal-gan train', plan({minutes: 2}, '--images', "my father's digits"), record),
    `multimodal-gan train --steps 812 --encoder-steps 640 --seed -3 --images 'my father'\\''s digits' --config ${file}`,
  );
  assert.match(repeatCommand('train', plan(null, '--missing', 'image=0.5'), record), / --missing image=0\.5$/);
  // By class they stand in the file, which is named.
  const byClass = {missing: {image: {three: 0.9}}};
  assert.match(repeatCommand('train', plan(byClass), record), /--seed -3 --config \S+$/);
});

test('a second Ctrl-C ends at once and shows the cursor again', t => {
  const exits: unknown[] = [];
  const written: unknown[] = [];
  t.mock.method(process, 'exit', (code: unknown) => exits.push(code));
  t.mock.method(process.stderr, 'write', (text: unknown) => written.push(text) > 0);
  const wasTTY = process.stderr.isTTY;
  process.stderr.isTTY = true;
  const said: string[] = [];
  const interruption = listenForInterrupt(line => said.push(line));
  try {
    process.emit('SIGINT');
    assert.deepEqual([interruption.signal.aborted, said.length, exits], [true, 1, []]);
    process.emit('SIGINT');
    assert.deepEqual([exits, written, said.length], [[130], ['\u001b[?25h'], 1]);
  } finally {
    process.stderr.isTTY = wasTTY;
    interruption[Symbol.dispose]();
  }
});
