/** `evaluate --features`: distances in the features of a network of one's own, from the command line and from a config file. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {featureOption, featuresOfConfig} from '../../src/cli/feature-options';
import {writeNpy} from '../../src/cli/npy';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {saveGraphModel, saveLayersModel} from '../evaluation/saved-models';
import {type Outcome, runCommand, temporaryFolder} from './support';

const folder = temporaryFolder('features-test');
// Features of real data are kept between evaluations; here for as long as this test lives.
process.env['XDG_CACHE_HOME'] = folder;
test.after(() => fs.rmSync(folder, {recursive: true}));
const inside = (...names: string[]): string => path.join(folder, ...names);
const run = (...args: string[]): Promise<Outcome> => runCommand(args, {cwd: folder});
const count = 20;

before(async () => {
  await selectBackend();
  const stream = new RandomStream(1, 'features-test');
  fs.mkdirSync(inside('peer'));
  const values = Float32Array.from({length: count * 784}, () => 2 * stream.uniform() - 1);
  writeNpy(inside('peer', 'image.npy'), values, [count, 28, 28]);
  const network = tf.sequential({
    layers: [
      tf.layers.conv2d({inputShape: [14, 14, 1], filters: 3, kernelSize: 3, strides: 3, name: 'seen'}),
      tf.layers.flatten(),
      tf.layers.dense({units: 2}),
    ],
  });
  await saveLayersModel(inside('net'), network);
  network.dispose();
  saveGraphModel(inside('graph'), [28, 28, 1]);
  saveGraphModel(inside('sentences'), [5, 9]);
});

test('how features are asked for', () => {
  const image = {model: 'a=b/c,d', output: 'x/y:0', name: 'my net', range: [0, 255]};
  const asked = featureOption('image=a=b/c,d,output=x/y:0,name=my net,range=0..255', {speech: {model: 'raw'}});
  assert.deepEqual(asked, {speech: {model: 'raw'}, image});
  assert.deepEqual(featuresOfConfig('f', {speech: 'raw', image}), asked);
  for (const text of ['image', '=raw', 'image='])
    assert.throws(() => featureOption(text, {}), /Expected --features to be/);
  assert.throws(() => featureOption('image=a,range=1..0', {}), /LOW\.\.HIGH, as 0\.\.1, got "1\.\.0"/);
  assert.throws(() => featuresOfConfig('f.json', {image: 3}), /"features\.image" in f\.json.* got 3/);
  assert.throws(() => featuresOfConfig('f.json', {image: {}}), /"model" of "features\.image" in f\.json/);
  assert.throws(() => featuresOfConfig('f.json', {image: {model: 'a', outptu: 'b'}}), /Unknown key "outptu"/);
  assert.throws(() => featuresOfConfig('f.json', {image: {model: 'a', range: [2, 1]}}), /"range"/);
});

test('a layers model, a graph model and raw values: every place names the features', async () => {
  const cases = [
    ['net,output=seen', 'features of net'],
    ['graph,name=doubled pixels', 'doubled pixels'],
    ['raw', 'pixels'],
  ] as const;
  for (const [i, [asked, features]] of cases.entries()) {
    const outcome = await run('evaluate', '--samples', 'peer', '--features', `image=${asked}`, '--report', `r${i}`);
    assert.equal(outcome.code, 0, outcome.stderr);
    const name = `Fréchet distance, ${features}`;
    assert.match(outcome.stdout, new RegExp(`^${name}, image +\\d+\\.\\d`, 'm'));
    assert.match(outcome.stdout, new RegExp(`^coverage, ${features}, image +\\d\\.\\d{3}`, 'm'));
    const report = JSON.parse(fs.readFileSync(inside(`r${i}`, 'report.json'), 'utf8'));
    assert.deepEqual([report.metrics.frechet.image.name, report.evaluation.features], [name, {image: features}]);
    for (const file of ['report.html', 'report.md'])
      assert.ok(fs.readFileSync(inside(`r${i}`, file), 'utf8').includes(`${name}, image`), file);
  }
  const [whole, mean] = [2, 1].map(i => JSON.parse(fs.readFileSync(inside(`r${i}`, 'report.json'), 'utf8')));
  assert.notEqual(whole.metrics.frechet.image.value, mean.metrics.frechet.image.value);
  const compared = await run('compare', 'r1', 'r2');
  assert.match(compared.stdout, /^Fréchet distance, doubled pixels, image .* – /m);
  assert.match(compared.stdout, /r2 has Fréchet features of image: pixels, r1 doubled pixels: .* cannot be compared\./);
});

test('a config file asks, the command line wins', async () => {
  fs.writeFileSync(inside('config.json'), JSON.stringify({samples: 'peer', features: {image: {model: 'graph'}}}));
  const outcome = await run('evaluate', '--config', 'config.json');
  assert.match(outcome.stdout, /^Fréchet distance, features of graph, image /m, outcome.stderr);
  const other = await run('evaluate', '--config', 'config.json', '--features', 'image=raw');
  assert.match(other.stdout, /^Fréchet distance, pixels, image /m, other.stderr);
});

test('what cannot be used is said in one line before anything is scored', async () => {
  const fails = async (features: string, code: number, line: RegExp): Promise<void> => {
    const outcome = await run('evaluate', '--samples', 'peer', '--features', features);
    assert.deepEqual([outcome.code, outcome.errors.length], [code, 1], outcome.stderr);
    assert.match(outcome.errors[0]!, line);
    assert.equal(outcome.stdout, '');
  };
  fs.writeFileSync(inside('text.json'), 'text');
  await fails('image=nowhere', 3, /^Cannot read a TensorFlow\.js model nowhere: no such file\.$/);
  await fails(
    'image=text.json',
    3,
    /^Expected text\.json to be a TensorFlow\.js model\.json, got a file that is not JSON\.$/,
  );
  await fails('image=net,output=none', 3, /one of its layers, seen, .*, got "none"\.$/);
  await fails('smell=net', 2, /^Unknown modality of --features "smell"; choose image, caption or speech\.$/);
  await fails(
    'image=sentences',
    3,
    /^--features image: Expected sentences\/model\.json to be a model for parts of shape \[N, 28, 28, 1\], got one for \[N, 5, 9\]\.$/,
  );
  await fails('image=net,name=Inception-v3', 2, /2048 pooled ones of Inception-v3, got 2 columns\.$/);
});
