import {expected} from '../core/checks';
import type {RandomStream} from '../core/random';

/**
 * Deals one of `items` after another: each once in a drawn order, then all again in a new one. So partners are used
 * equally often, which independent draws would not do.
 */
export class Deck<T> {
  private readonly left: T[] = [];

  constructor(
    private readonly items: readonly T[],
    private readonly stream: RandomStream,
  ) {
    if (items.length === 0) throw expected('items', 'a non-empty list', '[]');
  }

  next(): T {
    if (this.left.length === 0) this.left.push(...this.stream.shuffle([...this.items]));
    return this.left.pop()!;
  }
}

/** Items by label: byLabel(items, item => item.label, 10)[3] holds the threes, in their order. */
export function byLabel<T>(items: readonly T[], label: (item: T) => number, classes: number): T[][] {
  const groups: T[][] = Array.from({length: classes}, () => []);
  for (const item of items) groups[label(item)]!.push(item);
  return groups;
}

/**
 * `count` examples with as many of each class as can be: class counts differ by one at most, unless a class runs out.
 * Drawn by the stream; the result keeps the order of `examples`. Examples without a label count as a class of their own.
 */
export function stratifiedSubset<T extends {readonly label?: number}>(
  examples: readonly T[],
  count: number,
  stream: RandomStream,
): T[] {
  if (!Number.isInteger(count) || count < 0 || count > examples.length) {
    throw expected('count', `an integer from 0 to the ${examples.length} examples`, count);
  }
  const groups = new Map<number, number[]>();
  examples.forEach(({label = -1}, i) => {
    groups.set(label, [...(groups.get(label) ?? []), i]);
  });
  const decks = [...groups.keys()].sort((x, y) => x - y).map(label => stream.shuffle(groups.get(label)!));
  const chosen: number[] = [];
  for (let turn = 0; chosen.length < count; turn++) {
    const inTurn = decks.filter(deck => turn < deck.length).map(deck => deck[turn]!);
    const room = count - chosen.length;
    // The last turn has no room for all classes; which of them are left out is drawn too.
    chosen.push(...(inTurn.length > room ? stream.shuffle(inTurn).slice(0, room) : inTurn));
  }
  return chosen.sort((x, y) => x - y).map(i => examples[i]!);
}
