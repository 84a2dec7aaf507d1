/** Penalties on the slope of D(x) = ½(w·x)², which is (w·x)·w: their gradients are of second order. */
import {tf} from '../../../src/core/tensorflow';
import {draganPenalty, wganGpPenalty} from '../../../src/losses/lipschitz-penalties';
import type {LossArgument} from '../../../src/losses/loss-contract';
import {r1Penalty, r2Penalty} from '../../../src/losses/penalties';
import {dot, halfSquare, mean, type Numbers, rowsOf} from '../float64';
import {type LossCase, rows, uniforms} from './support';

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

export const penaltyCases: LossCase[] = [
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
