import assert from 'node:assert/strict';
import {test} from 'node:test';

import {RandomStream} from '../../src/core/random';
import type {Example, Picture, Sound} from '../../src/core/types';
import {loadShapes, shapesCaption} from '../../src/datasets/shapes';
import {captionVocabulary, readCaption} from '../../src/datasets/shapes/captions';
import {
  type Combination,
  classOf,
  colourNames,
  combinations,
  isHeldOut,
  placeNames,
  shapeClasses,
  shapeNames,
  sizeNames,
} from '../../src/datasets/shapes/combinations';
import {renderShape} from '../../src/datasets/shapes/pictures';
import {renderTone} from '../../src/datasets/shapes/tones';
import {tokenize} from '../../src/features/text';

const small = {counts: {train: 576, validation: 144, test: 288}};
const combinationOf = ({attributes}: Example): Combination => attributes as unknown as Combination;

test('a quarter of the combinations is held out, and every pair of values is seen all the same', () => {
  assert.equal(combinations.length, 192);
  const seen = combinations.filter(combination => !isHeldOut(combination));
  assert.equal(seen.length, 144);
  const lists = {shape: shapeNames, colour: colourNames, size: sizeNames, place: placeNames};
  const keys = ['shape', 'colour', 'size', 'place'] as const;
  for (const a of keys) {
    for (const b of keys.filter(key => key > a)) {
      const pairs = new Set(seen.map(combination => `${combination[a]}/${combination[b]}`));
      assert.equal(pairs.size, lists[a].length * lists[b].length, `${a} and ${b}`);
    }
  }
  for (const shape of shapeNames) assert.equal(seen.filter(combination => combination.shape === shape).length, 36);
  // By hand: triangle 2 + blue 4 + 2·large 1 = 8 ≡ 0, the top left.
  assert.ok(isHeldOut({shape: 'triangle', colour: 'blue', size: 'large', place: 'top left'}));
  assert.ok(!isHeldOut({shape: 'triangle', colour: 'blue', size: 'large', place: 'top right'}));
});

