import assert from 'node:assert/strict';
import {test} from 'node:test';
import fc from 'fast-check';

import {RandomStream} from '../../src/core/random';
import type {Example} from '../../src/core/types';
import type {Dataset} from '../../src/datasets/dataset';
import {loadDigits} from '../../src/datasets/digits';
import {completeOnly, withMissing} from '../../src/datasets/missing';
import {loadShapes} from '../../src/datasets/shapes';

const shapes = loadShapes({counts: {train: 288, validation: 144, test: 144}});
const hiddenOf = (data: Dataset, name: string, label?: number) =>
  data.rows('train').filter(row => (label === undefined || row.label === label) && !(name in row.parts)).length;

test('missing at random: exactly the asked share of each modality, never a whole example', () => {
  const data = withMissing(shapes, {image: 0.5, caption: 0.25, tone: 0.1}, 7);
  assert.deepEqual(
    ['image', 'caption', 'tone'].map(name => hiddenOf(data, name)),
    [144, 72, 29],
  );
  assert.ok(data.rows('train').every(row => Object.keys(row.parts).length > 0));
  assert.ok(data.rows('test').every(row => Object.keys(row.parts).length === 3));
  assert.match(data.source, /hidden in train: 0\.5 of image, 0\.25 of caption/);
  assert.deepEqual(withMissing(shapes, {image: 0.5, caption: 0.25, tone: 0.1}, 7).rows('train'), data.rows('train'));
  assert.notDeepEqual(
    withMissing(shapes, {image: 0.5}, 8).rows('train'),
    withMissing(shapes, {image: 0.5}, 7).rows('train'),
  );
  // Independent of each other: .5 · .25 of 288 lose both, 36 on average, 4 standard deviations around it.
  const both = data.rows('train').filter(({parts}) => !('image' in parts) && !('caption' in parts)).length;
  assert.ok(Math.abs(both - 36) < 16, `${both}`);
});

test('missing not at random: each class has its own exact rate', () => {
  const [red, star] = [0, shapes.classNames.indexOf('purple star')];
  const data = withMissing(shapes, {tone: {'red circle': 0.75, 'purple star': 0.25}}, 3);
  assert.deepEqual([hiddenOf(data, 'tone', red), hiddenOf(data, 'tone', star), hiddenOf(data, 'tone')], [9, 3, 12]);
});

test('an incomplete train split is a list: the same examples in every epoch, in another order, nothing paired anew', () => {
  const data = withMissing(shapes, {image: 0.5}, 7);
  const stream = new RandomStream(1, 'test');
  const epoch = () => data.pair('train', stream);
  const [first, second] = [epoch(), epoch()];
  const sorted = (examples: readonly Example[]) => [...examples].sort((a, b) => a.id.localeCompare(b.id));
  assert.deepEqual(sorted(first), sorted(second));
  assert.deepEqual(sorted(first), sorted(data.rows('train')));
  assert.notDeepEqual(
    first.map(({id}) => id),
    second.map(({id}) => id),
  );
  assert.deepEqual(data.pair('train', stream, {shuffle: false}), data.rows('train'));
  const ids = (each: Dataset) => each.pair('validation', new RandomStream(2, 'order')).map(({id}) => id);
  assert.deepEqual(ids(data), ids(shapes));
  assert.equal(withMissing(shapes, {}, 1), shapes);
});

test('a hidden clip of the digits does not come back beside another picture', () => {
  const data = withMissing(loadDigits(), {speech: 0.5, caption: 0.5}, 7);
  const seen = new Set(data.rows('train').map(({parts}) => parts['speech']));
  const stream = new RandomStream(1, 'test');
  for (let epoch = 0; epoch < 2; epoch++) {
    assert.ok(data.pair('train', stream).every(({parts}) => seen.has(parts['speech'])));
  }
  const clips = completeOnly(data).pair('train', stream);
  assert.ok(clips.length > 1500 && clips.length < 2000, `${clips.length}`);
});

test('incomplete examples can be discarded', () => {
  const data = completeOnly(withMissing(shapes, {image: 0.5, tone: 0.5}, 7));
  const left = data.rows('train').length;
  assert.ok(left > 50 && left < 95 && data.rows('train').every(({parts}) => Object.keys(parts).length === 3));
  assert.equal(data.pair('train', new RandomStream(1, 'test')).length, left);
});

test('a property: rates that can be had are exact, and no example is emptied', () => {
  const names = ['image', 'caption', 'tone'];
  fc.assert(
    fc.property(
      fc.array(fc.integer({min: 0, max: 66}), {minLength: 3, maxLength: 3}),
      fc.integer(),
      (percents, seed) => {
        const data = withMissing(shapes, Object.fromEntries(names.map((name, i) => [name, percents[i]! / 100])), seed);
        names.forEach((name, i) => {
          assert.equal(hiddenOf(data, name), Math.round((288 * percents[i]!) / 100));
        });
        assert.ok(data.rows('train').every(({parts}) => Object.keys(parts).length > 0));
      },
    ),
    {numRuns: 60},
  );
});

test('wrong rates are named', () => {
  assert.throws(
    () => withMissing(shapes, {photo: 0.5}, 1),
    /Unknown modality in the missing rates "photo"; choose image, caption or tone/,
  );
  assert.throws(() => withMissing(shapes, {image: 1.5}, 1), /the missing rate of image to be between 0 and 1, got 1.5/);
  assert.throws(
    () => withMissing(shapes, {image: {'pink circle': 0.5}}, 1),
    /class in the missing rates of image "pink circle"/,
  );
  assert.throws(() => withMissing(shapes, {image: 1, caption: 1, tone: 0.5}, 1), /leave every example a part/);
});
