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

/**
 * The same for G and D, which learn from a part that is seen to a part that is judged, be it the same: k² directions in an example
 * with k parts, each drawn equally often. An example with a part alone stays.
 */
export function drawnByDirections(data: TrainingData): TrainingData {
  return {
    modalities: data.modalities,
    pair: (split, stream) => repeated(data.pair(split, stream), example => partsOf(example) ** 2, stream),
  };
}

/** @param stream places the copies; not used where no example needs one. */
export function repeatByPairs(examples: Example[], stream: RandomStream): Example[] {
  return repeated(examples, example => (partsOf(example) * (partsOf(example) - 1)) / 2, stream);
}

function repeated(examples: Example[], timesOf: (example: Example) => number, stream: RandomStream): Example[] {
  const useful = examples.filter(example => timesOf(example) > 0);
  if (useful.length === 0) return examples;
  const common = useful.map(timesOf).reduce(greatestCommonDivisor);
  if (useful.every(example => timesOf(example) === common)) return useful;
  // Copies of one example stand apart, one in each equal stretch of the epoch: in a batch they would be strangers to each other.
  const placed = useful.flatMap(example => {
    const copies = timesOf(example) / common;
    return Array.from({length: copies}, (_, k) => ({example, place: (k + stream.uniform()) / copies}));
  });
  return placed.sort((one, other) => one.place - other.place).map(({example}) => example);
}

function partsOf({parts}: Example): number {
  return Object.values(parts).filter(part => part !== undefined).length;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
