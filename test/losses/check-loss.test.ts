/** checkLoss passes what is right (test/losses/losses.test.ts) and says of each way of being wrong which it is. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {hingeDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../src/losses/adversarial';
import {checkLoss} from '../../src/losses/check-loss';
import type {AnyLoss, CheckLossOptions} from '../../src/losses/loss-contract';
import {maskedMean} from '../../src/losses/masked-mean';
import type {ScoreOptions} from '../../src/losses/scores';

before(async () => {
  await selectBackend();
});

/** The checks that fail, by name. */
function failures(loss: AnyLoss, options: CheckLossOptions): string[] {
  const tensors = tf.memory().numTensors;
  const {results} = checkLoss(loss, {...options, report: true});
  assert.equal(tf.memory().numTensors, tensors, 'checkLoss itself leaks');
  return results.filter(({passed}) => passed === false).map(({check}) => check);
}

const discriminator = {role: 'discriminator'} as const;
const generator = {role: 'generator'} as const;
type Masks = ScoreOptions | undefined;

test('a right loss passes every check, and the report says what was not checked', () => {
  const {results} = checkLoss(hingeDiscriminatorLoss, discriminator);
  assert.deepEqual(
    results.map(({check, passed}) => [check, passed]),
    [
      ['returns a scalar', true],
      ['leaves nothing behind', true],
      ['reads no value on the host', true],
      ['same again', true],
      ['scores as columns', true],
      ['gradients are those of differences', true],
      ['value and gradients are those of the formula', null],
      ['finite at ±80', true],
      ['pulls at ±80', true],
      ['moves the right way', true],
      ['order of rows', true],
      ['filler counts for nothing', true],
      ['all filler', true],
    ],
  );
});

test('reversed sign', () => {
  const reversed = (real: tf.Tensor, fake: tf.Tensor, masks: Masks) =>
    tf.tidy(() => hingeDiscriminatorLoss(real, fake, masks).neg() as tf.Scalar);
  assert.deepEqual(failures(reversed, discriminator), ['pulls at ±80', 'moves the right way']);
});

test('real and fake exchanged', () => {
  const exchanged = (real: tf.Tensor, fake: tf.Tensor) => hingeDiscriminatorLoss(fake, real);
  const found = failures(exchanged, {...discriminator, masked: null});
  assert.ok(found.includes('moves the right way'), `${found}`);
});

test('a sigmoid before a loss that takes logits', () => {
  const squeezed = (fake: tf.Tensor, masks: Masks) =>
    tf.tidy(() => nonSaturatingGeneratorLoss(tf.sigmoid(fake), masks));
  assert.deepEqual(failures(squeezed, generator), ['pulls at ±80']);
});

test('log(1 - σ) written out, which is log 0 at 80', () => {
  const naive = (fake: tf.Tensor) => tf.tidy(() => tf.log(tf.sub(1, tf.sigmoid(fake))).mean() as tf.Scalar);
  const found = failures(naive, {...generator, saturates: true, masked: null});
  assert.ok(found.includes('finite at ±80'), `${found}`);
});

test('mask ignored; mask that divides by N; mask exchanged between sides', () => {
  const ignores = (real: tf.Tensor, fake: tf.Tensor) => hingeDiscriminatorLoss(real, fake);
  assert.deepEqual(failures(ignores, discriminator), ['filler counts for nothing', 'all filler']);
  const byCount = (fake: tf.Tensor, masks?: ScoreOptions) =>
    tf.tidy(
      () =>
        tf
          .softplus(fake.neg())
          .mul(masks?.fakePresent ?? 1)
          .mean() as tf.Scalar,
    );
  assert.ok(failures(byCount, generator).includes('filler counts for nothing'));
  const noneGivesNaN = (fake: tf.Tensor, masks?: ScoreOptions) =>
    tf.tidy(() => {
      const present = masks?.fakePresent ?? tf.ones(fake.shape);
      return tf.softplus(fake.neg()).mul(present.reshape(fake.shape)).sum().div(present.sum()) as tf.Scalar;
    });
  assert.deepEqual(failures(noneGivesNaN, generator), ['all filler']);
});

test('leaking', () => {
  const leaks = (fake: tf.Tensor, masks: Masks) => {
    tf.keep(tf.scalar(1));
    return nonSaturatingGeneratorLoss(fake, masks);
  };
  const {results} = checkLoss(leaks, {...generator, report: true});
  assert.deepEqual(
    results.filter(({passed}) => passed === false).map(({check, detail}) => [check, detail]),
    [['leaves nothing behind', 'Expected no tensor to be left beside the loss, got 1 (and 1 data ids).']],
  );
  const untidy = (fake: tf.Tensor) => tf.softplus(fake.neg()).mean() as tf.Scalar;
  assert.deepEqual(failures(untidy, {...generator, masked: null}), ['leaves nothing behind']);
});

