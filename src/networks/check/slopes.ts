/** Slopes by differentiation against slopes by differences, along random directions. */
import type {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';

/** A value to be turned a little: an input, or a trainable tensor. */
export interface Turnable {
  readonly name: string;
  readonly tensor: tf.Tensor;
}

/** A function of all turnables, Σ of all values of all terms, which are added up in double precision. */
export type Terms = (replaced: ReadonlyMap<number, tf.Tensor>) => tf.Tensor[];

/**
 * How far a step goes, in units of the tensor's own size. The best of them counts: large ones meet kinks, small ones drown in
 * rounding, and a wrong slope is wrong at each.
 */
const steps = [1e-3, 3e-3, 3e-4, 1e-2, 1e-4];
const largestStep = Math.max(...steps);

/** A slope is right within this share: single precision allows no less. */
export const slopeTolerance = 3e-2;

/** No smaller error is looked for. */
const goodEnough = slopeTolerance / 10;

/** Directions that are tried until one agrees: a kink lies in the way of some, a wrong slope of all. */
const directions = 3;

export interface SlopeError {
  readonly name: string;
  /** |difference − derivative|, as a share of the larger of the two, and of what can be measured at all. */
  readonly error: number;
  /** Whether the derivative is 0 everywhere. */
  readonly flat: boolean;
}

/**
 * For each tensor t: (f(t + hd) − f(t − hd)) / 2h against ∇f·d, with d ~ N(0, 1).
 *
 * @param gradients ∇f, one for each tensor.
 */
export function slopeErrors(
  turnables: readonly Turnable[],
  terms: Terms,
  gradients: readonly tf.Tensor[],
  stream: RandomStream,
): SlopeError[] {
  const {spread} = addUp(() => terms(new Map()));
  return turnables.map(({name, tensor}, index) => {
    const gradient = gradients[index]!.dataSync() as Float32Array;
    const unit = Math.sqrt(squares(tensor.dataSync()) / tensor.size) || 0.1;
    // The slope that single precision's rounding alone can make up at the largest step.
    const rounding = (2 ** -23 * spread) / (largestStep * unit);
    const errorAlong = (direction: Float32Array): number => {
      const derivative = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
      const usual = Math.sqrt((squares(gradient) * squares(direction)) / tensor.size);
      const at = (by: number) => {
        const turned = () => tensor.add(tf.tensor(direction, tensor.shape).mul(by));
        return addUp(() => terms(new Map([[index, turned()]]))).sum;
      };
      let least = Number.POSITIVE_INFINITY;
      for (const step of steps) {
        const difference = (at(step * unit) - at(-step * unit)) / (2 * step * unit);
        const scale = Math.max(Math.abs(difference), Math.abs(derivative), usual, rounding / slopeTolerance);
        least = Math.min(least, scale === 0 ? 0 : Math.abs(difference - derivative) / scale);
        if (least < goodEnough) break;
      }
      return least;
    };
    let error = Number.POSITIVE_INFINITY;
    for (let i = 0; i < directions && !(error <= slopeTolerance); i++)
      error = Math.min(error, errorAlong(stream.normals(tensor.size)));
    return {name, error, flat: gradient.every(g => g === 0)};
  });
}

/** The sum of all values, and the root of the sum of their squares, which rounding errors are in proportion to. */
function addUp(make: () => tf.Tensor[]): {sum: number; spread: number} {
  return tf.tidy(() => {
    let [sum, squared] = [0, 0];
    for (const term of make()) {
      for (const value of term.dataSync()) {
        sum += value;
        squared += value * value;
      }
    }
    return {sum, spread: Math.sqrt(squared)};
  });
}

function squares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
