import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import {contrastiveLoss} from '../../src/losses/contrastive';

const value = (run: () => tf.Tensor) => tf.tidy(() => run().dataSync()[0]!);
const near = (got: number, wanted: number, tolerance = 1e-5) =>
  assert.ok(Math.abs(got - wanted) < tolerance, `${got} is not ${wanted}`);

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