test('disposing of what it was given', () => {
  const greedy = (fake: tf.Tensor) => {
    const loss = nonSaturatingGeneratorLoss(fake);
    fake.dispose();
    return loss;
  };
  assert.ok(failures(greedy, {...generator, masked: null}).includes('leaves nothing behind'));
});

test('reading the host, or making a variable', () => {
  const reads = (fake: tf.Tensor, masks: Masks) =>
    tf.tidy(() => {
      const scale = fake.max().dataSync()[0]! > 1e6 ? 0.5 : 1;
      return nonSaturatingGeneratorLoss(fake, masks).mul(scale) as tf.Scalar;
    });
  assert.ok(failures(reads, generator).includes('reads no value on the host'));
  const made: tf.Variable[] = [];
  const makes = (fake: tf.Tensor, masks: Masks) => {
    made.push(tf.variable(tf.scalar(1)));
    return nonSaturatingGeneratorLoss(fake, masks);
  };
  const found = checkLoss(makes, {...generator, report: true}).results.find(({check}) => check.includes('host'));
  assert.equal(found?.detail, 'Expected no variable to be made, got 1.');
  for (const variable of made) variable.dispose();
});

test('chance inside', () => {
  const stream = new RandomStream(1, 'test/check-loss');
  const random = (fake: tf.Tensor) =>
    tf.tidy(() => nonSaturatingGeneratorLoss(fake.add(tf.tensor(stream.normals(fake.size), fake.shape))));
  assert.ok(failures(random, {...generator, masked: null}).includes('same again'));
});

test('weights by place in the batch', () => {
  const byPlace = (fake: tf.Tensor) =>
    tf.tidy(() => {
      const place = tf.range(1, fake.shape[0]! + 1).reshape(fake.shape);
      return tf.softplus(fake.neg()).mul(place).mean() as tf.Scalar;
    });
  assert.deepEqual(failures(byPlace, {...generator, masked: null}), ['order of rows']);
  assert.deepEqual(failures(byPlace, {...generator, masked: null, ordered: true}), []);
});

test('a gradient that is not that of the value', () => {
  const wrong = tf.customGrad((x, save) => {
    (save as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
    const at = x as tf.Tensor;
    return {
      value: tf.softplus(at.neg()),
      // 10 % too steep.
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => dy.mul(tf.sigmoid(saved!.neg())).mul(-1.1),
    };
  });
  const loss = (fake: tf.Tensor, masks?: ScoreOptions) => tf.tidy(() => maskedMean(wrong(fake), masks?.fakePresent));
  assert.deepEqual(failures(loss, generator), ['gradients are those of differences']);
  const formula = (fake: readonly number[]) => fake.reduce((sum, x) => sum + Math.log1p(Math.exp(-x)), 0) / fake.length;
  assert.deepEqual(failures(loss, {...generator, formula}), [
    'gradients are those of differences',
    'value and gradients are those of the formula',
  ]);
});

test('a formula of something else', () => {
  assert.deepEqual(failures(nonSaturatingGeneratorLoss, {...generator, formula: fake => fake[0]!}), [
    'value and gradients are those of the formula',
  ]);
});

test('no scalar, no number, no tensor: the rest is not asked', () => {
  const perRow = (fake: tf.Tensor) => tf.tidy(() => tf.softplus(fake.neg()) as tf.Scalar);
  assert.deepEqual(failures(perRow, generator), ['returns a scalar']);
  const nan = (fake: tf.Tensor) => tf.tidy(() => tf.log(fake.mul(0).sub(1)).mean() as tf.Scalar);
  assert.deepEqual(failures(nan, generator), ['returns a scalar']);
  const later = (async () => 1) as unknown as AnyLoss;
  assert.deepEqual(failures(later, generator), ['returns a scalar']);
  const columnsOnly = (fake: tf.Tensor) => tf.tidy(() => fake.neg().mean().mul(fake.rank) as tf.Scalar);
  assert.deepEqual(failures(columnsOnly, {...generator, masked: null}), ['scores as columns']);
});

test('it throws one error with every failure in it, and says what it needs', () => {
  const reversed = (real: tf.Tensor, fake: tf.Tensor, masks: Masks) =>
    tf.tidy(() => hingeDiscriminatorLoss(real, fake, masks).neg() as tf.Scalar);
  assert.throws(
    () => checkLoss(reversed, discriminator),
    /^UserError: reversed fails 2 of 13 checks:\n {2}pulls at ±80: Expected .*\n {2}moves the right way: Expected a loss that falls with realLogits \(negative slopes\), got \[.*\]\.$/,
  );
  assert.throws(() => checkLoss(reversed, {}), /Expected checkLoss to be told a role or the arguments, got neither\./);
  assert.throws(
    () => checkLoss(reversed, {...discriminator, rows: 0}),
    /Expected rows to be a positive integer, got 0\./,
  );
});
