/** Five hundred compiled steps against five hundred plain ones, from the same weights and on the same data. */
import type {NetName} from '../nets/nets';
import {buildSubject} from '../subject';

export interface EqualityRow {
  readonly net: NetName;
  readonly batch: number;
  readonly steps: number;
  /** Losses, weights and moments. */
  readonly compared: number;
  readonly unequal: number;
  /** Largest difference of a loss, relative to it. */
  readonly worstLoss: number;
  /** Largest difference of a weight or moment, relative to the largest value of its tensor. */
  readonly worstState: number;
  /** The first step whose losses differ; null when none does. */
  readonly firstDifference: number | null;
}

/** Runs in this process, on the native engine. */
export async function measureEquality(net: NetName, batch: number, steps: number): Promise<EqualityRow> {
  const plain = await run(net, batch, steps, false);
  const compiled = await run(net, batch, steps, true);
  const row = {compared: 0, unequal: 0, worstLoss: 0, worstState: 0, firstDifference: null as number | null};
  plain.losses.forEach((losses, step) => {
    losses.forEach((value, i) => {
      const other = compiled.losses[step]![i]!;
      row.compared++;
      if (Object.is(value, other)) return;
      row.unequal++;
      row.firstDifference ??= 1 + step * plain.stepsPerCall + Math.floor(i / (losses.length / plain.stepsPerCall));
      row.worstLoss = Math.max(row.worstLoss, Math.abs(other / value - 1));
    });
  });
  for (const [name, values] of Object.entries(plain.state)) {
    const others = compiled.state[name]!;
    let largest = Number.MIN_VALUE;
    let difference = 0;
    values.forEach((value, i) => {
      row.compared++;
      largest = Math.max(largest, Math.abs(value));
      if (Object.is(value, others[i])) return;
      row.unequal++;
      difference = Math.max(difference, Math.abs(value - others[i]!));
    });
    row.worstState = Math.max(row.worstState, difference / largest);
  }
  return {net, batch, steps, ...row};
}

async function run(net: NetName, batch: number, steps: number, compile: boolean) {
  const subject = await buildSubject(net, batch, {compile});
  const losses = Array.from({length: Math.ceil(steps / subject.stepsPerCall)}, () => subject.run());
  const state = subject.state();
  subject.dispose();
  return {losses, state, stepsPerCall: subject.stepsPerCall};
}
