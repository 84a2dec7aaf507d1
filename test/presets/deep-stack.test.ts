/** Two hundred layers learn nothing; nor do two players of one total loss. Each error alone, and its cure. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {mapRecord} from '../../src/core/records';
import {tf} from '../../src/core/tensorflow';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../src/losses/adversarial';
import {Parameters} from '../../src/networks/parameters';
import {trainDeepStack} from '../../src/presets/deep-stack/deep-stack';
import {denseStack, gradientNorms} from '../../src/presets/deep-stack/stack';
import {finding} from '../../src/presets/preset-type';
import {barsDataset} from './support';

before(async () => {
  await selectBackend();
});

function norms(depth: number, residual: boolean): number[] {
  const parameters = new Parameters(new RandomStream(1, 'test'));
  const stack = denseStack(parameters, 'd', {inputs: 20, outputs: 1, depth, residual});
  const found = tf.tidy(() => {
    const x = tf.tensor2d(new RandomStream(2, 'x').normals(32 * 20), [32, 20]);
    const {grads} = tf.variableGrads(() => stack(x).square().mean() as tf.Scalar, Object.values(parameters.trainable));
    return gradientNorms(
      mapRecord(parameters.trainable, variable => grads[variable.name]!),
      'd',
    );
  });
  parameters.dispose();
  return found;
}

test('gradient norms by depth: they fall with every ReLU layer, and at two hundred nothing is left; a way round keeps them', () => {
  const plain = [4, 20, 50, 200].map(depth => norms(depth, false));
  assert.deepEqual(
    plain.map(({length}) => length),
    [5, 21, 51, 201],
  );
  const largest = plain.map(each => Math.max(...each));
  assert.ok(largest[0]! > 1e-2);
  assert.ok(largest[1]! < 1e-2 * largest[0]! && largest[2]! < 1e-5 * largest[1]!);
  // Forward and backward together 2⁻²⁰⁰ of the variance: beyond what single precision can hold.
  assert.ok(largest[3]! < 1e-40, String(largest[3]));
  for (const depth of [4, 200]) {
    const kept = norms(depth, true);
    assert.ok(
      Math.min(...kept) > 1e-3 && Math.max(...kept) / Math.min(...kept) < 1e3,
      `${depth}: ${kept[0]} … ${kept.at(-1)}`,
    );
  }
});

test('the total loss, by hand: it pulls a generated score to ⅔ from both sides, whoever descends on it', () => {
  tf.tidy(() => {
    // L_GAN + L_adv of one score a for everything: 2·softplus(-a) + softplus(a), least at a = log 2, where it is 1.9095.
    const total = (a: tf.Tensor) => minimaxDiscriminatorLoss(a, a).add(nonSaturatingGeneratorLoss(a)) as tf.Scalar;
    assert.ok(Math.abs(total(tf.tensor1d([Math.log(2)])).dataSync()[0]! - 1.9095) < 1e-4);
    assert.ok(
      Math.abs(
        tf
          .grad(total)(tf.tensor1d([Math.log(2)]))
          .dataSync()[0]!,
      ) < 1e-6,
    );
    // Of a generated score alone: tanh(a/2). D is told to raise one of -2, G to lower one of 2.
    const ofFake = (a: number) => {
      const real = tf.tensor1d([3]);
      const loss = (f: tf.Tensor) => minimaxDiscriminatorLoss(real, f).add(nonSaturatingGeneratorLoss(f)) as tf.Scalar;
      return tf
        .grad(loss)(tf.tensor1d([a]))
        .dataSync()[0]!;
    };
    for (const a of [-2, 2]) assert.ok(Math.abs(ofFake(a) - Math.tanh(a / 2)) < 1e-5);
  });
});

test('trained: own losses bring G to the data; one total loss does not, at the same depth and with the same ways round', async () => {
  const alive = tf.memory().numTensors;
  const train = async (oneTotalLoss: boolean) => {
    const run = await trainDeepStack({
      variant: 'corrected',
      dataset: barsDataset({count: 64}),
      seed: 1,
      epochs: 150,
      oneTotalLoss,
    });
    for (const player of Object.values(run.players)) player.dispose();
    return run;
  };
  const [own, total] = [await train(false), await train(true)];
  const [before, near, far] = [finding(own, 'distance before'), finding(own, 'distance'), finding(total, 'distance')];
  assert.ok(near < 0.6 * before && far > before, `${before} → ${near} and ${far}`);
  assert.ok(finding(own, 'spread') > 10 * finding(total, 'spread'));
  assert.equal(own.pictures!.length, 16);
  assert.equal(tf.memory().numTensors, alive);
});

test('as published: not even the answers differ from one another', async () => {
  const run = await trainDeepStack({
    variant: 'asPublished',
    dataset: barsDataset({count: 64}),
    seed: 1,
    epochs: 1,
    depth: 120,
  });
  for (const player of Object.values(run.players)) player.dispose();
  assert.ok(Math.abs(finding(run, 'gap of scores')) < 1e-6);
  assert.equal(finding(run, 'distance'), finding(run, 'distance before'));
  assert.ok(finding(run, 'spread') < 1e-6);
});
