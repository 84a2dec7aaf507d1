/** What the worked cases do not show: values where every score is 0, smoothing, shapes that do not fit, and pairs mixed up. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import * as losses from '../../src/losses/adversarial';
import {type AdversarialLossName, adversarialLossNames, adversarialPair, assertLossPair} from '../../src/losses/pairs';
import {relativisticDiscriminatorLoss, relativisticGeneratorLoss} from '../../src/losses/relativistic';

const value = (run: () => tf.Tensor) => tf.tidy(() => run().dataSync()[0]!);
const near = (got: number, wanted: number, tolerance = 1e-6) =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got} is not ${wanted}`);

test('the values that the comments promise for scores of 0', () => {
  const promised: Record<AdversarialLossName, [number, number]> = {
    minimax: [2 * Math.LN2, -Math.LN2],
    nonSaturating: [2 * Math.LN2, Math.LN2],
    leastSquares: [0.5, 0.5],
    wasserstein: [0, 0],
    hinge: [2, 0],
    relativistic: [2 * Math.LN2, 2 * Math.LN2],
  };
  for (const name of adversarialLossNames) {
    const {discriminatorLoss, generatorLoss} = adversarialPair(name);
    const [forD, forG] = promised[name];
    near(
      value(() => discriminatorLoss(tf.zeros([3]), tf.zeros([2]))),
      forD,
    );
    near(
      value(() => generatorLoss(tf.zeros([3]), tf.zeros([2]))),
      forG,
    );
  }
});

test('a pair by name is the pair by function, whichever scores its generator looks at', () => {
  const run = (name: AdversarialLossName) =>
    value(() => adversarialPair(name).generatorLoss(tf.tensor1d([2, 0.5, -1]), tf.tensor1d([-3, 0, 1.5])));
  near(run('relativistic'), 3.061105, 1e-5);
  near(run('hinge'), 0.5);
  near(run('minimax'), -0.814383, 1e-5);
  assert.deepEqual(
    adversarialLossNames.filter(name => adversarialPair(name).generatorNeedsReal),
    ['relativistic'],
  );
  assert.deepEqual(
    adversarialLossNames.filter(name => adversarialPair(name).needsBoundedSlope),
    ['wasserstein'],
  );
  assert.throws(
    () => adversarialPair('hing' as AdversarialLossName),
    /Unknown adversarial loss "hing"; choose minimax, nonSaturating, leastSquares, wasserstein, hinge or relativistic\./,
  );
});

test('one-sided smoothing: the best score for real examples is the logit of the target, the fakes stay at 0', () => {
  const slope = (score: number) =>
    value(() =>
      tf.grad(x => losses.minimaxDiscriminatorLoss(x, tf.tensor1d([-1]), {realTarget: 0.9}))(tf.tensor1d([score])),
    );
  // σ(x) = .9 at x = log 9.
  near(slope(Math.log(9)), 0, 1e-6);
  near(slope(0), 0.5 - 0.9);
  near(
    value(() =>
      tf.grad(x => losses.minimaxDiscriminatorLoss(tf.tensor1d([1]), x, {realTarget: 0.9}))(tf.tensor1d([-80])),
    ),
    0,
  );
  const zeros = () => tf.zeros([2]);
  for (const realTarget of [0, 1.2, Number.NaN]) {
    assert.throws(
      () => losses.minimaxDiscriminatorLoss(zeros(), zeros(), {realTarget}),
      /Expected realTarget to be between/,
    );
  }
});

test('shapes that do not fit are named with both shapes and the modality', () => {
  const options = {modality: 'image'};
  assert.throws(
    () => losses.hingeDiscriminatorLoss(tf.zeros([4, 1]), tf.zeros([4]), options),
    /Expected fakeLogits of image of shape \[N, 1\], got \[4\]\./,
  );
  assert.throws(
    () => losses.minimaxDiscriminatorLoss(tf.zeros([4]), tf.zeros([4]), {realPresent: tf.ones([3])}),
    /Expected present of shape \[4\], got \[3\]\./,
  );
  // Would be stretched to [4, 4] and averaged into nonsense.
  near(
    value(() =>
      losses.wassersteinDiscriminatorLoss(tf.tensor2d([[1], [2], [4], [8]]), tf.zeros([4, 1]), {
        realPresent: tf.tensor1d([1, 0, 0, 1]),
      }),
    ),
    -4.5,
  );
  assert.throws(() => losses.hingeGeneratorLoss(tf.scalar(1)), /Expected fakeLogits to be scores of shape/);
  assert.throws(() => losses.hingeGeneratorLoss(tf.zeros([0])), /Expected fakeLogits to be scores of shape/);
  assert.throws(
    () => relativisticGeneratorLoss(tf.zeros([2]), undefined as unknown as tf.Tensor),
    /Expected fakeLogits to be a tensor of scores, got undefined\./,
  );
});

test('a loss pair mixed up is refused with the name of the partner', () => {
  assert.throws(
    () => assertLossPair(losses.hingeDiscriminatorLoss, losses.nonSaturatingGeneratorLoss),
    /Expected the generator's loss to be hingeGeneratorLoss, the partner of hingeDiscriminatorLoss, got nonSaturatingGeneratorLoss\./,
  );
  assert.throws(
    () => assertLossPair(losses.wassersteinGeneratorLoss, losses.wassersteinDiscriminatorLoss),
    /Expected the discriminator's loss to be a …DiscriminatorLoss, got "wassersteinGeneratorLoss"\./,
  );
  assert.throws(
    () => assertLossPair(relativisticDiscriminatorLoss, losses.hingeGeneratorLoss),
    /relativisticGeneratorLoss/,
  );
  assertLossPair(losses.minimaxDiscriminatorLoss, losses.nonSaturatingGeneratorLoss);
  assertLossPair(losses.hingeDiscriminatorLoss, losses.wassersteinGeneratorLoss);
  assertLossPair(losses.hingeDiscriminatorLoss, () => tf.scalar(1));
  // Called as a relativistic generator's loss is.
  const call = losses.hingeGeneratorLoss as unknown as (real: tf.Tensor, fake: tf.Tensor) => tf.Tensor;
  assert.throws(
    () => call(tf.zeros([2]), tf.zeros([2])),
    /Expected a loss's last argument to be a record of masks .*, got a tensor of shape \[2\]\./,
  );
});

test("a pair may be chosen as two functions: of one game, or with a loss of one's own", () => {
  const [real, fake] = [tf.tensor1d([2, 0.5, -1]), tf.tensor1d([-3, 0, 1.5])];
  const chosen = adversarialPair({
    discriminator: losses.minimaxDiscriminatorLoss,
    generator: losses.nonSaturatingGeneratorLoss,
  });
  assert.equal(chosen.generatorLoss(real, fake).dataSync()[0], losses.nonSaturatingGeneratorLoss(fake).dataSync()[0]);
  assert.deepEqual([chosen.name, chosen.generatorNeedsReal, chosen.needsBoundedSlope], ['own', false, false]);
  const relativistic = {discriminator: relativisticDiscriminatorLoss, generator: relativisticGeneratorLoss};
  assert.ok(adversarialPair(relativistic).generatorNeedsReal);
  assert.ok(
    adversarialPair({discriminator: losses.wassersteinDiscriminatorLoss, generator: losses.hingeGeneratorLoss})
      .needsBoundedSlope,
  );
  // One's own, which looks at real scores too: the mean of the fake ones minus that of the real ones, -0.5 - 0.5.
  const own = (x: tf.Tensor, y: tf.Tensor) => y.mean().sub(x.mean()) as tf.Scalar;
  const mine = adversarialPair({
    discriminator: losses.hingeDiscriminatorLoss,
    generator: own,
    generatorNeedsReal: true,
  });
  assert.equal(mine.generatorLoss(real, fake).dataSync()[0], -1);
  assert.throws(
    () => adversarialPair({discriminator: losses.hingeDiscriminatorLoss, generator: losses.leastSquaresGeneratorLoss}),
    /Expected the generator's loss to be hingeGeneratorLoss, the partner of hingeDiscriminatorLoss, got leastSquaresGeneratorLoss\./,
  );
});

test('a side of which nothing was observed adds nothing, and a comparison then has no value', () => {
  const [real, fake] = [tf.tensor1d([2, -1]), tf.tensor1d([1, 3])];
  const realPresent = tf.zeros([2]);
  near(
    value(() => losses.wassersteinDiscriminatorLoss(real, fake, {realPresent})),
    2,
  );
  assert.equal(
    value(() => relativisticDiscriminatorLoss(real, fake, {realPresent})),
    0,
  );
});
