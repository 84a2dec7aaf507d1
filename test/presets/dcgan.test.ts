/** A sigmoid before a loss of logits, and batches that mix real and generated: each error alone, and its cure. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../src/losses/adversarial';
import {batchNorm} from '../../src/networks/layers/batch-norm';
import {Parameters} from '../../src/networks/parameters';
import {type DcganOptions, trainDcgan} from '../../src/presets/dcgan/dcgan';
import {pictureGame} from '../../src/presets/dcgan/picture-game';
import {questionsOf} from '../../src/presets/dcgan/questions';
import {finding} from '../../src/presets/preset-type';
import {barsDataset} from './support';

before(async () => {
  await selectBackend();
});

test('a sigmoid before logits, by hand: D cannot get below 1.0064, and passes on a 300th of the slope', () => {
  tf.tidy(() => {
    // Whatever D says is between 0 and 1: at best softplus(-1) + softplus(0) = 0.3133 + 0.6931.
    const [sure, none] = [tf.sigmoid(tf.tensor2d([[80]])), tf.sigmoid(tf.tensor2d([[-80]]))];
    assert.ok(Math.abs(minimaxDiscriminatorLoss(sure, none).dataSync()[0]! - 1.00641) < 1e-4);
    assert.ok(minimaxDiscriminatorLoss(tf.tensor2d([[80]]), tf.tensor2d([[-80]])).dataSync()[0]! < 1e-6);
    // Of a picture that D finds fake, -5: σ(-5)·(1 - σ(-5))·(σ(σ(-5)) - 1) = 0.006648 · -0.49833, against σ(-5) - 1 = -0.99331.
    const score = tf.tensor2d([[-5]]);
    const through = tf.grad(a => nonSaturatingGeneratorLoss(tf.sigmoid(a)))(score);
    const direct = tf.grad(a => nonSaturatingGeneratorLoss(a))(score);
    assert.ok(Math.abs(through.dataSync()[0]! + 0.003313) < 1e-5);
    assert.ok(Math.abs(direct.dataSync()[0]! + 0.993307) < 1e-5);
  });
});

test('mixed batches, by hand: batch norm tells two kinds apart that it makes equal when each comes alone', () => {
  const parameters = new Parameters(new RandomStream(1, 'test'));
  const norm = batchNorm(parameters, 'n', 1);
  tf.tidy(() => {
    // Real -1 and 3, generated 5 and 9: alone both become -1 and 1; together, with mean 4 and variance 13, they are
    // -1.387, -0.277, 0.277 and 1.387.
    const [real, fake] = [tf.tensor2d([[-1], [3]]), tf.tensor2d([[5], [9]])];
    for (const each of [real, fake])
      norm(each, 'batch')
        .dataSync()
        .forEach((value, i) => {
          assert.ok(Math.abs(value - [-1, 1][i]!) < 1e-4);
        });
    const mixed = norm(tf.concat([real, fake]), 'batch').dataSync();
    [-5, -1, 1, 5].forEach((distance, i) => {
      assert.ok(Math.abs(mixed[i]! - distance / Math.sqrt(13)) < 1e-4);
    });
  });
  parameters.dispose();
});

test('trained: right, with the sigmoid, with mixed batches; what each costs', async () => {
  const alive = tf.memory().numTensors;
  const train = async (options: Partial<DcganOptions>) => {
    const run = await trainDcgan({
      variant: 'corrected',
      dataset: barsDataset({side: 16, count: 64}),
      seed: 1,
      epochs: 60,
      channels: 32,
      jointSteps: 30,
      ...options,
    });
    for (const player of Object.values(run.players)) player.dispose();
    return run;
  };
  const right = await train({});
  assert.ok(finding(right, 'lowest loss of D') < 0.8);
  assert.equal(finding(right, 'shift of scores'), 0);
  assert.ok(finding(right, 'slope for G') > 0.4);
  assert.ok(finding(right, 'distance') < 0.5 * finding(right, 'distance before'));
  assert.ok(finding(right, 'known sentences') > 0.9 && finding(right, 'different sentences') === 2);

  const sigmoid = await train({sigmoidEnd: true});
  assert.ok(finding(sigmoid, 'lowest loss of D') > 1.0064);
  assert.ok(finding(sigmoid, 'slope for G') < 0.2 * finding(right, 'slope for G'));
  assert.ok(finding(sigmoid, 'distance') > 1.1 * finding(right, 'distance'));
  assert.ok(finding(sigmoid, 'known sentences') < 0.1);

  const mixed = await train({mixedBatches: true});
  assert.ok(Math.abs(finding(mixed, 'shift of scores')) > 1);
  assert.ok(finding(mixed, 'spread') < 0.5 * finding(right, 'spread'));
  assert.ok(finding(mixed, 'distance') > 1.1 * finding(right, 'distance'));

  const published = await train({variant: 'asPublished', epochs: 2});
  assert.ok(finding(published, 'lowest loss of D') > 1.0064 && Math.abs(finding(published, 'shift of scores')) > 0);

  // The joint models: one task by three fusions from any part, several tasks, and one that none was trained on.
  for (const fusion of ['featureLevel', 'decisionLevel', 'structureLevel'])
    for (const shown of ['both', 'picture', 'text'])
      assert.ok(finding(right, `class, ${fusion}, from ${shown}`) > 0.9, `${fusion} from ${shown}`);
  assert.ok(finding(right, 'place above its median, of 2 tasks') > 0.8);
  assert.ok(finding(right, 'unseen task, codes of a model of 2 tasks') > 0.6);
  assert.ok(!published.findings.some(({name}) => name.includes('structureLevel')));
  if (right.steps!['generator']!.includes('replays')) {
    assert.match(right.steps!['discriminator']!, /1\d\d replays/);
  }
  assert.equal(tf.memory().numTensors, alive);
});

test('the networks are those of the description: 4×4×256 … 32×32×3 and 64, 128, 256', () => {
  const shapesOf = (height: number, channels: number) => {
    const game = pictureGame({kind: 'image', height, width: height, channels}, {seed: 1});
    const shapes = (variables: Readonly<Record<string, {readonly shape: number[]}>>) =>
      Object.entries(variables)
        .filter(([name]) => name.endsWith('/kernel'))
        .map(([, {shape}]) => shape);
    const found = [shapes(game.generator.trainable), shapes(game.discriminator.trainable)];
    game.dispose();
    for (const player of [game.generator, game.discriminator]) player.dispose();
    return found;
  };
  assert.deepEqual(shapesOf(32, 3), [
    [
      [100, 4 * 4 * 256],
      [4, 4, 128, 256],
      [4, 4, 64, 128],
      [4, 4, 3, 64],
    ],
    [
      [4, 4, 3, 64],
      [4, 4, 64, 128],
      [4, 4, 128, 256],
      [4 * 4 * 256, 1],
    ],
  ]);
  assert.deepEqual(shapesOf(28, 1)[0]![0], [100, 7 * 7 * 256]);
});

test('questions: classes, words as they are, numbers by the training median; names of single examples are none', () => {
  const {rows} = barsDataset();
  const found = questionsOf(rows('train'), rows('test'));
  assert.deepEqual(
    found.map(({name, numAnswers}) => [name, numAnswers]),
    [
      ['class', 2],
      ['place above its median', 2],
      ['inset above its median', 2],
    ],
  );
  const row = (label: number, colour: string, size: number) => ({
    id: '',
    label,
    parts: {},
    attributes: {colour, size},
  });
  const [, colour, size] = questionsOf(
    [row(0, 'red', 1), row(1, 'blue', 2), row(1, 'red', 5)],
    [row(1, 'blue', 3), row(0, 'red', 2)],
  );
  assert.deepEqual([...colour!.train, ...colour!.test], [1, 0, 1, 0, 1]);
  assert.deepEqual([...size!.train, ...size!.test], [0, 0, 1, 1, 0]);
});
