/** DiffAugment by amounts that are drawn in the step: the same kinds of changes as those drawn outside, in the same ranges. */
import assert from 'node:assert/strict';
import {watchHostReads} from '../../src/backend/host-reads';
import {RandomCounter} from '../../src/backend/stateless-random';
import {tf} from '../../src/core/tensorflow';
import type {AudioModality, ImageModality} from '../../src/core/types';
import {type AugmentationName, augment} from '../../src/training/diff-augment';
import {amountsByOps, diffAugment} from '../../src/training/drawn-augmentation';
import {assertClose, randomValues, testOnEachBackend} from '../backend/support';

const image: ImageModality = {kind: 'image', height: 28, width: 7, channels: 3};
const audio: AudioModality = {
  kind: 'audio',
  sampleRateHz: 8000,
  clipSamples: 1024,
  windowLengthSamples: 256,
  hopLengthSamples: 128,
  numMelBands: 6,
  minFrequencyHz: 50,
  maxFrequencyHz: 4000,
  floorDb: -60,
};
const text = {kind: 'text', vocabulary: ['a', 'b'], maxTokens: 3} as const;
const values = (x: tf.Tensor) => Array.from(x.dataSync());

testOnEachBackend('amounts drawn by operations: whole shifts, whole holes, ranges that are filled', () => {
  const chance = new RandomCounter(3, 'amounts');
  tf.tidy(() => {
    const count = 300;
    const {shifts, colour, holes, fill, gain} = amountsByOps(chance, image, count);
    assert.deepEqual([fill, gain], [0, undefined]);
    // A shift is one of -2 … 2 rows: the place of row 14's content, and nobody else's.
    const rows = shifts!.rows.arraySync();
    const moves = rows.map(matrix => matrix.findIndex(row => row[14] === 1) - 14);
    assert.deepEqual(
      [...new Set(moves)].sort((a, b) => a - b),
      [-2, -1, 0, 1, 2],
    );
    rows.forEach((matrix, i) => {
      matrix.forEach((row, to) => {
        row.forEach((value, from) => void assert.equal(value, to - from === moves[i] ? 1 : 0));
      });
    });
    assert.deepEqual(shifts!.columns.shape, [count, 7, 7]);
    // Of 7 columns a hole has 4, fewer where it lies partly outside: first columns -2 … 4.
    const masks = holes!.columns.arraySync().map(mask => mask.join(''));
    for (const mask of masks) assert.match(mask, /^0*1+0*$/);
    assert.deepEqual([...new Set(masks)].sort(), ['0000111', '0001111', '0011110', '0111100', '1100000', '1110000', '1111000']); // biome-ignore format: one line
    const {brightness, saturation, contrast} = colour!;
    for (const [amounts, low, high] of [
      [brightness, -0.5, 0.5],
      [saturation, 0, 2],
      [contrast, 0.5, 1.5],
      [amountsByOps(chance, audio, count, ['gain']).gain!, -0.2, 0.2],
    ] as const) {
      const [least, most] = [Math.min(...values(amounts)), Math.max(...values(amounts))];
      const slack = 0.03 * (high - low);
      assert.ok(least >= low - 1e-6 && least < low + slack && most <= high + 1e-6 && most > high - slack);
    }
    assert.deepEqual(Object.keys(amountsByOps(chance, audio, 2)), ['shifts', 'gain', 'holes', 'fill']);
    assert.deepEqual(Object.keys(amountsByOps(chance, image, 2, ['gain', 'colour'])), ['colour']);
    assert.deepEqual(amountsByOps(chance, text, 2), {});
  });
  chance.dispose();
});

testOnEachBackend('diffAugment: augment by those amounts, new at each call, with a gradient and no host read', () => {
  const [chance, again] = [new RandomCounter(4, 'calls'), new RandomCounter(4, 'calls')];
  tf.tidy(() => {
    const x = tf.tensor4d(randomValues(3 * 28 * 7 * 3, 1), [3, 28, 7, 3]);
    const change = diffAugment(image);
    const first = change(x, chance);
    assert.deepEqual(values(first), values(augment(x, amountsByOps(again, image, 3))));
    assert.notDeepEqual(values(change(x, chance)), values(first));
    assert.deepEqual(values(diffAugment(image, [])(x, chance)), values(x));
    const sentence = tf.tensor3d(randomValues(18, 2), [3, 3, 2]);
    assert.deepEqual(values(diffAugment(text)(sentence, chance)), values(sentence));
    // A shift of rows alone: what it pushes out has no slope, all else 1.
    const slope = tf.grad(y => diffAugment(image, ['translation'])(y, chance).sum())(x);
    assert.deepEqual([...new Set(values(slope))].sort(), [0, 1]);
    assertClose(values(slope.slice([0, 2, 1], [3, 24, 5])), new Array(3 * 24 * 5 * 3).fill(1), 0, 'the middle');
    // Other engines count on the host; the native one never looks.
    if (tf.getBackend() === 'tensorflow') assert.equal(watchHostReads(() => change(x, chance)).reads, 0);
    assert.throws(() => change(sentence, chance), /Expected the examples to augment of shape \[N, 28, 7, 3\], got/);
  });
  assert.throws(() => diffAugment(image, ['blur' as AugmentationName]), /Unknown augmentation "blur"; choose trans/);
  chance.dispose();
  again.dispose();
});
