/** Code matching makes E say the same of everything; latent regression does not. Each error alone, and its cure. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {codeMatchingLoss, latentRegressionLoss} from '../../src/losses/codes';
import {
  type CrossModalEncoderOptions,
  trainCrossModalEncoder,
} from '../../src/presets/cross-modal-encoder/cross-modal-encoder';
import {encoderPlayers, type Pair} from '../../src/presets/cross-modal-encoder/players';
import {finding} from '../../src/presets/preset-type';
import {barsDataset} from './support';

before(async () => {
  await selectBackend();
});

test('the trivial minimum, by hand: codes that shrink to a point cost nothing, but read nothing back', () => {
  tf.tidy(() => {
    const [real, fake] = [tf.tensor2d([[3, -1]]), tf.tensor2d([[1, 2]])];
    const z = tf.tensor2d([[-2, 0.5]]);
    // (2² + 3²) / 2 = 6.5, and with both codes at a tenth, a hundredth of it.
    assert.ok(Math.abs(codeMatchingLoss(real, fake).dataSync()[0]! - 6.5) < 1e-5);
    assert.ok(Math.abs(codeMatchingLoss(real.mul(0.1), fake.mul(0.1)).dataSync()[0]! - 0.065) < 1e-6);
    assert.equal(codeMatchingLoss(real.mul(0), fake.mul(0)).dataSync()[0], 0);
    // ‖(-3, -1.5)‖² = 11.25 before; a code of 0 still costs ‖z‖² = 4.25.
    assert.ok(Math.abs(latentRegressionLoss(z, fake).dataSync()[0]! - 11.25) < 1e-5);
    assert.ok(Math.abs(latentRegressionLoss(z, fake.mul(0) as tf.Tensor2D).dataSync()[0]! - 4.25) < 1e-5);
  });
});

test('what is not shown changes no code, and E is told what it is not shown', () => {
  const {modalities} = barsDataset();
  const players = encoderPlayers({
    specs: [modalities['image']!, modalities['caption']!],
    latentDim: 3,
    units: 5,
    judges: 'pairs',
    seed: 1,
  });
  tf.tidy(() => {
    const z = tf.tensor2d(new RandomStream(1, 'z').normals(4 * 3), [4, 3]);
    const [image, text] = players.generate(z);
    assert.deepEqual(
      [image.shape, text.shape],
      [
        [4, 8, 8, 1],
        [4, 5, 8],
      ],
    );
    const [one, none] = [tf.ones([4]), tf.zeros([4])];
    const codes = (pair: Pair, shown: Pair) => [...players.encode(pair, shown).dataSync()];
    const alone = codes([image, text], [one, none]);
    assert.deepEqual(alone, codes([image, text.mul(-3)], [one, none]));
    assert.notDeepEqual(alone, codes([image, text.mul(0)], [one, one]));
    assert.throws(() => players.judgeCodes(z), /Expected a D of codes/);
  });
  for (const each of [players.generator, players.discriminator, players.encoder]) each.dispose();
});

test('trained: as published E collapses and G does not arrive; each error alone; corrected, neither', async () => {
  const alive = tf.memory().numTensors;
  const train = async (options: Partial<CrossModalEncoderOptions>) => {
    const run = await trainCrossModalEncoder({
      variant: 'corrected',
      dataset: barsDataset({count: 128}),
      seed: 1,
      epochs: 60,
      ...options,
    });
    for (const player of Object.values(run.players)) player.dispose();
    return run;
  };
  const [own, published] = [await train({}), await train({variant: 'asPublished'})];
  assert.deepEqual(Object.keys(published.history[0]!.losses), ['D_loss', 'G_loss', 'E_loss']);
  assert.ok(finding(own, 'spread of codes') > 0.3);
  assert.ok(finding(published, 'spread of codes') < 0.02);
  // E_loss is all but gone, and that is the error.
  assert.ok(published.history.at(-1)!.losses['E_loss']! < 0.03 * published.history[0]!.losses['E_loss']!);
  assert.ok(finding(own, 'error of reading back') < 0.95 && finding(published, 'error of reading back') > 0.99);
  assert.ok(finding(own, 'class by code of the picture') > 0.9 && finding(own, 'class by code of the text') > 0.9);
  assert.ok(finding(own, 'distance') < 0.3 * finding(own, 'distance before'));
  assert.ok(finding(published, 'distance') > 0.7 * finding(published, 'distance before'));
  assert.ok(finding(own, 'known sentences') > 0.9 && finding(published, 'known sentences') < 0.5);
  // Code matching alone collapses E wherever D looks; D on codes alone keeps G away whatever E learns.
  const [matching, codes] = [await train({encoderLoss: 'codeMatching'}), await train({judges: 'codes'})];
  assert.ok(finding(matching, 'spread of codes') < 0.02);
  assert.equal(finding(matching, 'distance'), finding(own, 'distance'));
  assert.ok(finding(codes, 'spread of codes') > 0.3);
  assert.ok(finding(codes, 'distance') > 3 * finding(own, 'distance'));
  assert.equal(tf.memory().numTensors, alive);
});
