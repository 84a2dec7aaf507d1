/** What the worked cases do not show of the losses over modalities, labels and codes: masks by modality, and what does not fit. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {tf} from '../../src/core/tensorflow';
import {codeMatchingLoss, latentRegressionLoss} from '../../src/losses/codes';
import {crossEntropyLoss, sigmoidCrossEntropyLoss} from '../../src/losses/cross-entropy';
import {crossModalCycleLoss, cycleLoss} from '../../src/losses/cycle';
import {featureMatchingLoss, multimodalFeatureMatchingLoss} from '../../src/losses/feature-matching';
import {infoGanContinuousLoss, styleInformationLoss} from '../../src/losses/information';
import {mismatchRows} from '../../src/losses/matching';
import {meanSquaredErrorLoss} from '../../src/losses/mean-squared-error';
import {projectionLogits} from '../../src/losses/projection';
import {realnessLogits, semiSupervisedDiscriminatorLoss} from '../../src/losses/semi-supervised';

/** Runs in a tidy, since what throws leaves tensors behind. */
const refuses = (run: () => unknown, message: RegExp) => assert.throws(() => tf.tidy(() => void run()), message);
const value = (run: () => tf.Tensor) => tf.tidy(() => run().dataSync()[0]!);
const near = (got: number, wanted: number) => assert.ok(Math.abs(got - wanted) < 1e-5, `${got} is not ${wanted}`);

test('feature matching over modalities takes a mask for each', () => {
  const layers = () => {
    const real = {image: [tf.tensor2d([[1], [9]])], text: [tf.tensor2d([[2], [4]])]};
    const fake = {image: [tf.tensor2d([[0], [0]])], text: [tf.tensor2d([[0], [0]])]};
    return [real, fake] as const;
  };
  // Row 2 of the images is filler: (1² + 3²) / 2.
  near(
    value(() => multimodalFeatureMatchingLoss(...layers(), {image: tf.tensor1d([1, 0])})),
    5,
  );
  // No text at all: it adds nothing.
  near(
    value(() => multimodalFeatureMatchingLoss(...layers(), {text: tf.zeros([2])})),
    12.5,
  );
});

test('the modality that does not fit is named', () => {
  refuses(
    () => multimodalFeatureMatchingLoss({speech: [tf.zeros([4, 3])]}, {speech: [tf.zeros([4, 5])]}),
    /Expected fakeFeatures of speech of shape \[N, 3\], got \[4, 5\]\./,
  );
  refuses(
    () => multimodalFeatureMatchingLoss({speech: [tf.zeros([4, 3])]}, {}),
    /Expected the layers of speech to be as many for fake as for real \(1\), got 0\./,
  );
  refuses(() => multimodalFeatureMatchingLoss({}, {}), /Expected the number of modalities to be at least 1, got 0\./);
  refuses(
    () => crossModalCycleLoss({image: tf.zeros([2, 3])}, {image: tf.zeros([2, 4])}),
    /Expected cycled image of shape \[2, 3\], got \[2, 4\]\./,
  );
  refuses(
    () => crossModalCycleLoss({image: tf.zeros([2, 3])}, {speech: tf.zeros([2, 3])}),
    /Expected cycled to be modalities among image, got "speech"\./,
  );
  refuses(() => crossModalCycleLoss({}, {}), /Expected the number of modalities to be at least 1, got 0\./);
});

