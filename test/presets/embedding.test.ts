/** A loop that is fed weights and never trains, how a test sees it, and the loop that does train. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {writeSafetensors} from '../../src/model/weights';
import {type EmbeddingOptions, trainEmbedding} from '../../src/presets/embedding/embedding';
import {changesDuring, embeddingPlayers, loadEmbeddingPlayers} from '../../src/presets/embedding/players';
import {embeddingSpace} from '../../src/presets/embedding/space';
import {captionVector, learnWordTable} from '../../src/presets/embedding/word-table';
import {pictureTexts} from '../../src/presets/picture-texts';
import {playerStep} from '../../src/presets/play';
import {finding} from '../../src/presets/preset-type';
import {Sgd} from '../../src/training/optimizers/sgd';
import {barsDataset} from './support';

before(async () => {
  await selectBackend();
});

const bars = () => barsDataset({count: 128});

test('the test that catches it: a step of D moves D and leaves G alone; the published loop moves nobody', async () => {
  const {generator, discriminator, generate, score} = embeddingPlayers(3);
  const optimizer = new Sgd(discriminator.trainable);
  const step = playerStep(discriminator, optimizer, 0.1, z => tf.softplus(score(generate(z!))).mean() as tf.Scalar);
  const z = tf.tensor2d(new RandomStream(1, 'z').normals(200), [2, 100]);
  const work = () => step(z).dispose();
  const ofG = await changesDuring(generator, async () => {
    const ofD = await changesDuring(discriminator, work);
    assert.equal(Object.keys(ofD).length, 6);
    assert.ok(Object.values(ofD).every(change => change > 0 && change < 1));
  });
  assert.ok(Object.keys(ofG).length === 6 && Object.values(ofG).every(change => change === 0));
  for (const each of [step, optimizer, z, generator, discriminator]) each.dispose();
});

test('trained: as published nothing moves and no example is seen; each error alone; corrected, G comes nearer', async () => {
  const alive = tf.memory().numTensors;
  const train = async (options: Partial<EmbeddingOptions>) => {
    const run = await trainEmbedding({variant: 'corrected', dataset: bars(), seed: 1, epochs: 80, ...options});
    for (const player of Object.values(run.players)) player.dispose();
    return run;
  };
  const published = await train({variant: 'asPublished', epochs: 3});
  assert.equal(published.history.length, 3);
  for (const name of ['largest change of a weight of G', 'largest change of a weight of D', 'change of the loss of D'])
    assert.equal(finding(published, name), 0, name);
  assert.equal(finding(published, 'examples among what D is shown'), 0);
  assert.equal(finding(published, 'rows of the word table'), 10_000);
  assert.equal(finding(published, 'distance'), finding(published, 'distance before'));

  const right = await train({});
  assert.ok(finding(right, 'largest change of a weight of G') > 0.01);
  assert.ok(finding(right, 'largest change of a weight of D') > 0.01);
  assert.ok(finding(right, 'change of the loss of D') > 0.01);
  assert.equal(finding(right, 'examples among what D is shown'), 1);
  assert.ok(finding(right, 'distance') < 0.75 * finding(right, 'distance before'));
  assert.ok(finding(right, 'decoded pairs that agree') > 0.95);

  // Fed with weights it trains, on what is no data; fed with examples but not moved it stays as it was.
  const weights = await train({feed: 'weights'});
  assert.ok(finding(weights, 'largest change of a weight of G') > 0.01);
  assert.equal(finding(weights, 'examples among what D is shown'), 0);
  assert.ok(finding(weights, 'decoded pairs that agree') < 0.8);
  const still = await train({trains: false, epochs: 2});
  assert.equal(finding(still, 'largest change of a weight of G'), 0);
  assert.equal(finding(still, 'distance'), finding(still, 'distance before'));
  assert.equal(tf.memory().numTensors, alive);
});

test('words that stand in the same places become neighbours; a caption is the mean of its words', () => {
  const data = pictureTexts(bars(), 'train', new RandomStream(1, 'data'));
  const words = learnWordTable(data.captions, data.text, {dim: 6, seed: 1, steps: 200, window: 1});
  const rows = words.trainable['words']!.arraySync() as number[][];
  words.dispose();
  const at = (word: string) => rows[data.text.vocabulary.indexOf(word)]!;
  const cosine = (a: readonly number[], b: readonly number[]) => {
    const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  const alike = cosine(at('left'), at('right'));
  for (const other of ['a', 'bar', 'on', 'the']) assert.ok(alike > cosine(at('left'), at(other)) + 0.1, other);
  // Ids 2 "a" and 5 "right": the mean of both rows; a word that is not known is <unk>, id 1.
  const table = [[9], [1], [2], [0], [0], [5]];
  assert.deepEqual([...captionVector('a right', data.text, table)], [3.5]);
  assert.deepEqual([...captionVector('a zebra', data.text, table)], [1.5]);
  assert.deepEqual([...captionVector('', data.text, table)], [0]);
});

test('real vectors decode to themselves; both halves weigh the same', () => {
  const data = pictureTexts(bars(), 'train', new RandomStream(1, 'data'), 40);
  const space = embeddingSpace(data, 1, true);
  const {picture, caption} = space.decode(space.rows.slice(0, 10));
  assert.deepEqual([...picture], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(
    [...caption].map(place => data.captions[place]),
    data.captions.slice(0, 10),
  );
  for (const half of [0, 128]) {
    const squares = space.rows.flatMap(row => [...row.subarray(half, half + 128)].map(value => value * value));
    assert.ok(Math.abs(squares.reduce((sum, value) => sum + value, 0) / squares.length - 1) < 1e-4);
  }
  for (const each of [space.words, space.pictures]) each.dispose();
});

test('generator and discriminator are saved and loaded: the same vectors, the same scores', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'embedding-'));
  const saved = embeddingPlayers(5);
  for (const name of ['generator', 'discriminator'] as const)
    writeSafetensors(path.join(folder, `${name}.safetensors`), saved[name].all());
  const loaded = loadEmbeddingPlayers(folder);
  tf.tidy(() => {
    const z = tf.tensor2d(new RandomStream(1, 'z').normals(300), [3, 100]);
    const [wanted, got] = [saved, loaded].map(({generate, score}) => [
      ...generate(z).dataSync(),
      ...score(generate(z)).dataSync(),
    ]);
    assert.equal(wanted!.length, 3 * 257);
    assert.deepEqual(got, wanted);
  });
  fs.rmSync(path.join(folder, 'discriminator.safetensors'));
  assert.throws(() => loadEmbeddingPlayers(folder), /discriminator\.safetensors/);
  fs.rmSync(folder, {recursive: true});
  for (const {generator, discriminator} of [saved, loaded]) {
    generator.dispose();
    discriminator.dispose();
  }
});
