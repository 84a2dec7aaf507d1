import assert from 'node:assert/strict';
import {test} from 'node:test';

import fc from 'fast-check';

import {RandomStream} from '../../src/core/random';
import {byLabel, Deck, stratifiedSubset} from '../../src/datasets/pairing';

test('a deck deals every item once before any comes again', () => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 12}), fc.integer(), (size, seed) => {
      const deck = new Deck(
        Array.from({length: size}, (_, i) => i),
        new RandomStream(seed, 'deck'),
      );
      for (let round = 0; round < 3; round++) {
        const dealt = Array.from({length: size}, () => deck.next()).sort((a, b) => a - b);
        assert.deepEqual(
          dealt,
          Array.from({length: size}, (_, i) => i),
        );
      }
    }),
  );
  assert.throws(() => new Deck([], new RandomStream(0, 'deck')), /Expected items to be a non-empty list/);
});

test('byLabel keeps the order and the empty groups', () => {
  const items = [
    {l: 2, v: 'a'},
    {l: 0, v: 'b'},
    {l: 2, v: 'c'},
  ];
  assert.deepEqual(
    byLabel(items, item => item.l, 4).map(group => group.map(item => item.v)),
    [['b'], [], ['a', 'c'], []],
  );
});

test('a stratified subset has equal classes, the order of the examples, and depends on the stream alone', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({min: 0, max: 3}), {minLength: 1, maxLength: 60}),
      fc.nat(),
      fc.integer(),
      (labels, draw, seed) => {
        const examples = labels.map((label, i) => ({label, i}));
        const count = draw % (examples.length + 1);
        const subset = stratifiedSubset(examples, count, new RandomStream(seed, 'subset'));
        assert.equal(subset.length, count);
        assert.deepEqual(
          subset,
          [...subset].sort((a, b) => a.i - b.i),
        );
        assert.equal(new Set(subset.map(example => example.i)).size, count);
        assert.deepEqual(subset, stratifiedSubset(examples, count, new RandomStream(seed, 'subset')));
        const counts = [0, 1, 2, 3].map(
          label => [label, subset.filter(example => example.label === label).length] as const,
        );
        const notUsedUp = counts.filter(([label, chosen]) => chosen < labels.filter(other => other === label).length);
        const most = Math.max(...counts.map(([, chosen]) => chosen));
        assert.ok(
          notUsedUp.every(([, chosen]) => chosen >= most - 1),
          `${counts}`,
        );
      },
    ),
  );
  assert.throws(
    () => stratifiedSubset([{label: 1}], 2, new RandomStream(0, 'x')),
    /Expected count to be an integer from 0 to the 1 examples, got 2\./,
  );
});
