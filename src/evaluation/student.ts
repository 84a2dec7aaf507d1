/** Student's t distribution, as far as intervals need it. */
import {assertPositiveInteger} from '../core/checks';

/**
 * P(|T| ≤ t) for an integer number of degrees of freedom, by the finite sums of trigonometric functions.
 *
 * Source: Abramowitz & Stegun 1964, 26.7.3 and 26.7.4.
 */
export function studentCentralShare(t: number, degreesOfFreedom: number): number {
  const theta = Math.atan(t / Math.sqrt(degreesOfFreedom));
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  const odd = degreesOfFreedom % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let j = odd ? 3 : 2; j <= degreesOfFreedom - 2; j += 2) {
    term *= (cosine * cosine * (j - 1)) / j;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}

/** The t that 97.5 % stay below: studentQuantile975(4) is 2.776. */
export function studentQuantile975(degreesOfFreedom: number): number {
  assertPositiveInteger('degreesOfFreedom', degreesOfFreedom);
  let [low, high] = [1.9, 12.8];
  for (let i = 0; i < 100 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (studentCentralShare(middle, degreesOfFreedom) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
