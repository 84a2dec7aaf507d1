/** Agreement between modalities, and codes. */
import type {tf} from '../../../src/core/tensorflow';
import {codeMatchingLoss, latentRegressionLoss} from '../../../src/losses/codes';
import {contrastiveLoss} from '../../../src/losses/contrastive';
import {crossModalCycleLoss, cycleLoss} from '../../../src/losses/cycle';
import {featureMatchingLoss, multimodalFeatureMatchingLoss} from '../../../src/losses/feature-matching';
import type {AnyLoss, LossArgument} from '../../../src/losses/loss-contract';
import {matchingAwareDiscriminatorLoss, mismatchDiscriminatorLoss} from '../../../src/losses/matching';
import {columnMeans, crossEntropy, dot, mean, type Numbers, rowsOf, softplus, sum} from '../float64';
import {fake, type LossCase, lastMask, real, rows, scoreMasks} from './support';

const difference = (a: Numbers, b: Numbers) => a.map((v, i) => v - b[i]!);
const matched = (r: Numbers, f: Numbers, width: number) =>
  mean(difference(columnMeans(rowsOf(r, width)), columnMeans(rowsOf(f, width))).map(v => v * v));
const featurePair = (name: string, width: number): LossArgument[] => [
  rows(`real ${name}`, width, {rowsOf: 'real'}),
  rows(`fake ${name}`, width, {rowsOf: 'fake'}),
];
const absolute = (a: Numbers, b: Numbers) => mean(difference(a, b).map(Math.abs));

