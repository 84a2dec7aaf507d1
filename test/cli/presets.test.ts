/** `train --preset`: what it writes and says, and what it refuses. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {test} from 'node:test';
import {readSafetensors} from '../../src/model/weights';
import {runCommand, temporaryFolder} from './support';

const folder = temporaryFolder('presets-test');
test.after(() => fs.rmSync(folder, {recursive: true}));

test('a preset as published: errors and findings are said, weights, figures and the record are written', async () => {
  const out = path.join(folder, 'perceptron');
  const args = ['train', '--preset', 'perceptron', '--as-published', '--epochs', '1', '--seed', '4', '--out', out];
  const {code, stdout, errors} = await runCommand(args);
  assert.deepEqual([code, errors], [0, []]);
  assert.match(stdout, /^perceptron: .*\nas published; its errors are kept:\n {2}- L_D is printed as the game's value/);
  assert.match(stdout, /toy: D of real +\S+ {2}mean probability/);
  assert.match(stdout, /Next: multimodal-gan train --preset perceptron, the corrected form/);
  const names = ['discriminator.safetensors', 'figure-1.png', 'generator.safetensors', 'losses.png', 'preset.json'];
  assert.deepEqual(fs.readdirSync(out).sort(), names);
  const record = JSON.parse(fs.readFileSync(path.join(out, 'preset.json'), 'utf8'));
  assert.deepEqual(
    [record.preset, record.variant, record.seed, record.history.length],
    ['perceptron', 'asPublished', 4, 1],
  );
  const {tensors} = readSafetensors(path.join(out, 'generator.safetensors'));
  assert.deepEqual(tensors['generator/dense3/kernel']!.shape, [128, 10]);
  // Watched op by op it plays the same game.
  const watched = path.join(folder, 'watched');
  const again = await runCommand([...args.slice(0, -1), watched, '--debug-nan']);
  assert.deepEqual([again.code, again.errors], [0, []]);
  const {findings} = JSON.parse(fs.readFileSync(path.join(watched, 'preset.json'), 'utf8'));
  assert.equal(findings.length, record.findings.length);
  // Its like may be replaced, a model may not.
  const other = await runCommand(['train', '--steps', '1', '--out', out]);
  assert.equal(other.code, 4);
});

test('--loss: the corrected perceptron by mean squared error; the record and the screen say so', async () => {
  const out = path.join(folder, 'squared');
  const args = ['train', '--preset', 'perceptron', '--loss', 'meanSquaredError', '--epochs', '1', '--out', out];
  const {code, stdout, errors} = await runCommand(args);
  assert.deepEqual([code, errors], [0, []]);
  assert.match(stdout, /\ntrained by meanSquaredError, measured:\n/);
  const record = JSON.parse(fs.readFileSync(path.join(out, 'preset.json'), 'utf8'));
  assert.deepEqual([record.variant, record.loss], ['corrected', 'meanSquaredError']);
});

test('what a preset refuses, each in one line', async () => {
  for (const [args, line] of [
    [['--preset', 'perceptrn'], /^Unknown preset "perceptrn"; choose deep-stack.* perceptron.*\.$/],
    [['--preset', 'perceptron', '--minutes', '3'], /^Expected no --minutes with a preset/],
    [['--epochs', '3'], /^Expected --preset with --epochs, got none\.$/],
    [['--loss', 'crossEntropy'], /^Expected --preset with --loss, got none\.$/],
    [
      ['--preset', 'perceptron', '--loss', 'hinge'],
      /^Unknown loss of perceptron "hinge"; choose crossEntropy or meanSquaredError\.$/,
    ],
    [['--preset', 'dcgan', '--loss', 'hinge'], /^Expected no loss for dcgan, which has its own, got "hinge"\.$/],
    [
      ['--preset', 'perceptron', '--as-published', '--loss', 'crossEntropy'],
      /^Expected no loss for perceptron as published, which has its own, got "crossEntropy"\.$/,
    ],
    [['--as-published'], /^Expected --preset with --as-published, got none\.$/],
    [['--preset', 'perceptron', '--epochs', '0'], /^Expected --epochs to be an integer of at least 1/],
  ] as const) {
    const {code, errors} = await runCommand(['train', ...args]);
    assert.equal(code, 2);
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, line);
  }
});
