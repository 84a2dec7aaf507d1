/** Classes, conditions and codes that a generated example must show. */
import {tf} from '../../../src/core/tensorflow';
import * as adversarial from '../../../src/losses/adversarial';
import {acganDiscriminatorLoss, acganGeneratorLoss} from '../../../src/losses/auxiliary-classifier';
import {infoGanCategoricalLoss, infoGanContinuousLoss, styleInformationLoss} from '../../../src/losses/information';
import type {AnyLoss, LossArgument} from '../../../src/losses/loss-contract';
import {projectionLogits} from '../../../src/losses/projection';
import {semiSupervisedDiscriminatorLoss, semiSupervisedGeneratorLoss} from '../../../src/losses/semi-supervised';
import {dot, logSumExp, mean, rowsOf, softplus, sum} from '../float64';
import {classes, classLogits, type LossCase, labels, lastMask, otherLogits, rows, scoreMasks} from './support';

const acgan: LossArgument[] = [
  rows('realClassLogits', 3, {rowsOf: 'real'}),
  rows('fakeClassLogits', 3, {rowsOf: 'fake'}),
  labels('realLabels', 3, 'real'),
  labels('fakeLabels', 3, 'fake'),
];

export const conditioningCases: LossCase[] = [
  {
    name: 'acganDiscriminatorLoss',
    source: 'Odena 2017, §3, eq. 2 and 3',
    loss: acganDiscriminatorLoss,
    check: {
      arguments: acgan,
      masked: ([r, f, y, z], masks) =>
        acganDiscriminatorLoss(r as tf.Tensor2D, f as tf.Tensor2D, y!, z!, scoreMasks(masks)),
      formula: (r, f, y, z) => classes(r, y) + classes(f, z),
    },
    example: [classLogits, otherLogits, Int32Array.of(1, 0), Int32Array.of(2, 1)],
    worked: 3.13224,
    how: '1.736745 + (log 4.718282 - 1 + log 9.389056 - 0) / 2',
  },
  {
    name: 'acganGeneratorLoss',
    source: 'Odena 2017, §3, eq. 3',
    loss: acganGeneratorLoss,
    check: {
      arguments: [acgan[1]!, acgan[3]!],
      masked: ([f, z], masks) => acganGeneratorLoss(f as tf.Tensor2D, z!, scoreMasks(masks)),
      formula: classes,
    },
    example: [otherLogits, Int32Array.of(2, 1)],
    worked: 1.395495,
    how: '(log 4.718282 - 1 + log 9.389056 - 0) / 2',
  },
  {
    name: 'projectionLogits, in nonSaturatingGeneratorLoss',
    source: 'Miyato & Koyama 2018, §3',
    loss: (plain: tf.Tensor, features: tf.Tensor2D, condition: tf.Tensor2D) =>
      tf.tidy(() => adversarial.nonSaturatingGeneratorLoss(projectionLogits(plain, features, condition))),
    check: {
      arguments: [{name: 'plain', rowsOf: 'examples', direction: 'falls'}, rows('features', 2), rows('condition', 2)],
      formula: (plain, features, condition) =>
        mean(plain.map((score, i) => softplus(-score - dot(rowsOf(features, 2)[i]!, rowsOf(condition, 2)[i]!)))),
    },
    example: [
      [0.5, -1],
      [1, 2, 0, 1],
      [3, -1, 2, 0.5],
    ],
    worked: 0.587745,
    how: 'logits .5 + 3 - 2 = 1.5 and -1 + .5 = -.5; softplus(-1.5, .5) = .201413, .974077',
  },
  {
    name: 'infoGanCategoricalLoss',
    source: 'Chen 2016, §5, eq. 5',
    loss: infoGanCategoricalLoss as AnyLoss,
    check: {
      arguments: [rows('codeLogits', 3), labels('codes', 3)],
      masked: lastMask(infoGanCategoricalLoss as AnyLoss),
      formula: classes,
    },
    example: [otherLogits, Int32Array.of(2, 1)],
    worked: 1.395495,
    how: '(log 4.718282 - 1 + log 9.389056 - 0) / 2',
  },
  {
    name: 'infoGanContinuousLoss',
    source: 'Chen 2016, §5, eq. 5, and §6',
    loss: infoGanContinuousLoss as AnyLoss,
    check: {
      arguments: [
        rows('codes', 2, {constant: true}),
        rows('means', 2),
        rows('logStddevs', 2, {extremes: false, draw: (stream, count) => stream.normals(count).map(v => v / 2)}),
      ],
      // Filler of ±40 would be a width of e⁴⁰.
      masked: ([c, m, s], masks) =>
        infoGanContinuousLoss(
          c as tf.Tensor2D,
          m as tf.Tensor2D,
          tf.clipByValue(s as tf.Tensor2D, -9, 9),
          masks['examples'],
        ),
      formula: (c, m, s) =>
        sum(c.map((v, i) => ((v - m[i]!) / Math.exp(s[i]!)) ** 2 / 2 + s[i]! + Math.log(2 * Math.PI) / 2)) /
        (c.length / 2),
    },
    example: [
      [1, -2, 0, 3],
      [0, 0, 0, 1],
      [0, Math.LN2, 0, 0],
    ],
    worked: 3.684451,
    how: '(½ + ½ + .693147 + 0 + ½·4 + 4·.918939) / 2',
  },
  {
    name: 'styleInformationLoss',
    source: 'Chen 2016, §5, eq. 5',
    loss: styleInformationLoss as AnyLoss,
    check: {
      arguments: [rows('style', 2, {constant: true}), rows('guess', 2)],
      masked: lastMask(styleInformationLoss as AnyLoss),
      formula: (s, q) => mean(s.map((v, i) => (v - q[i]!) ** 2)),
    },
    example: [
      [1, -2, 0, 3],
      [0, 0, 0, 1],
    ],
    worked: 2.25,
    how: '(1 + 4 + 0 + 4) / 4',
  },
  {
    name: 'semiSupervisedDiscriminatorLoss',
    source: 'Salimans 2016, §5',
    loss: (labelled: tf.Tensor2D, unlabelled: tf.Tensor2D, made: tf.Tensor2D, y: tf.Tensor) =>
      semiSupervisedDiscriminatorLoss({labelled, labels: y, unlabelled, fake: made}),
    check: {
      arguments: [
        rows('labelled', 3, {rowsOf: 'labelled'}),
        rows('unlabelled', 3, {rowsOf: 'real'}),
        rows('fake', 3, {rowsOf: 'fake'}),
        labels('labels', 3, 'labelled'),
      ],
      masked: ([labelled, unlabelled, made, y], masks) =>
        semiSupervisedDiscriminatorLoss(
          {
            labelled: labelled as tf.Tensor2D,
            // A row without label is -1.
            labels: y!.add(1).mul(masks['labelled']!.toInt()).sub(1),
            unlabelled: unlabelled as tf.Tensor2D,
            fake: made as tf.Tensor2D,
          },
          scoreMasks(masks),
        ),
      formula: (labelled, unlabelled, made, y) =>
        classes(labelled, y) +
        mean(rowsOf(unlabelled, 3).map(row => softplus(-logSumExp(row)))) +
        mean(rowsOf(made, 3).map(row => softplus(logSumExp(row)))),
    },
    example: [classLogits, otherLogits, [-1, 0, -2, 0, 0, 0], Int32Array.of(1, 0)],
    worked: 3.035396,
    how: '1.736745 + (log(1 + 1/4.718282) + log(1 + 1/9.389056)) / 2 + (log 2.503215 + log 4) / 2',
  },
  {
    name: 'semiSupervisedGeneratorLoss',
    source: 'Salimans 2016, §5',
    loss: semiSupervisedGeneratorLoss,
    check: {
      arguments: [rows('fakeClassLogits', 3, {rowsOf: 'fake'})],
      masked: ([made], masks) => semiSupervisedGeneratorLoss(made as tf.Tensor2D, scoreMasks(masks)),
      formula: made => mean(rowsOf(made, 3).map(row => softplus(-logSumExp(row)))),
    },
    example: [[-1, 0, -2, 0, 0, 0]],
    worked: 0.398826,
    how: '(log(1 + 1/1.503215) + log(4/3)) / 2',
  },
];
