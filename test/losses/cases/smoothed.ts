/** One-sided label smoothing. */
import {tf} from '../../../src/core/tensorflow';
import * as adversarial from '../../../src/losses/adversarial';
import {mean, softplus} from '../float64';
import {fake, type LossCase, real, realAndFake, scoreMasks} from './support';

export const smoothedCases: LossCase[] = [
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
