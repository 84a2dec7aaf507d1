import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import {styleInformationLoss} from '../../src/losses/information';
import {mismatchDiscriminatorLoss} from '../../src/losses/matching';

const value = (run: () => tf.Tensor) => tf.tidy(() => run().dataSync()[0]!);

test('style information: mean of squared differences, (1 + 4 + 0 + 9) / 4', () => {
  const loss = value(() =>
    styleInformationLoss(
      tf.tensor2d([
        [1, -2],
        [0, 3],
      ]),
      tf.tensor2d([
        [0, 0],
        [0, 0],
      ]),
    ),
  );
  assert.ok(Math.abs(loss - 3.5) < 1e-6);
  assert.throws(
    () => styleInformationLoss(tf.zeros([2, 3]), tf.zeros([2, 4])),
    /Expected guess of shape \[2, 3\], got \[2, 4\]\./,
  );
});

test('mismatch: mean softplus over what was observed, by hand', () => {
  const softplus = (x: number) => Math.log1p(Math.exp(x));
  const logits = () => tf.tensor1d([1.5, -2, 40]);
  assert.ok(
    Math.abs(value(() => mismatchDiscriminatorLoss(logits())) - (softplus(1.5) + softplus(-2) + 40) / 3) < 1e-5,
  );
  assert.ok(
    Math.abs(
      value(() => mismatchDiscriminatorLoss(logits(), tf.tensor1d([1, 1, 0]))) - (softplus(1.5) + softplus(-2)) / 2,
    ) < 1e-5,
  );
  assert.equal(
    value(() => mismatchDiscriminatorLoss(logits(), tf.zeros([3]))),
    0,
  );
  assert.ok(Math.abs(value(() => mismatchDiscriminatorLoss(tf.zeros([3]))) - Math.LN2) < 1e-6);
});
