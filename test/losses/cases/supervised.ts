/** Cross-entropy and mean squared error. */
import type {tf} from '../../../src/core/tensorflow';
import {crossEntropyLoss, sigmoidCrossEntropyLoss} from '../../../src/losses/cross-entropy';
import type {AnyLoss} from '../../../src/losses/loss-contract';
import {meanSquaredErrorLoss} from '../../../src/losses/mean-squared-error';
import {logSumExp, mean, rowsOf, softplus, sum} from '../float64';
import {classes, classLogits, type LossCase, labels, lastMask, rows, uniforms} from './support';

export const supervisedCases: LossCase[] = [
  {
    name: 'sigmoidCrossEntropyLoss',
    source: 'Goodfellow, Bengio & Courville 2016, §6.2.2.2',
    loss: sigmoidCrossEntropyLoss as AnyLoss,
    check: {
      arguments: [
        {name: 'logits', rowsOf: 'examples', rowShape: [1]},
        {name: 'targets', rowsOf: 'examples', rowShape: [1], constant: true, draw: uniforms},
      ],
      masked: lastMask(sigmoidCrossEntropyLoss as AnyLoss),
      formula: (x, t) => mean(x.map((score, i) => t[i]! * softplus(-score) + (1 - t[i]!) * softplus(score))),
    },
    example: [
      [2, -1],
      [1, 0.25],
    ],
    worked: 0.345095,
    how: '(.126928 + .25·1.313262 + .75·.313262) / 2',
  },
  {
    name: 'crossEntropyLoss',
    source: 'Goodfellow, Bengio & Courville 2016, §6.2.2.3',
    loss: crossEntropyLoss,
    check: {
      arguments: [rows('logits', 3), labels('labels', 3)],
      masked: ([x, y], masks) => crossEntropyLoss(x!, y!, {present: masks['examples']}),
      formula: classes,
    },
    example: [classLogits, Int32Array.of(1, 0)],
    worked: 1.736745,
    how: '(log 11.107338 - 2 + log 21.453416 - 0) / 2',
  },
  {
    name: 'crossEntropyLoss, smoothing .3',
    source: 'Szegedy 2016, §7',
    loss: (x: tf.Tensor, y: tf.Tensor) => crossEntropyLoss(x, y, {smoothing: 0.3}),
    check: {
      arguments: [rows('logits', 3), labels('labels', 3)],
      masked: ([x, y], masks) => crossEntropyLoss(x!, y!, {smoothing: 0.3, present: masks['examples']}),
      formula: (x, y) => mean(rowsOf(x, 3).map((row, i) => logSumExp(row) - 0.7 * row[y[i]!]! - 0.1 * sum(row))),
    },
    example: [classLogits, Int32Array.of(1, 0)],
    worked: 1.786745,
    how: '(2.407606 - .7·2 - .1·3 + 3.065886 - 0 - .1·2) / 2',
  },
  {
    name: 'meanSquaredErrorLoss',
    source: 'Goodfellow, Bengio & Courville 2016, §5.1.4',
    loss: meanSquaredErrorLoss as AnyLoss,
    check: {
      arguments: [rows('predictions', 2), rows('targets', 2)],
      masked: lastMask(meanSquaredErrorLoss as AnyLoss),
      formula: (x, t) => mean(x.map((v, i) => (v - t[i]!) ** 2)),
    },
    example: [
      [1, -2, 0, 3],
      [0, 1, 1, 1.5],
    ],
    worked: 3.3125,
    how: '(1 + 9 + 1 + 2.25) / 4',
  },
];
