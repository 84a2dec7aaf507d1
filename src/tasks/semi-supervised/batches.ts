/** Which examples keep their labels, and in which order examples come. */
import {assertPositiveInteger, UserError} from '../../core/checks';
import type {RandomStream} from '../../core/random';

/**
 * `perClass` examples of each class, at random.
 *
 * @returns their places in `labels`, class after class.
 * @throws UserError for a class that has fewer.
 */
export function chooseLabelled(
  labels: ArrayLike<number>,
  numClasses: number,
  perClass: number,
  stream: RandomStream,
): number[] {
  assertPositiveInteger('perClass', perClass);
  const order = stream.shuffle(Array.from(labels, (_, i) => i));
  return Array.from({length: numClasses}, (_, k) => {
    const own = order.filter(i => labels[i] === k).slice(0, perClass);
    if (own.length < perClass)
      throw new UserError(`Expected at least ${perClass} training examples of class ${k}, got ${own.length}.`);
    return own;
  }).flat();
}

/** Draws places 0 … count - 1, epoch after epoch, in an order from the stream. */
export class Deck {
  private left: number[] = [];

  constructor(
    private readonly count: number,
    private readonly stream: RandomStream,
  ) {}

  next(size: number): number[] {
    const drawn: number[] = [];
    while (drawn.length < size) {
      if (this.left.length === 0) this.left = this.stream.shuffle(Array.from({length: this.count}, (_, i) => i));
      drawn.push(this.left.pop()!);
    }
    return drawn;
  }
}
