/** Toy data of which everything is known: points drawn from equal round Gaussians at given places. */
import {expected} from '../core/checks';
import type {RandomStream} from '../core/random';

export interface GaussianModes {
  /** Of each mode, [m, d]; all equally likely. */
  readonly centres: readonly (readonly number[])[];
  /** Standard deviation of every mode in every direction. */
  readonly deviation: number;
}

/**
 * @returns `count` points one after the other, [count, d].
 * @throws UserError without a mode, or for centres of unequal length.
 */
export function drawPoints({centres, deviation}: GaussianModes, count: number, stream: RandomStream): Float32Array {
  const dimensions = centres[0]?.length ?? 0;
  if (dimensions === 0) throw expected('centres', 'at least one place', centres);
  const uneven = centres.find(({length}) => length !== dimensions);
  if (uneven) throw expected('every centre', `${dimensions} numbers`, uneven);
  if (!(deviation >= 0)) throw expected('deviation', 'at least 0', deviation);
  const points = stream.normals(count * dimensions);
  for (let i = 0; i < count; i++) {
    const centre = centres[stream.integer(centres.length)]!;
    for (let axis = 0; axis < dimensions; axis++) {
      points[i * dimensions + axis] = centre[axis]! + deviation * points[i * dimensions + axis]!;
    }
  }
  return points;
}