test('splits hold seen combinations equally often, the unseen rows only the others', () => {
  const data = loadShapes(small);
  for (const split of ['train', 'validation', 'test'] as const) {
    const rows = data.rows(split);
    assert.equal(rows.length, small.counts[split]);
    const counts = new Map<string, number>();
    for (const row of rows) {
      const {shape, colour, size, place} = combinationOf(row);
      assert.ok(!isHeldOut(combinationOf(row)));
      assert.equal(row.label, classOf(combinationOf(row)));
      const key = [shape, colour, size, place].join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    assert.deepEqual(new Set(counts.values()), new Set([rows.length / 144]));
  }
  const unseen = data.unseenRows(96);
  assert.ok(unseen.length === 96 && unseen.every(row => isHeldOut(combinationOf(row))));
  assert.equal(data.unseenRows(96), unseen);
  assert.equal(
    shapeClasses[classOf({shape: 'star', colour: 'purple', size: 'small', place: 'top left'})],
    'purple star',
  );
});

test('the same seed gives the same bytes, another seed other ones, and a larger count the same beginning', () => {
  const first = loadShapes(small).rows('test');
  assert.deepEqual(loadShapes({...small, seed: 1}).rows('test'), first);
  assert.notDeepEqual(loadShapes({...small, seed: 2}).rows('test')[0], first[0]);
  const more = loadShapes({counts: {test: 432}}).rows('test');
  assert.deepEqual(more[200]!.parts['image'], first[200]!.parts['image']);
});

test('a new pairing shows the same pictures with other sentences and tones of the same combination', () => {
  const data = loadShapes(small);
  const stream = new RandomStream(5, 'test');
  const [a, b] = [0, 0].map(() => data.pair('validation', stream, {shuffle: false}));
  a!.forEach((example, i) => {
    assert.equal(example.parts['image'], b![i]!.parts['image']);
    assert.deepEqual(combinationOf(b![i]!).colour, combinationOf(example).colour);
  });
  assert.ok(a!.some((example, i) => example.parts['tone'] !== b![i]!.parts['tone']));
  assert.ok(a!.some((example, i) => example.parts['caption'] !== b![i]!.parts['caption']));
  assert.notDeepEqual(
    data.pair('validation', new RandomStream(5, 'test')).map(({id}) => id.split('+')[0]),
    data.rows('validation').map(({id}) => id.split('+')[0]),
  );
});

test('every caption says its combination, in known words, short enough', () => {
  const known = new Set(captionVocabulary());
  assert.ok(known.size === 35 && shapesCaption.vocabulary.length === 35);
  const lengths = loadShapes(small)
    .rows('train')
    .map(row => {
      const caption = row.parts['caption'] as string;
      const {shape, colour, size, place} = combinationOf(row);
      assert.deepEqual(readCaption(caption), {shape, colour, size, place});
      const words = tokenize(caption);
      assert.ok(
        words.every(word => known.has(word)),
        caption,
      );
      return words.length;
    });
  assert.ok(Math.max(...lengths) === 10 && Math.min(...lengths) === 5);
  assert.equal(readCaption('a red circle in the top left'), null);
  assert.equal(readCaption('a small red circle and a box in the top left'), null);
});

test('a picture has its colour at its place and ground elsewhere, and the area that its radius says', () => {
  const drawing = {x: 9, y: 22, radius: 6, angle: 0, colour: [200, 40, 90], ground: 10} as const;
  const areas = {circle: Math.PI, square: 2 * 1.25 ** 2, triangle: (1.45 ** 2 * 3 * Math.sqrt(3)) / 4, star: 0};
  // A star of five points: ten triangles between the centre, a corner and a notch, 36° at the centre.
  areas.star = 10 * 0.5 * 1.45 * 0.57 * Math.sin(Math.PI / 5);
  for (const shape of shapeNames) {
    const {pixels, width, height, channels} = renderShape(shape, drawing);
    assert.deepEqual([height, width, channels], [32, 32, 3]);
    const at = (x: number, y: number): number[] => [...pixels.slice((y * 32 + x) * 3, (y * 32 + x) * 3 + 3)];
    assert.deepEqual(at(9, 22), [200, 40, 90], shape);
    assert.deepEqual(at(25, 8), [10, 10, 10], shape);
    const covered = pixels.reduce((sum, value, i) => sum + (i % 3 === 0 ? (value - 10) / 190 : 0), 0);
    assert.ok(Math.abs(covered / 36 - areas[shape]) < 0.08, `${shape}: ${covered / 36} for ${areas[shape]}`);
  }
  // Turned by 45° a square stands on a corner: it reaches further up than with a side up.
  const top = (angle: number) =>
    renderShape('square', {...drawing, y: 16, angle}).pixels.findIndex(value => value > 20);
  assert.ok(top(45) < top(0));
});

test('a tone has the pitch, the loudness and the side that it was given, and harmonics as its shape has', () => {
  const voicing = {
    pitchHz: 400,
    levelDb: -5,
    leftDb: 6,
    startSeconds: 0,
    attackSeconds: 0.01,
    holdSeconds: 0.44,
    decayDb: 0,
  };
  const ear = ({samples}: Sound, which: number) => samples.filter((_, i) => i % 2 === which).slice(800, 2800);
  const power = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  /** Power at a frequency that fits into 2,000 samples a whole number of times, as a share of the whole. */
  const share = (samples: Float32Array, hz: number) => {
    let [re, im] = [0, 0];
    samples.forEach((sample, n) => {
      re += sample * Math.cos((2 * Math.PI * hz * n) / 8000);
      im += sample * Math.sin((2 * Math.PI * hz * n) / 8000);
    });
    return (2 * (re * re + im * im)) / samples.length ** 2 / power(samples);
  };
  // Powers of the harmonics over their sum: of a square wave 1, 1/9, 1/25, 1/49, 1/81 up to 4 kHz; of a triangle wave 1, 1/81 …
  const expected = {
    circle: [1, 0, 0],
    square: [0.845, 0, 0.0939],
    triangle: [0.9857, 0, 0.0122],
    star: [0.6494, 0.1623, 0.0722],
  };
  for (const shape of shapeNames) {
    const sound = renderTone(shape, voicing);
    assert.ok(sound.channels === 2 && sound.samples.length === 8192);
    const [left, right] = [ear(sound, 0), ear(sound, 1)];
    assert.ok(Math.abs(10 * Math.log10(power(left) / power(right)) - 6) < 0.01);
    // Power of both ears: that of a sine of level -5 dB, 10^-0.5 / 2.
    assert.ok(Math.abs(power(left) + power(right) - 10 ** -0.5 / 2) < 1e-3, `${power(left) + power(right)}`);
    [1, 2, 3].forEach((harmonic, i) => {
      assert.ok(Math.abs(share(left, 400 * harmonic) - expected[shape][i]!) < 2e-3, `${shape} ${harmonic}`);
    });
    assert.ok(sound.samples.slice(2 * 3520).every(sample => sample === 0));
  }
});

test('5,000 examples are made in less than two seconds', () => {
  const started = process.cpuUsage();
  const rows = loadShapes({counts: {train: 5000}}).rows('train');
  const {user} = process.cpuUsage(started);
  assert.ok(rows.length === 5000 && (rows[4999]!.parts['image'] as Picture).pixels.length === 3072);
  assert.ok(user < 4e6, `${user / 1e6} s of processor time`);
});