test('every loss of two tensors refuses shapes that differ, instead of stretching them', () => {
  const wide = () => tf.zeros<tf.Rank.R2>([2, 3]);
  const narrow = () => tf.zeros<tf.Rank.R2>([2, 1]);
  const twos: readonly [string, (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor][] = [
    ['targets', meanSquaredErrorLoss],
    ['cycled', cycleLoss],
    ['readBack', latentRegressionLoss],
    ['fakeCodes', codeMatchingLoss],
    ['guess', styleInformationLoss],
    ['means', infoGanContinuousLoss],
    ['targets', sigmoidCrossEntropyLoss],
  ];
  for (const [name, loss] of twos)
    refuses(() => loss(wide(), narrow()), new RegExp(`Expected ${name} of shape \\[2, 3\\], got \\[2, 1\\]\\.`));
  refuses(() => featureMatchingLoss(wide(), narrow()), /Expected fakeFeatures of shape \[N, 3\], got \[2, 1\]\./);
  refuses(
    () => projectionLogits(tf.zeros([2]), wide(), narrow()),
    /Expected condition of shape \[2, 3\], got \[2, 1\]\./,
  );
  refuses(() => projectionLogits(tf.zeros([3]), wide(), wide()), /Expected plain of shape \[2\], got \[3\]\./);
});

test('cross-entropy: rows without label do not count, labels may be indices or rows, log K when all logits are equal', () => {
  const logits = () =>
    tf.tensor2d([
      [1, 2, 0],
      [0, -1, 3],
      [7, 7, 9],
    ]);
  near(
    value(() => crossEntropyLoss(logits(), tf.tensor1d([1, 0, -1], 'int32'))),
    1.736745,
  );
  near(
    value(() => crossEntropyLoss(logits(), tf.tensor1d([1, 0, 2], 'int32'), {present: tf.tensor1d([1, 1, 0])})),
    1.736745,
  );
  near(
    value(() =>
      crossEntropyLoss(
        logits().slice(0, 2),
        tf.tensor2d([
          [0, 1, 0],
          [1, 0, 0],
        ]),
      ),
    ),
    1.736745,
  );
  assert.equal(
    value(() => crossEntropyLoss(logits(), tf.fill([3], -1, 'int32'))),
    0,
  );
  near(
    value(() => crossEntropyLoss(tf.zeros([2, 5]), tf.tensor1d([4, 0], 'int32'))),
    Math.log(5),
  );
  // A caption: a class at every place.
  near(
    value(() => crossEntropyLoss(tf.zeros([2, 3, 4]), tf.zeros([2, 3], 'int32'), {present: tf.tensor1d([0, 1])})),
    Math.log(4),
  );
  refuses(
    () => crossEntropyLoss(tf.zeros([2, 3]), tf.zeros([3], 'int32')),
    /Expected labels of shape \[2\], got \[3\]\./,
  );
  refuses(() => crossEntropyLoss(tf.zeros([2]), tf.zeros([2])), /Expected logits to be of shape \[N, K\], got \[2\]\./);
  refuses(
    () => crossEntropyLoss(tf.zeros([2, 3]), tf.zeros([2], 'int32'), {smoothing: 1}),
    /Expected smoothing to be at least 0 and below 1, got 1\./,
  );
  refuses(() => sigmoidCrossEntropyLoss(tf.zeros([2]), 1.5), /Expected targets to be between 0 and 1, got 1\.5\./);
});

test('semi-supervised: the values that the comments promise, and no labels at all', () => {
  const zeros = () => tf.zeros<tf.Rank.R2>([2, 3]);
  const loss = (labels: number[]) =>
    value(() =>
      semiSupervisedDiscriminatorLoss({
        labelled: zeros(),
        labels: tf.tensor1d(labels, 'int32'),
        unlabelled: zeros(),
        fake: zeros(),
      }),
    );
  near(loss([0, 2]), Math.log(3) + Math.log(1 + 1 / 3) + Math.log(4));
  near(loss([-1, -1]), Math.log(1 + 1 / 3) + Math.log(4));
  near(
    value(() => realnessLogits(zeros())),
    Math.log(3),
  );
  refuses(
    () => realnessLogits(tf.zeros([3]) as unknown as tf.Tensor2D),
    /Expected classLogits to be of shape \[N, K\], got \[3\]\./,
  );
  refuses(
    () =>
      semiSupervisedDiscriminatorLoss({
        labelled: zeros(),
        labels: tf.zeros([2], 'int32'),
        unlabelled: zeros(),
        fake: tf.zeros([2, 4]),
      }),
    /Expected fake of shape \[N, 3\], got \[2, 4\]\./,
  );
});

test('mismatched rows: none keeps its own; one row cannot be mismatched', () => {
  tf.tidy(() => {
    assert.deepEqual(
      mismatchRows(
        tf.tensor2d([
          [1, 10],
          [2, 20],
          [3, 30],
        ]),
      ).arraySync(),
      [
        [2, 20],
        [3, 30],
        [1, 10],
      ],
    );
  });
  refuses(
    () => mismatchRows(tf.zeros([1, 2])),
    /Expected the batch to be at least 2 examples, to mismatch them, got 1\./,
  );
});
