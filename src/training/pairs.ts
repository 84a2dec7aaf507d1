/** What is learnt from pairs of parts, from incomplete examples. */
import type {RandomStream} from '../core/random';
import type {Example} from '../core/types';
import type {TrainingData} from './example-stream';

/**
 * The same data, in whose epochs an example stands as often as it has pairs of parts: one with three parts has three, one with two
 * has one, and one with a part alone has none and is left out (all are kept where none has a pair). So every pair is drawn equally
 * often, and an epoch of whole examples is the epoch it was.
 */
export function drawnByPairs(data: TrainingData): TrainingData {
  return {
    modalities: data.modalities,
    pair: (split, stream) => repeatByPairs(data.pair(split, stream), stream),
  };
}

/** @param stream places the copies; not used where no example needs one. */
export function repeatByPairs(examples: Example[], stream: RandomStream): Example[] {
  const paired = examples.filter(example => pairsOf(example) > 0);
  if (paired.length === 0) return examples;
  const common = paired.map(pairsOf).reduce(greatestCommonDivisor);
  if (paired.every(example => pairsOf(example) === common)) return paired;
  // Copies of one example stand apart, one in each equal stretch of the epoch: in a batch they would be strangers to each other.
  const placed = paired.flatMap(example => {
    const copies = pairsOf(example) / common;
    return Array.from({length: copies}, (_, k) => ({example, place: (k + stream.uniform()) / copies}));
  });
  return placed.sort((one, other) => one.place - other.place).map(({example}) => example);
}

function pairsOf({parts}: Example): number {
  const count = Object.values(parts).filter(part => part !== undefined).length;
  return (count * (count - 1)) / 2;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
