/** What the checks of `checkLoss` have in common: what they find, and how they say what is wrong. */
import type {CheckedLoss, Probe} from './loss-probe';

/** What a check reports besides having passed. */
export interface Finding {
  readonly detail: string;
  readonly error?: number;
}

/** Thrown by a check that does not apply. */
export class NotChecked extends Error {}

export type Check = (loss: CheckedLoss, probes: readonly Probe[]) => Finding;

export function near(got: number, wanted: number, tolerance: number): boolean {
  return Math.abs(got - wanted) <= tolerance * (1 + Math.abs(wanted));
}

export function fail(rule: string, got: unknown): never {
  throw new Error(`Expected ${rule}, got ${String(got)}.`);
}
