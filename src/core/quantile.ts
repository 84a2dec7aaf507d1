import {assertInRange, UserError} from './checks';

/** Linear interpolation between sorted values: quantile([1, 2, 4], 0.75) is 3. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  assertInRange('share', share, 0, 1);
  if (sorted.length === 0) throw new UserError('Expected a quantile of at least 1 value, got 0.');
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
