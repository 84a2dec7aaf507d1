import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import type {Example, Part} from '../../src/core/types';
import {drawnByDirections, drawnByPairs, repeatByPairs} from '../../src/training/pairs';

const stream = () => new RandomStream(4, 'pairs');

/** An example for each number of parts. */
function examplesWith(...partCounts: number[]): Example[] {
  return partCounts.map((count, i) => ({
    id: String(i),
    parts: Object.fromEntries(Array.from({length: count}, (_, k) => [`m${k}`, 'text' as Part])),
  }));
}

const idsOf = (examples: readonly Example[]) => examples.map(({id}) => id);

function timesOf(examples: readonly Example[]): Record<string, number> {
  const times: Record<string, number> = {};
  for (const {id} of examples) times[id] = (times[id] ?? 0) + 1;
  return times;
}

test('an example stands as often as it has pairs: 6 of four parts, 3 of three, 1 of two, none of one', () => {
  assert.deepEqual(timesOf(repeatByPairs(examplesWith(2, 4, 1, 3, 2), stream())), {0: 1, 1: 6, 3: 3, 4: 1});
  assert.deepEqual(timesOf(repeatByPairs(examplesWith(3, 4), stream())), {0: 1, 1: 2});
});

test('examples that hold equally many pairs stay in their order, and no chance is used', () => {
  for (const examples of [examplesWith(3, 3, 3), examplesWith(3, 1, 3), examplesWith(2, 2)]) {
    const chance = stream();
    const whole = examples.filter(({parts}) => Object.keys(parts).length > 1);
    assert.deepEqual(idsOf(repeatByPairs(examples, chance)), idsOf(whole));
    assert.deepEqual(chance.saveState(), stream().saveState());
  }
});

test('all are kept where none has a pair; an undefined part is none', () => {
  assert.deepEqual(idsOf(repeatByPairs(examplesWith(1, 1), stream())), ['0', '1']);
  const half = {id: 'half', parts: {m0: 'text', m1: undefined as unknown as Part}};
  assert.deepEqual(idsOf(repeatByPairs([half, ...examplesWith(2)], stream())), ['0']);
});

test('G and D draw an example as often as it has directions from part to part: 9 of three, 4 of two, 1 of one', () => {
  const drawn = (...counts: number[]) => {
    const chance = stream();
    const epoch = drawnByDirections({modalities: {}, pair: () => examplesWith(...counts)}).pair('train', chance);
    return {times: timesOf(epoch), ids: idsOf(epoch), after: chance.saveState()};
  };
  assert.deepEqual(drawn(2, 3, 1).times, {0: 4, 1: 9, 2: 1});
  assert.deepEqual(drawn(1, 1).times, {0: 1, 1: 1});
  assert.deepEqual(drawn(3, 3, 3).ids, ['0', '1', '2']);
  assert.deepEqual(drawn(3, 3, 3).after, stream().saveState(), 'no chance is used');
});

test('copies stand apart, one in each third of the epoch, and the rest is mixed in', () => {
  const examples = examplesWith(...Array.from({length: 600}, (_, i) => (i < 200 ? 3 : 2)));
  const epoch = repeatByPairs(examples, stream());
  assert.equal(epoch.length, 1000);
  for (let i = 0; i < 200; i++) {
    const places = epoch.flatMap(({id}, place) => (id === String(i) ? [place / 1000] : []));
    places.forEach((place, k) => {
      assert.ok(place > k / 3 - 0.06 && place < (k + 1) / 3 + 0.06, `example ${i}, copy ${k} at ${place}`);
    });
  }
  const wholeInFirstHalf = epoch.slice(0, 500).filter(({parts}) => Object.keys(parts).length === 3).length;
  assert.ok(Math.abs(wholeInFirstHalf - 300) < 40, `${wholeInFirstHalf}`);
});

test('an epoch is drawn from the stream alone: the same again, and the next another', () => {
  const data = drawnByPairs({
    modalities: {},
    pair: (_, chance) => chance.shuffle(examplesWith(3, 2, 3, 2, 1, 3, 2, 2)),
  });
  const chance = stream();
  const first = idsOf(data.pair('train', chance));
  assert.deepEqual(idsOf(data.pair('train', stream())), first);
  assert.notDeepEqual(idsOf(data.pair('train', chance)), first);
});