export const multimodalCases: LossCase[] = [
  {
    name: 'mismatchDiscriminatorLoss',
    source: 'Reed 2016, §4.2, alg. 1',
    loss: mismatchDiscriminatorLoss as AnyLoss,
    check: {
      arguments: [{name: 'mismatchedLogits', rowsOf: 'examples', direction: 'rises'}],
      masked: lastMask(mismatchDiscriminatorLoss as AnyLoss),
      formula: x => mean(x.map(softplus)),
    },
    example: [[1, -2, 0]],
    worked: 0.711112,
    how: '(1.313262 + .126928 + .693147) / 3',
  },
  {
    name: 'matchingAwareDiscriminatorLoss',
    source: 'Reed 2016, §4.2, alg. 1, line 9',
    loss: matchingAwareDiscriminatorLoss,
    check: {
      arguments: [
        {name: 'realLogits', rowsOf: 'real', direction: 'falls'},
        {name: 'mismatchedLogits', rowsOf: 'real', direction: 'rises'},
        {name: 'fakeLogits', rowsOf: 'fake', direction: 'rises'},
      ],
      masked: ([r, m, f], masks) => matchingAwareDiscriminatorLoss(r!, m!, f!, scoreMasks(masks)),
      formula: (r, m, f) => mean(r.map(x => softplus(-x))) + (mean(m.map(softplus)) + mean(f.map(softplus))) / 2,
    },
    example: [real, [1, -2, 0], fake],
    worked: 1.400836,
    how: '.638089 + (.711112 + .814383) / 2',
  },
  {
    name: 'featureMatchingLoss',
    source: 'Salimans 2016, §3.1',
    loss: featureMatchingLoss,
    check: {
      arguments: featurePair('features', 2),
      masked: ([r, f], masks) => featureMatchingLoss(r!, f!, scoreMasks(masks)),
      formula: (r, f) => matched(r, f, 2),
    },
    example: [
      [1, 2, 3, 0],
      [0, -1, 1, 3, 2, 7],
    ],
    worked: 2.5,
    how: 'means (2, 1) and (1, 3): (1² + 2²) / 2',
  },
  {
    name: 'multimodalFeatureMatchingLoss',
    source: 'Salimans 2016, §3.1',
    loss: (r1: tf.Tensor, f1: tf.Tensor, r2: tf.Tensor, f2: tf.Tensor, r3: tf.Tensor, f3: tf.Tensor) =>
      multimodalFeatureMatchingLoss({image: [r1, r2], text: [r3]}, {image: [f1, f2], text: [f3]}),
    check: {
      arguments: [...featurePair('image, layer 1', 2), ...featurePair('image, layer 2', 1), ...featurePair('text', 2)],
      formula: (r1, f1, r2, f2, r3, f3) => ((matched(r1, f1, 2) + matched(r2, f2, 1)) / 2 + matched(r3, f3, 2)) / 2,
    },
    example: [
      [1, 2, 3, 0],
      [0, -1, 1, 3, 2, 7],
      [1, 3],
      [0, 1, -1],
      [0, 1, 2, 1],
      [0, 0, 0, 0, 3, 0],
    ],
    worked: 1.875,
    how: '((2.5 + 2²) / 2 + (0 + 1²) / 2) / 2',
  },
  {
    name: 'cycleLoss',
    source: 'Zhu 2017, §3.2, eq. 2',
    loss: cycleLoss as AnyLoss,
    check: {
      arguments: [rows('original', 2), rows('cycled', 2)],
      masked: lastMask(cycleLoss as AnyLoss),
      formula: absolute,
    },
    example: [
      [1, -2, 0, 3],
      [0, 0, 0.5, 1],
    ],
    worked: 1.375,
    how: '(1 + 2 + .5 + 2) / 4',
  },
  {
    name: 'crossModalCycleLoss',
    source: 'Zhu 2017, §3.2, eq. 2',
    loss: (x: tf.Tensor, back: tf.Tensor, y: tf.Tensor, backY: tf.Tensor) =>
      crossModalCycleLoss({image: x, speech: y}, {image: back, speech: backY}),
    check: {
      arguments: [
        rows('image', 2, {rowsOf: 'image'}),
        rows('image, cycled', 2, {rowsOf: 'image'}),
        rows('speech', 1, {rowsOf: 'speech'}),
        rows('speech, cycled', 1, {rowsOf: 'speech'}),
      ],
      masked: ([x, back, y, backY], masks) =>
        crossModalCycleLoss({image: x!, speech: y!}, {image: back!, speech: backY!}, masks),
      formula: (x, back, y, backY) => (absolute(x, back) + absolute(y, backY)) / 2,
    },
    example: [
      [1, -2, 0, 3],
      [0, 0, 0.5, 1],
      [0.2, -1],
      [0, 1],
    ],
    worked: 1.2375,
    how: '(1.375 + (.2 + 2) / 2) / 2',
  },
  {
    name: 'latentRegressionLoss',
    source: 'Donahue 2017, §4.1',
    loss: latentRegressionLoss as AnyLoss,
    check: {
      arguments: [rows('content', 2), rows('readBack', 2)],
      masked: lastMask(latentRegressionLoss as AnyLoss),
      formula: (c, back) => sum(difference(c, back).map(v => v * v)) / (c.length / 2),
    },
    example: [
      [1, 2, 0, 0],
      [0, 0, 0, 3],
    ],
    worked: 7,
    how: '(1 + 4 + 9) / 2',
  },
  {
    name: 'codeMatchingLoss',
    source: 'see its comment',
    loss: codeMatchingLoss as AnyLoss,
    check: {
      arguments: [rows('realCodes', 2), rows('fakeCodes', 2)],
      masked: lastMask(codeMatchingLoss as AnyLoss),
      formula: (r, f) => mean(difference(r, f).map(v => v * v)),
    },
    example: [
      [1, 2, 0, 0],
      [0, 0, 0, 3],
    ],
    worked: 3.5,
    how: '(1 + 4 + 0 + 9) / 4',
  },
  {
    name: 'contrastiveLoss, scale 2',
    source: 'van den Oord 2018, §2.3; Radford 2021, fig. 3',
    loss: (a: tf.Tensor2D, b: tf.Tensor2D) => contrastiveLoss(a, b, 2),
    check: {
      // Codes are on the unit sphere.
      arguments: [rows('a', 2, {extremes: false}), rows('b', 2, {extremes: false})],
      masked: ([a, b], {examples}) =>
        contrastiveLoss(a as tf.Tensor2D, b as tf.Tensor2D, 2, examples && {a: examples, b: examples}),
      formula: (a, b) => {
        const [left, right] = [rowsOf(a, 2), rowsOf(b, 2)];
        const towards = (from: Numbers[], to: Numbers[]) =>
          mean(
            from.map((code, i) =>
              crossEntropy(
                to.map(other => 2 * dot(code, other)),
                i,
              ),
            ),
          );
        return (towards(left, right) + towards(right, left)) / 2;
      },
    },
    example: [
      [1, 0, 0, 1],
      [0.6, 0.8, 0, 1],
    ],
    worked: 0.45406,
    how: 'scores (1.2, 0), (1.6, 2): (.263282 + .513015 + .913015 + .126928) / 4',
  },
];
