/** Words drawn by chance, with a gradient all the same. */
import {assertShape, expected} from '../../core/checks';
import type {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';

export interface GumbelSoftmaxOptions {
  /** τ > 0; a tensor where it changes from step to step. */
  readonly temperature: tf.Scalar | number;
  /** One-hot forward, with the gradient of the soft result (straight-through). False unless told. */
  readonly hard?: boolean;
}

/**
 * A soft sample of the categorical distribution softmax(logits); its largest value stands at a word that is drawn with exactly that
 * probability.
 *
 *   y = softmax((logits + g) / τ),  g = -log(-log u)
 *
 * Source: Jang et al. 2017, section 2, equation 2; straight-through: section 2.2 (arXiv:1611.01144).
 *
 * @param logits shape [..., V]; @param gumbel g, the same shape: `gumbelNoise`, or drawn in the graph from a uniform tensor by `toGumbel`.
 * @returns the shape of the logits; sums to 1 over V. softmax(logits) for g = 0 and τ = 1.
 */
export function gumbelSoftmax<T extends tf.Tensor>(logits: T, gumbel: tf.Tensor, options: GumbelSoftmaxOptions): T {
  const {temperature, hard = false} = options;
  assertShape('the Gumbel noise', gumbel.shape, logits.shape);
  if (typeof temperature === 'number' && !(temperature > 0)) throw expected('temperature', 'above 0', temperature);
  return tf.tidy(() => {
    const soft = tf.softmax(logits.add(gumbel).div(temperature), -1) as T;
    return hard ? straightThrough(soft) : soft;
  });
}

/** One-hot of the largest value of each row, with the gradient of the values as they were. [.2, .7, .1] becomes [0, 1, 0]. */
export function straightThrough<T extends tf.Tensor>(soft: T): T {
  const choose = tf.customGrad((...[x]: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const values = x as tf.Tensor;
    const width = values.shape[values.rank - 1]!;
    return {
      value: tf.oneHot(tf.argMax(values, -1) as tf.Tensor1D, width).toFloat(),
      gradFunc: (dy: tf.Tensor) => dy.clone(),
    };
  });
  return choose(soft) as T;
}

/** Standard Gumbel values from uniform ones in [0, 1): -log(-log u), finite at both ends. 0.3665 for u = ½. */
export function toGumbel<T extends tf.Tensor>(uniform: T): T {
  // 2⁻²⁴ is half the step of a 24-bit uniform value: neither 0 nor 1 is left.
  return tf.tidy(() => tf.log(tf.log(uniform.mul(1 - 2 ** -23).add(2 ** -24)).neg()).neg() as T);
}

/** Gumbel values from a seeded stream. */
export function gumbelNoise(stream: RandomStream, shape: number[]): tf.Tensor {
  const count = shape.reduce((product, n) => product * n, 1);
  return tf.tidy(() =>
    toGumbel(
      tf.tensor(
        Float32Array.from({length: count}, () => stream.uniform()),
        shape,
      ),
    ),
  );
}

/**
 * A temperature that falls from `start` to `end` by equal factors: start · (end / start)^done.
 *
 * Source: annealing as in Jang et al. 2017, section 4.1 (arXiv:1611.01144). annealedTemperature(0.5, 1, 0.25) is 0.5.
 *
 * @param done share of the steps behind us, 0 to 1.
 */
export function annealedTemperature(done: number, start = 1, end = 0.3): number {
  return start * (end / start) ** Math.min(1, Math.max(0, done));
}
