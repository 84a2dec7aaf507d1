import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import {contrastiveLoss} from '../../src/losses/contrastive';

const value = (run: () => tf.Tensor) => tf.tidy(() => run().dataSync()[0]!);
const near = (got: number, wanted: number, tolerance = 1e-5) =>
  assert.ok(Math.abs(got - wanted) < tolerance, `${got} is not ${wanted}`);

const both = (mask: number[]) => ({a: tf.tensor1d(mask), b: tf.tensor1d(mask)});

test('log N when all codes are equal', () => {
  near(
    value(() => contrastiveLoss(tf.tile(tf.tensor2d([[0.6, 0.8]]), [5, 1]), tf.tile(tf.tensor2d([[0, 1]]), [5, 1]), 7)),
    Math.log(5),
  );
});

test('what neither side shows neither counts nor serves as a stranger: its codes change nothing, its gradient is zero', () => {
  const loss = (third: number[]) =>
    tf.tidy(() => {
      const a = tf.tensor2d([[1, 0], [0, 1], third as [number, number]]);
      const b = tf.tensor2d([
        [0.6, 0.8],
        [0, 1],
        [0, -1],
      ]);
      const {value, grad} = tf.valueAndGrad(x => contrastiveLoss(x as tf.Tensor2D, b, 2, both([1, 1, 0])))(a);
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

test('a row that one side alone shows makes no pair, and is a stranger to the pairs of the other side', () => {
  // Scores of the pairs: (1.2, 0) and (1.6, 2); with the third of b (1.2, 0, 0) and (1.6, 2, -2).
  const loss = (third: [number, number]) =>
    tf.tidy(() => {
      const a = tf.tensor2d([[1, 0], [0, 1], third]);
      const b = tf.tensor2d([
        [0.6, 0.8],
        [0, 1],
        [0, -1],
      ]);
      const present = {a: tf.tensor1d([1, 1, 0]), b: tf.tensor1d([1, 1, 1])};
      const {value, grads} = tf.valueAndGrads((x, y) =>
        contrastiveLoss(x as tf.Tensor2D, y as tf.Tensor2D, 2, present),
      )([a, b]);
      return [value, ...grads].map(each => Array.from(each.dataSync()));
    });
  const [[value], gradientA, gradientB] = loss([1, 0]) as [[number], number[], number[]];
  near(value, 0.5088399);
  assert.deepEqual(gradientA.slice(4), [0, 0], 'the filler of a');
  assert.ok(Math.hypot(...gradientB.slice(4)) > 0.01, 'the stranger of b is pushed away');
  assert.deepEqual(loss([-0.6, 0.8]), loss([1, 0]));
});
