/** Modality dropout: which modalities are looked at, drawn for each example. */
import type {RandomStream} from '../core/random';
import type {Presence} from '../core/types';

/**
 * For each of N examples: all of its modalities with weight `fullWeight`, each non-empty proper subset of them with weight 1.
 * With three modalities and fullWeight 4 all three are shown in 4 of 10 examples.
 *
 * @param observed which modalities each example has at all.
 * @returns masks no larger than `observed`, and never empty for an example that has anything.
 */
export function drawSubsets(
  stream: RandomStream,
  observed: Presence,
  fullWeight: number,
): Record<string, Float32Array> {
  const names = Object.keys(observed);
  const count = observed[names[0]!]!.length;
  const drawn = Object.fromEntries(names.map(name => [name, new Float32Array(count)]));
  for (let i = 0; i < count; i++) {
    const there = names.filter(name => observed[name]![i] === 1);
    if (there.length === 0) continue;
    const properSubsets = 2 ** there.length - 2;
    const full = stream.uniform() * (fullWeight + properSubsets) < fullWeight || properSubsets === 0;
    // Bit k of a number from 1 to 2^K - 2 says whether modality k is shown.
    const bits = full ? 2 ** there.length - 1 : 1 + stream.integer(properSubsets);
    there.forEach((name, k) => {
      if ((bits >> k) & 1) drawn[name]![i] = 1;
    });
  }
  return drawn;
}
