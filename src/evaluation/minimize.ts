/** Finds the lowest point of a smooth function of many variables. */

/** Value and gradient at a point; the gradient is written into `gradient`. */
export type Smooth = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimizeOptions {
  /** It ends when no part of the gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Steps that are remembered. */
const memory = 10;

/**
 * L-BFGS with a line search that halves until the value has fallen enough (Armijo) and a pair is kept only where the curvature is
 * positive: enough for convex functions, which the probe's is.
 *
 * Source: Nocedal & Wright 2006, Numerical Optimization, algorithms 7.4 and 7.5.
 *
 * @param start where to begin; it is not changed. @returns the lowest point found.
 */
export function minimize(
  smooth: Smooth,
  start: Float64Array,
  {tolerance, maxIterations}: MinimizeOptions,
): Float64Array {
  const size = start.length;
  let point = start.slice();
  let gradient = new Float64Array(size);
  let value = smooth(point, gradient);
  const pairs: {s: Float64Array; y: Float64Array; scale: number}[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (gradient.every(part => Math.abs(part) <= tolerance)) break;
    const direction = descentDirection(gradient, pairs);
    const slope = inner(direction, gradient);
    let step = pairs.length > 0 ? 1 : 1 / Math.max(1, Math.sqrt(inner(gradient, gradient)));
    const next = new Float64Array(size);
    const nextGradient = new Float64Array(size);
    let nextValue = Number.POSITIVE_INFINITY;
    for (let halving = 0; halving < 60; halving++, step /= 2) {
      for (let i = 0; i < size; i++) next[i] = point[i]! + step * direction[i]!;
      nextValue = smooth(next, nextGradient);
      if (nextValue <= value + 1e-4 * step * slope) break;
    }
    // Rounding hides any further fall.
    if (!(nextValue < value)) break;
    const s = next.map((part, i) => part - point[i]!);
    const y = nextGradient.map((part, i) => part - gradient[i]!);
    const curvature = inner(s, y);
    if (curvature > 1e-12 * inner(y, y)) pairs.push({s, y, scale: 1 / curvature});
    if (pairs.length > memory) pairs.shift();
    [point, gradient, value] = [next, nextGradient, nextValue];
  }
  return point;
}

function descentDirection(
  gradient: Float64Array,
  pairs: readonly {s: Float64Array; y: Float64Array; scale: number}[],
): Float64Array {
  const direction = gradient.map(part => -part);
  const weights = new Float64Array(pairs.length);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const {s, y, scale} = pairs[p]!;
    weights[p] = scale * inner(s, direction);
    addTo(direction, -weights[p]!, y);
  }
  const last = pairs[pairs.length - 1];
  if (last) {
    const factor = 1 / (last.scale * inner(last.y, last.y));
    for (let i = 0; i < direction.length; i++) direction[i]! *= factor;
  }
  pairs.forEach(({s, y, scale}, p) => {
    addTo(direction, weights[p]! - scale * inner(y, direction), s);
  });
  return direction;
}

function addTo(target: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * values[i]!;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
