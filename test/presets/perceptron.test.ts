/** Signs reversed: the game that was printed ends where nothing can be learnt; the right one ends with D in doubt. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {playPerceptrons} from '../../src/presets/perceptron/game';
import {perceptronPreset} from '../../src/presets/perceptron/perceptron';
import {printedDiscriminatorLoss, printedGeneratorLoss} from '../../src/presets/perceptron/printed-losses';
import {toyPoints} from '../../src/presets/perceptron/toy-points';
import {finding} from '../../src/presets/preset-type';
import {barsDataset} from './support';

before(async () => {
  await selectBackend();
});

test('the printed losses, by hand: D is told to lower its score of real examples, and G to lower its own', () => {
  tf.tidy(() => {
    const [real, fake] = [tf.tensor2d([[0.8], [0.5]]), tf.tensor2d([[0.1], [0.6]])];
    const value = (Math.log(0.8) + Math.log(0.5) + Math.log(0.9) + Math.log(0.4)) / 2;
    assert.ok(Math.abs(printedDiscriminatorLoss(real, fake).dataSync()[0]! - value) < 1e-5);
    assert.ok(Math.abs(printedGeneratorLoss(real, fake).dataSync()[0]! + value) < 1e-5);
    const [ofReal, ofFake] = tf.grads((r, f) => printedDiscriminatorLoss(r!, f!))([real, fake]);
    // Descent goes against these: real scores fall, generated ones rise. Of L_G the slopes are the opposite.
    assert.ok(ofReal!.min().dataSync()[0]! > 0 && ofFake!.max().dataSync()[0]! < 0);
    const ofG = tf.grad(f => printedGeneratorLoss(real, f))(fake);
    assert.ok(ofG.min().dataSync()[0]! > 0);
    // Cut at 1e-7: no slope beyond.
    const sure = tf.tensor2d([[1e-9]]);
    assert.equal(
      tf
        .grad(r => printedDiscriminatorLoss(r, fake))(sure)
        .dataSync()[0],
      0,
    );
  });
});

test('printed: D is certain of one answer to everything, no slope is left, G does not come nearer; right: D is in doubt and G has arrived', async () => {
  const alive = tf.memory().numTensors;
  const points = toyPoints(new RandomStream(1, 'toy'), 400);
  const play = async (loss: 'printed' | 'crossEntropy' | 'meanSquaredError') => {
    const game = await playPerceptrons(points, {loss, epochs: 40, seed: 2});
    for (const player of [game.generator, game.discriminator]) player.dispose();
    return game;
  };
  const printed = await play('printed');
  // One and the same answer to everything, with certainty: which of the two depends on the seed.
  const {realProbability: ofReal, fakeProbability: ofFake} = printed;
  assert.ok(Math.abs(ofReal - ofFake) < 1e-6 && Math.min(ofReal, 1 - ofReal) < 1e-6, `${ofReal} and ${ofFake}`);
  assert.equal(printed.slope, 0);
  // One of the two terms at the cut, log 1e-7 = -16.1 (or the nearest that single precision has to 1 - 1e-7), the other 0.
  assert.ok(Math.abs(printed.history.at(-1)!.losses['discriminator']! + 16.1) < 0.2);
  assert.ok(printed.distanceAfter > 0.5 * printed.distanceBefore);
  for (const loss of ['crossEntropy', 'meanSquaredError'] as const) {
    const right = await play(loss);
    assert.ok(Math.abs(right.realProbability - 0.5) < 0.1 && Math.abs(right.fakeProbability - 0.5) < 0.1, loss);
    assert.ok(right.slope > 0.01, loss);
    assert.ok(right.distanceAfter < 0.5 * right.distanceBefore, `${loss}: ${right.distanceAfter}`);
  }
  assert.equal(tf.memory().numTensors, alive);
});

test('the preset plays on ten numbers a picture and caption; the same seed gives the same findings', async () => {
  const run = async (loss?: string) => {
    const run = await perceptronPreset.train({variant: 'corrected', dataset: barsDataset(), seed: 3, epochs: 2, loss});
    assert.equal(run.players['generator']!.trainable['generator/dense3/kernel']!.shape[1], 10);
    for (const player of Object.values(run.players)) player.dispose();
    return run;
  };
  const [first, second] = [await run(), await run()];
  assert.deepEqual(first.findings, second.findings);
  assert.equal(first.history.length, 2);
  // Of the losses there are, cross-entropy unless told.
  assert.equal(first.loss, 'crossEntropy');
  assert.deepEqual((await run('crossEntropy')).findings, first.findings);
  const squared = await run('meanSquaredError');
  assert.equal(squared.loss, 'meanSquaredError');
  // In doubt each player pays ¼ a batch that it judges: D of two, G of one.
  const {discriminator: ofD, generator: ofG} = squared.history.at(-1)!.losses;
  assert.ok(Math.abs(ofD! - 0.5) < 0.1 && Math.abs(ofG! - 0.25) < 0.1, `${ofD} ${ofG}`);
  await assert.rejects(run('hinge'), /Unknown loss of perceptron "hinge"; choose crossEntropy or meanSquaredError\./);
  assert.ok(Number.isFinite(finding(first, 'distance')));
  assert.throws(() => finding(first, 'nothing'), /a finding "nothing"/);
});
