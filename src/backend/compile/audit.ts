/** Compares what a replay gave with what the step itself gave. */
import type {tf} from '../../core/tensorflow';
import {type Refusal, refusal} from './refusal';

/** Largest difference of a result, relative to its largest value. Other kernels in a graph round otherwise. */
const resultTolerance = 1e-3;
/**
 * Largest difference of all states together, relative to what the step changed. Wide, because an optimizer that divides
 * by the size of a gradient makes noise as large as signal where the gradient is nothing but rounding.
 */
const stateTolerance = 0.2;

export interface AuditOutcome {
  readonly fault: Refusal | null;
  /** The largest relative difference of a result. */
  readonly worst: number;
}

/**
 * @param rehearsal results of the replay, and the states before and after it; @param results of the step itself;
 * @param states after the step itself.
 */
export function auditFault(
  rehearsal: {readonly results: tf.Tensor[]; readonly before: tf.Tensor[]; readonly after: tf.Tensor[]},
  results: readonly tf.Tensor[],
  states: readonly tf.Tensor[],
  stateNames: readonly string[],
): AuditOutcome {
  let worst = 0;
  for (const [i, result] of results.entries()) {
    const difference = relativeDifference(rehearsal.results[i]!, result);
    worst = Math.max(worst, difference);
    if (!(difference <= resultTolerance)) {
      const message = `result ${i} of a replay differs from the step's own by ${difference.toPrecision(3)} of its size`;
      return {worst, fault: refusal('audit', message)};
    }
  }
  let apart = 0;
  let moved = 0;
  let blame = {name: '', apart: 0};
  for (const [i, state] of states.entries()) {
    const distance = squaredDistance(rehearsal.after[i]!, state);
    apart += distance;
    moved += squaredDistance(rehearsal.before[i]!, state);
    if (distance > blame.apart) blame = {name: stateNames[i]!, apart: distance};
  }
  if (Math.sqrt(apart) <= stateTolerance * Math.sqrt(moved)) return {worst, fault: null};
  const share = Math.sqrt(apart / moved).toPrecision(3);
  const message = `a replay changes the variables otherwise than the step does, by ${share} of the change, most of all ${blame.name}`;
  return {worst, fault: refusal('audit', message)};
}

function relativeDifference(a: tf.Tensor, b: tf.Tensor): number {
  const x = a.dataSync();
  const y = b.dataSync();
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < y.length; i++) {
    if (Number.isNaN(x[i]!) && Number.isNaN(y[i]!)) continue;
    if (x[i] === y[i]) continue;
    largest = Math.max(largest, Math.abs(y[i]!));
    difference = Math.max(difference, Math.abs(x[i]! - y[i]!));
    if (Number.isNaN(x[i]! - y[i]!)) return Number.POSITIVE_INFINITY;
  }
  for (const value of y) largest = Math.max(largest, Math.abs(value));
  return difference === 0 ? 0 : difference / Math.max(largest, Number.MIN_VALUE);
}

function squaredDistance(a: tf.Tensor, b: tf.Tensor): number {
  const x = a.dataSync();
  const y = b.dataSync();
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    if (x[i] === y[i] || (Number.isNaN(x[i]!) && Number.isNaN(y[i]!))) continue;
    sum += (x[i]! - y[i]!) ** 2;
  }
  return sum;
}
