/** What must hold even on a busy machine; for the tests. */
import type {Results} from './results';

/** Compiled steps are several times as fast as plain ones where call overhead counts; this much noise cannot hide. */
const leastGain = 1.3;

/** What is wrong, in words; empty when nothing is. */
export function faults({parity, rows, equality}: Results): string[] {
  const found: string[] = [];
  if (parity.length === 0) found.push('no parity was checked');
  for (const {net, batch, engine, agrees, error} of parity) {
    if (!agrees) found.push(`${engine} does not agree on ${net}, batch ${batch}${error ? `: ${error}` : ''}`);
  }
  const plain = rows.filter(({engine}) => engine === 'eager');
  if (plain.length === 0) found.push('no plain step was measured');
  for (const {net, batch, ratioTo} of plain) {
    if (!((ratioTo.compiled ?? 0) >= leastGain)) {
      found.push(
        `plain steps of ${net}, batch ${batch}, take ${ratioTo.compiled} × compiled ones, less than ${leastGain}`,
      );
    }
  }
  for (const {net, unequal, compared} of equality) {
    if (unequal > 0 || compared === 0) found.push(`${net}: ${unequal} of ${compared} numbers differ`);
  }
  return found;
}
