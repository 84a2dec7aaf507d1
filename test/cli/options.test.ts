import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {test} from 'node:test';
import {Command} from 'commander';
import {applyConfigFile} from '../../src/cli/config-file';
import {assertDataFit} from '../../src/cli/data-options';
import {choiceOption, integerOption, listOption, positiveOption} from '../../src/cli/options';

test('numbers: what is read and what is refused', () => {
  assert.equal(integerOption('--count', 1)('12'), 12);
  assert.equal(integerOption('--seed', Number.MIN_SAFE_INTEGER)('-3'), -3);
  assert.equal(positiveOption('--minutes')('0.5'), 0.5);
  for (const text of ['0', '1.5', 'many', '', '1e30']) {
    assert.throws(() => integerOption('--count', 1)(text), {
      message: `Expected --count to be an integer of at least 1, got "${text}".`,
      exitCode: 2,
    });
  }
  for (const text of ['0', '-1', 'x', ' ', 'Infinity']) {
    assert.throws(
      () => positiveOption('--minutes')(text),
      /^UserError: Expected --minutes to be a number above 0, got /,
    );
  }
});

test('choices and lists name what is wrong and what is there', () => {
  assert.equal(choiceOption('split', ['test', 'validation'])('validation'), 'validation');
  assert.throws(() => choiceOption('split', ['test', 'validation'])('train'), {
    message: 'Unknown split "train"; choose test or validation.',
  });
  assert.deepEqual(listOption('format', ['png', 'wav', 'npy'])('png, npy,png'), ['png', 'npy']);
  assert.throws(() => listOption('format', ['png', 'wav'])('png,gif'), {
    message: 'Unknown format "gif"; choose png or wav.',
  });
  assert.throws(() => listOption('given', null)('image,'), /^UserError: Expected --given to be names with commas/);
});

const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'config-test-')), 'run.json');
test.after(() => fs.rmSync(path.dirname(file), {recursive: true}));

/** What the command would run with. */
function configured(json: string, ...args: string[]): Record<string, unknown> {
  fs.writeFileSync(file, json);
  const command = new Command('train')
    .option('--config <file>')
    .option('--minutes <minutes>', '', positiveOption('--minutes'), 4)
    .option('--seed <seed>', '', integerOption('--seed', Number.MIN_SAFE_INTEGER), 1)
    .option('--resume', '', false)
    .option('--out <dir>', '', 'out');
  command.parse(args, {from: 'user'});
  const sections = applyConfigFile(command, file, ['training']);
  return {...command.opts(), ...sections};
}

test('a config file overrides defaults, the command line overrides the file', () => {
  const json = '{"minutes": 0.25, "seed": 5, "resume": true, "training": {"batchSize": 16}}';
  const options = configured(json, '--seed', '9');
  assert.deepEqual(options, {minutes: 0.25, seed: 9, resume: true, out: 'out', training: {batchSize: 16}});
});

test('a config file with a fault: one line that names the file and the key', () => {
  const faults: [json: string, message: RegExp][] = [
    ['{"minuets": 4}', /run\.json: Unknown key "minuets"; choose minutes, seed, resume, out or training\.$/],
    ['{"minutes": -4}', /^Expected --minutes to be a number above 0, got "-4"\.$/],
    ['{"minutes": [4]}', /^Expected "minutes" in .*run\.json to be a text, a number or a truth value, got \[4\]\.$/],
    ['{"resume": "yes"}', /^Expected "resume" in .*run\.json to be true or false, got "yes"\.$/],
    ['{"minutes": true}', /^Expected "minutes" in .*run\.json to be a text or a number, got true\.$/],
    ['{"out": 5}', /^Expected "out" in .*run\.json to be a text, got 5\.$/],
    ['{"training": 3}', /^Expected "training" in .*run\.json to be an object, got 3\.$/],
    ['{"config": "other.json"}', /Unknown key "config"/],
    ['[1]', /^Expected .*run\.json to be a JSON object, got \[1\]\.$/],
    ['{"minutes": 4', /^Expected .*run\.json to be JSON, got [^\n]+$/],
  ];
  for (const [json, message] of faults) assert.throws(() => configured(json), {name: 'UserError', message});
  assert.throws(() => applyConfigFile(new Command(), path.join(file, '..', 'absent.json')), {
    message: /^Cannot read the config file .*absent\.json: no such file\.$/,
    exitCode: 3,
  });
});

test('a model of other modalities: the first setting that differs is named', () => {
  const image = {kind: 'image', height: 28, width: 28, channels: 1} as const;
  const words = ['<pad>', '<unk>', ...Array.from({length: 40}, (_, i) => `word${i}`)];
  const caption = {kind: 'text', vocabulary: words, maxTokens: 8} as const;
  const dataset = {name: 'digits', modalities: {image, caption}} as unknown as Parameters<typeof assertDataFit>[0];
  assert.doesNotThrow(() => assertDataFit(dataset, {image: {...image}, caption}, 'out/m'));
  assert.throws(() => assertDataFit(dataset, {image}, 'out/m'), {
    message: 'Expected out/m to be a model of the modalities of digits (image, caption), got "image".',
    exitCode: 3,
  });
  assert.throws(() => assertDataFit(dataset, {image: {...image, width: 32, channels: 3}, caption}, 'out/m'), {
    message: 'Expected out/m to be a model whose image has the width 28, got 32.',
  });
  const other = {...caption, vocabulary: words.slice(0, 3)};
  assert.throws(() => assertDataFit(dataset, {image, caption: other}, 'out/m'), {
    message: /^Expected out\/m to be a model whose caption has the vocabulary \["<pad>".{40,50}…, got .*"word0"\].*\.$/,
  });
});
