/** Medians and spreads. */
import {quantile} from '../../src/core/quantile';

export function median(values: readonly number[]): number {
  return at(values, 0.5);
}

/** Width of the middle half. */
export function interquartileRange(values: readonly number[]): number {
  return at(values, 0.75) - at(values, 0.25);
}

export function at(values: readonly number[], share: number): number {
  return quantile(Float64Array.from(values).sort(), share);
}
