/**
 * Every loss with an example worked by hand and its formula in plain numbers: the tests and the printed table run over these.
 * Real and fake differ, are signed and unsorted, so that exchanging the two cannot pass.
 */
import type {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import * as adversarial from '../../src/losses/adversarial';
import {acganDiscriminatorLoss, acganGeneratorLoss} from '../../src/losses/auxiliary-classifier';
import {codeMatchingLoss, latentRegressionLoss} from '../../src/losses/codes';
import {contrastiveLoss} from '../../src/losses/contrastive';
import {crossEntropyLoss, sigmoidCrossEntropyLoss} from '../../src/losses/cross-entropy';
import {crossModalCycleLoss, cycleLoss} from '../../src/losses/cycle';
import {featureMatchingLoss, multimodalFeatureMatchingLoss} from '../../src/losses/feature-matching';
import {infoGanCategoricalLoss, infoGanContinuousLoss, styleInformationLoss} from '../../src/losses/information';
import {draganPenalty, wganGpPenalty} from '../../src/losses/lipschitz-penalties';
import type {AnyLoss, CheckLossOptions, LossArgument} from '../../src/losses/loss-contract';
import {matchingAwareDiscriminatorLoss, mismatchDiscriminatorLoss} from '../../src/losses/matching';
import {meanSquaredErrorLoss} from '../../src/losses/mean-squared-error';
import {r1Penalty, r2Penalty} from '../../src/losses/penalties';
import {projectionLogits} from '../../src/losses/projection';
import {relativisticDiscriminatorLoss, relativisticGeneratorLoss} from '../../src/losses/relativistic';
import {semiSupervisedDiscriminatorLoss, semiSupervisedGeneratorLoss} from '../../src/losses/semi-supervised';
import {
  columnMeans,
  crossEntropy,
  dot,
  halfSquare,
  logSumExp,
  mean,
  type Numbers,
  rowsOf,
  softplus,
  sum,
} from './float64';

export interface LossCase {
  readonly name: string;
  readonly source: string;
  readonly loss: AnyLoss;
  /** What `checkLoss` is told; always with a formula. */
  readonly check: CheckLossOptions & {readonly formula: (...inputs: Numbers[]) => number};
  /** Values for each argument, row after row; labels as Int32Array. */
  readonly example: readonly (Numbers | Int32Array)[];
  readonly worked: number;
  /** How `worked` comes about. */
  readonly how: string;
}

const real = [2, 0.5, -1];
const fake = [-3, 0, 1.5];
const realAndFake: LossArgument[] = [
  {name: 'realLogits', rowsOf: 'real'},
  {name: 'fakeLogits', rowsOf: 'fake'},
];

/** Values of `width` a row; all arguments of a loss share their rows unless told. */
const rows = (name: string, width: number, more: Partial<LossArgument> = {}): LossArgument => ({
  name,
  rowShape: [width],
  rowsOf: 'examples',
  ...more,
});
const labels = (name: string, classes: number, rowsOf = 'examples'): LossArgument => ({
  name,
  rowsOf,
  constant: true,
  draw: (stream: RandomStream, count: number) => Int32Array.from({length: count}, () => stream.integer(classes)),
});
const uniforms = (stream: RandomStream, count: number) => Float32Array.from({length: count}, () => stream.uniform());
/** The mask of a loss that has one, for its last parameter. */
const lastMask =
  (loss: AnyLoss): CheckLossOptions['masked'] =>
  (inputs, masks) =>
    (loss as (...all: unknown[]) => tf.Scalar)(...inputs, masks['examples']);
const scoreMasks = (masks: Readonly<Record<string, tf.Tensor1D>>) => ({
  realPresent: masks['real'],
  fakePresent: masks['fake'],
});

const pairs: LossCase[] = [
  {
    name: 'minimaxDiscriminatorLoss',
    source: 'Goodfellow 2014, §3, eq. 1',
    loss: adversarial.minimaxDiscriminatorLoss,
    check: {role: 'discriminator', formula: (r, f) => mean(r.map(x => softplus(-x))) + mean(f.map(softplus))},
    example: [real, fake],
    worked: 1.452471,
    how: 'softplus(-2, -.5, 1) = .126928, .474077, 1.313262; softplus(-3, 0, 1.5) = .048587, .693147, 1.701413',
  },
  {
    name: 'minimaxGeneratorLoss',
    source: 'Goodfellow 2014, §3, eq. 1',
    loss: adversarial.minimaxGeneratorLoss,
    check: {role: 'generator', saturates: true, formula: f => -mean(f.map(softplus))},
    example: [fake],
    worked: -0.814383,
    how: '-(.048587 + .693147 + 1.701413) / 3',
  },
  {
    name: 'nonSaturatingDiscriminatorLoss',
    source: 'Goodfellow 2014, §3',
    loss: adversarial.nonSaturatingDiscriminatorLoss,
    check: {role: 'discriminator', formula: (r, f) => mean(r.map(x => softplus(-x))) + mean(f.map(softplus))},
    example: [real, fake],
    worked: 1.452471,
    how: 'as minimax',
  },
  {
    name: 'nonSaturatingGeneratorLoss',
    source: 'Goodfellow 2014, §3, last paragraph',
    loss: adversarial.nonSaturatingGeneratorLoss,
    check: {role: 'generator', formula: f => mean(f.map(x => softplus(-x)))},
    example: [fake],
    worked: 1.314383,
    how: 'softplus(3, 0, -1.5) = 3.048587, .693147, .201413',
  },
  {
    name: 'leastSquaresDiscriminatorLoss',
    source: 'Mao 2017, §3.2, eq. 9',
    loss: adversarial.leastSquaresDiscriminatorLoss,
    check: {role: 'discriminator', formula: (r, f) => mean(r.map(x => (x - 1) ** 2)) / 2 + mean(f.map(x => x * x)) / 2},
    example: [real, fake],
    worked: 2.75,
    how: '½·mean(1, .25, 4) + ½·mean(9, 0, 2.25)',
  },
  {
    name: 'leastSquaresGeneratorLoss',
    source: 'Mao 2017, §3.2, eq. 9',
    loss: adversarial.leastSquaresGeneratorLoss,
    check: {role: 'generator', formula: f => mean(f.map(x => (x - 1) ** 2)) / 2},
    example: [fake],
    worked: 2.875,
    how: '½·mean(16, 1, .25)',
  },
  {
    name: 'wassersteinDiscriminatorLoss',
    source: 'Arjovsky 2017, §3, alg. 1',
    loss: adversarial.wassersteinDiscriminatorLoss,
    check: {role: 'discriminator', formula: (r, f) => mean(f) - mean(r)},
    example: [real, fake],
    worked: -1,
    how: '-.5 - .5',
  },
  {
    name: 'wassersteinGeneratorLoss',
    source: 'Arjovsky 2017, §3, alg. 1',
    loss: adversarial.wassersteinGeneratorLoss,
    check: {role: 'generator', formula: f => -mean(f)},
    example: [fake],
    worked: 0.5,
    how: '-(-3 + 0 + 1.5) / 3',
  },
  {
    name: 'hingeDiscriminatorLoss',
    source: 'Lim & Ye 2017; Miyato 2018, §4',
    loss: adversarial.hingeDiscriminatorLoss,
    check: {
      role: 'discriminator',
      formula: (r, f) => mean(r.map(x => Math.max(0, 1 - x))) + mean(f.map(x => Math.max(0, 1 + x))),
    },
    example: [real, fake],
    worked: 2,
    how: 'mean(0, .5, 2) + mean(0, 1, 2.5)',
  },
  {
    name: 'hingeGeneratorLoss',
    source: 'Lim & Ye 2017',
    loss: adversarial.hingeGeneratorLoss,
    check: {role: 'generator', formula: f => -mean(f)},
    example: [fake],
    worked: 0.5,
    how: '-(-3 + 0 + 1.5) / 3',
  },
  {
    name: 'relativisticDiscriminatorLoss',
    source: 'Jolicoeur-Martineau 2018, §4',
    loss: relativisticDiscriminatorLoss,
    check: {
      role: 'discriminator',
      formula: (r, f) => mean(r.map(x => softplus(mean(f) - x))) + mean(f.map(x => softplus(x - mean(r)))),
    },
    example: [real, fake],
    worked: 1.061105,
    how: 'means .5 and -.5; softplus(-2.5, -1, .5) = .078887, .313262, .974077; softplus(-3.5, -.5, 1) = .029750, .474077, 1.313262',
  },
  {
    name: 'relativisticGeneratorLoss',
    source: 'Jolicoeur-Martineau 2018, §4',
    loss: relativisticGeneratorLoss,
    check: {
      role: 'relativisticGenerator',
      formula: (r, f) => mean(r.map(x => softplus(x - mean(f)))) + mean(f.map(x => softplus(mean(r) - x))),
    },
    example: [real, fake],
    worked: 3.061105,
    how: 'softplus(2.5, 1, -.5) = 2.578887, 1.313262, .474077; softplus(3.5, .5, -1) = 3.529750, .974077, .313262',
  },
];

const smoothed: LossCase[] = [
  {
    name: 'minimaxDiscriminatorLoss, real target .9',
    source: 'Salimans 2016, §3.4',
    loss: (r: tf.Tensor, f: tf.Tensor) => adversarial.minimaxDiscriminatorLoss(r, f, {realTarget: 0.9}),
    check: {
      arguments: realAndFake.map((argument, i) => ({...argument, direction: i === 0 ? 'falls' : 'rises'})),
      masked: ([r, f], masks) => adversarial.minimaxDiscriminatorLoss(r!, f!, {realTarget: 0.9, ...scoreMasks(masks)}),
      formula: (r, f) => mean(r.map(x => 0.9 * softplus(-x) + 0.1 * softplus(x))) + mean(f.map(softplus)),
    },
    example: [real, fake],
    worked: 1.502471,
    how: 'minimax + .1·mean(2, .5, -1), as softplus(x) - softplus(-x) = x',
  },
  {
    name: 'leastSquaresDiscriminatorLoss, real target .9',
    source: 'Salimans 2016, §3.4',
    loss: (r: tf.Tensor, f: tf.Tensor) =>
      tf.tidy(() => adversarial.leastSquaresDiscriminatorLoss(r, f, {realTarget: tf.scalar(0.9)})),
    check: {
      arguments: realAndFake,
      formula: (r, f) => mean(r.map(x => (x - 0.9) ** 2)) / 2 + mean(f.map(x => x * x)) / 2,
    },
    example: [real, fake],
    worked: 2.705,
    how: '½·mean(1.21, .16, 3.61) + ½·mean(9, 0, 2.25)',
  },
];

const classLogits = [1, 2, 0, 0, -1, 3];
const otherLogits = [0, 0, 1, 2, 0, 0];
const classes = (logits: Numbers, wanted: Numbers) =>
  mean(rowsOf(logits, 3).map((row, i) => crossEntropy(row, wanted[i]!)));
const acgan: LossArgument[] = [
  rows('realClassLogits', 3, {rowsOf: 'real'}),
  rows('fakeClassLogits', 3, {rowsOf: 'fake'}),
  labels('realLabels', 3, 'real'),
  labels('fakeLabels', 3, 'fake'),
];

const supervised: LossCase[] = [
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

const conditioning: LossCase[] = [
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

const difference = (a: Numbers, b: Numbers) => a.map((v, i) => v - b[i]!);
const matched = (r: Numbers, f: Numbers, width: number) =>
  mean(difference(columnMeans(rowsOf(r, width)), columnMeans(rowsOf(f, width))).map(v => v * v));
const featurePair = (name: string, width: number): LossArgument[] => [
  rows(`real ${name}`, width, {rowsOf: 'real'}),
  rows(`fake ${name}`, width, {rowsOf: 'fake'}),
];
const absolute = (a: Numbers, b: Numbers) => mean(difference(a, b).map(Math.abs));

const multimodal: LossCase[] = [
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
      masked: ([a, b], masks) => contrastiveLoss(a as tf.Tensor2D, b as tf.Tensor2D, 2, masks['examples']),
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

const weight = (name: string, size: number): LossArgument => ({
  name,
  rowShape: [size],
  perExample: false,
  extremes: false,
});
const input = (name: string, width: number, more: Partial<LossArgument> = {}) =>
  rows(name, width, {extremes: false, ...more});
const amounts: LossArgument = {name: 'amounts', rowsOf: 'examples', constant: true, draw: uniforms};
/** Slopes of ½(w·x)² are |w·x|·‖w‖. */
const squaredSlope = (w: Numbers, x: Numbers) => dot(w, x) ** 2 * dot(w, w);
const between = (x: Numbers, g: Numbers, a: Numbers, width: number) =>
  rowsOf(x, width).map((row, i) => row.map((v, j) => a[i]! * v + (1 - a[i]!) * g[i * width + j]!));
const unitSlope = (slopes: Numbers) => 0.1 * mean(slopes.map(slope => (slope - 1) ** 2));
const points = [1, -2, 3, 0.5];

const penalties: LossCase[] = [
  {
    name: 'r1Penalty, γ = .4',
    source: 'Mescheder 2018, §4.1, eq. 9',
    loss: (w: tf.Tensor, x: tf.Tensor) => r1Penalty(halfSquare(w), [x], 0.4),
    check: {
      arguments: [weight('w', 2), input('x', 2)],
      masked: ([w, x], masks) => r1Penalty(halfSquare(w!), [x!], 0.4, masks['examples']),
      formula: (w, x) => 0.2 * mean(rowsOf(x, 2).map(row => squaredSlope(w, row))),
    },
    example: [[2, -1], points],
    worked: 23.125,
    how: 'D(x) = ½(w·x)²: .2·mean(4²·5, 5.5²·5)',
  },
  {
    name: 'r2Penalty, γ = .4',
    source: 'Mescheder 2018, §4.1, eq. 10',
    loss: (w: tf.Tensor, x: tf.Tensor) => tf.tidy(() => r2Penalty(halfSquare(w), [x], tf.scalar(0.4))),
    check: {
      arguments: [weight('w', 2), input('x', 2)],
      masked: ([w, x], masks) => r2Penalty(halfSquare(w!), [x!], 0.4, masks['examples']),
      formula: (w, x) => 0.2 * mean(rowsOf(x, 2).map(row => squaredSlope(w, row))),
    },
    example: [[1, -2], points],
    worked: 14.5,
    how: 'D(x) = ½(w·x)²: .2·mean(5²·5, 2²·5)',
  },
  {
    name: 'wganGpPenalty, λ = .1',
    source: 'Gulrajani 2017, §4, eq. 3',
    loss: (w: tf.Tensor, x: tf.Tensor, g: tf.Tensor, a: tf.Tensor) => wganGpPenalty(halfSquare(w), [x], [g], a, 0.1),
    check: {
      arguments: [weight('w', 2), input('real', 2), input('fake', 2), amounts],
      masked: ([w, x, g, a], masks) => wganGpPenalty(halfSquare(w!), [x!], [g!], a!, 0.1, masks['examples']),
      formula: (w, x, g, a) => unitSlope(between(x, g, a, 2).map(row => Math.sqrt(squaredSlope(w, row)))),
    },
    example: [[2, -1], points, [3, 0, -1, 0.5], [0.5, 0.25]],
    worked: 5.182663,
    how: 'between: (2, -1) and (0, .5), slopes 5√5 and .5√5: .1·mean(10.180340², .118034²)',
  },
  {
    name: 'wganGpPenalty, two modalities, λ = .1',
    source: 'Gulrajani 2017, §4, eq. 3',
    loss: (w: tf.Tensor, u: tf.Tensor, x: tf.Tensor, g: tf.Tensor, y: tf.Tensor, h: tf.Tensor, a: tf.Tensor) =>
      wganGpPenalty(halfSquare(w, u), [x, y], [g, h], a, 0.1),
    check: {
      arguments: [
        weight('w', 2),
        weight('u', 1),
        input('real image', 2),
        input('fake image', 2),
        input('real text', 1),
        input('fake text', 1),
        amounts,
      ],
      masked: ([w, u, x, g, y, h, a], masks) =>
        wganGpPenalty(halfSquare(w!, u!), [x!, y!], [g!, h!], a!, 0.1, masks['examples']),
      formula: (w, u, x, g, y, h, a) => {
        const [pictures, texts] = [between(x, g, a, 2), between(y, h, a, 1)];
        return unitSlope(pictures.map((row, i) => Math.sqrt(squaredSlope([...w, ...u], [...row, ...texts[i]!]))));
      },
    },
    example: [[2, -1], [2], points, [3, 0, -1, 0.5], [1, 2], [-1, -2], [0.5, 0.25]],
    worked: 11.9125,
    how: 'w·x + u·y = 5 and -2.5, ‖(w, u)‖ = 3: .1·mean(14², 6.5²)',
  },
  {
    name: 'draganPenalty, λ = .1',
    source: 'Kodali 2017, §2',
    loss: (w: tf.Tensor, x: tf.Tensor, noise: tf.Tensor) => draganPenalty(halfSquare(w), [x], [noise], 0.1),
    check: {
      arguments: [weight('w', 2), input('real', 2), input('noise', 2, {constant: true})],
      masked: ([w, x, noise], masks) => draganPenalty(halfSquare(w!), [x!], [noise!], 0.1, masks['examples']),
      formula: (w, x, noise) =>
        unitSlope(
          rowsOf(
            x.map((v, i) => v + noise[i]!),
            2,
          ).map(row => Math.sqrt(squaredSlope(w, row))),
        ),
    },
    example: [[2, -1], points, [1, 1, -2, 0]],
    worked: 5.459056,
    how: 'around: (2, -1) and (1, .5), slopes 5√5 and 1.5√5: .1·mean(10.180340², 2.354102²)',
  },
];

/** In the order of the table. */
export const lossCases: readonly LossCase[] = [
  ...pairs,
  ...smoothed,
  ...penalties,
  ...conditioning,
  ...multimodal,
  ...supervised,
];
