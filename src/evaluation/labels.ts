/** Class labels as arguments of the metrics. */
import {assertPositiveInteger, UserError} from '../core/checks';

/** Checks that there is one integer a row. */
export function assertLabels(metric: string, name: string, labels: ArrayLike<number>, rows: number): void {
  if (labels.length !== rows) {
    throw new UserError(`Expected ${name} of ${metric} to hold ${rows} labels, one a row, got ${labels.length}.`);
  }
  for (let i = 0; i < rows; i++) {
    if (!Number.isInteger(labels[i])) {
      throw new UserError(`Expected ${name} of ${metric} to be integers, got ${labels[i]} at ${i}.`);
    }
  }
}

/** Checks that there are enough labels, each a class from 0 to numClasses - 1. */
export function assertClassLabels(
  metric: string,
  name: string,
  labels: ArrayLike<number>,
  numClasses: number,
  minRows = 1,
): void {
  assertPositiveInteger(`numClasses of ${metric}`, numClasses);
  if (labels.length < minRows) {
    const needed = minRows === 1 ? '1 label' : `${minRows} labels`;
    throw new UserError(`Expected ${name} of ${metric} to hold at least ${needed}, got ${labels.length}.`);
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    // NaN fails the first test.
    if (!Number.isInteger(label) || label < 0 || label >= numClasses) {
      throw new UserError(
        `Expected ${name} of ${metric} to be classes from 0 to ${numClasses - 1}, got ${label} at ${i}.`,
      );
    }
  }
}

/** The different labels, ascending. */
export function classesIn(labels: ArrayLike<number>): number[] {
  return [...new Set(Array.from(labels))].sort((a, b) => a - b);
}

/** The rows of each label, ascending. */
export function rowsByClass(labels: ArrayLike<number>): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const of = rows.get(labels[i]!);
    if (of) of.push(i);
    else rows.set(labels[i]!, [i]);
  }
  return rows;
}
