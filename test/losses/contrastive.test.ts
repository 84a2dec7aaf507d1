import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import {contrastiveLoss, latentRegressionLoss} from '../../src/losses/contrastive';

const value = (run: () => tf.Tensor) => tf.tidy(() => run().dataSync()[0]!);
const near = (got: number, wanted: number, tolerance = 1e-5) =>
  assert.ok(Math.abs(got - wanted) < tolerance, `${got} is not ${wanted}`);

test('contrastive loss, two pairs worked by hand', () => {
  // a = (1,0), (0,1); b = (.6,.8), (0,1); scores A·Bᵀ = [[.6, 0], [.8, 1]], scale 2 → [[1.2, 0], [1.6, 2]]
  const a = () =>
    tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
  const b = () =>
    tf.tensor2d([
      [0.6, 0.8],
      [0, 1],
    ]);
  const lse = (...xs: number[]) => Math.log(xs.reduce((sum, x) => sum + Math.exp(x), 0));
  const rows = lse(1.2, 0) - 1.2 + (lse(1.6, 2) - 2);
  const columns = lse(1.2, 1.6) - 1.2 + (lse(0, 2) - 2);
  near(
    value(() => contrastiveLoss(a(), b(), 2)),
    (rows + columns) / 4,
  );
});

test('log N when all codes are equal', () => {
  near(
    value(() => contrastiveLoss(tf.tile(tf.tensor2d([[0.6, 0.8]]), [5, 1]), tf.tile(tf.tensor2d([[0, 1]]), [5, 1]), 7)),
    Math.log(5),
  );
});

test('an unobserved pair neither counts nor serves as a stranger: its codes change nothing, its gradient is zero', () => {
  const loss = (third: number[]) =>
    tf.tidy(() => {
      const a = tf.tensor2d([[1, 0], [0, 1], third as [number, number]]);
      const b = tf.tensor2d([
        [0.6, 0.8],
        [0, 1],
        [0, -1],
      ]);
      const {value, grad} = tf.valueAndGrad(x => contrastiveLoss(x as tf.Tensor2D, b, 2, tf.tensor1d([1, 1, 0])))(a);
      return [value.dataSync()[0]!, ...grad.dataSync().slice(4)];
    });
  assert.deepEqual(loss([1, 0]), loss([-0.6, 0.8]));
  assert.deepEqual(loss([1, 0]).slice(1), [0, 0]);
  near(
    loss([1, 0])[0]!,
    value(() =>
      contrastiveLoss(
        tf.tensor2d([
          [1, 0],
          [0, 1],
        ]),
        tf.tensor2d([
          [0.6, 0.8],
          [0, 1],
        ]),
        2,
      ),
    ),
  );
});

test('latent regression is the mean squared distance: (1 + 4 + 9) / 2 for two codes', () => {
  near(
    value(() =>
      latentRegressionLoss(
        tf.tensor2d([
          [1, 2],
          [0, 0],
        ]),
        tf.tensor2d([
          [0, 0],
          [0, 3],
        ]),
      ),
    ),
    7,
  );
  assert.throws(
    () => latentRegressionLoss(tf.zeros([2, 3]), tf.zeros([2, 4])),
    /Expected readBack of shape \[2, 3\], got \[2, 4\]\./,
  );
});
