import assert from 'node:assert/strict';
import {test} from 'node:test';

import {
  captionChoices,
  captionVocabulary,
  digitNames,
  maxCaptionTokens,
  strokeLimits,
} from '../../src/datasets/digit-captions';

const limits = {thinBelow: 2, boldAbove: 3, uprightBelow: -5, slantedAbove: 20};

test('limits are the outer fifths and quarters', () => {
  // 0 … 20 in a wrong order: the fifths are at 4 and 16, the quarters at 5 and 15; slants are ten times as large.
  const strokes = Array.from({length: 21}, (_, i) => ({thickness: (i * 8) % 21, slant: 10 * ((i * 5) % 21)}));
  assert.deepEqual(strokeLimits(strokes), {thinBelow: 4, boldAbove: 16, uprightBelow: 50, slantedAbove: 150});
});

test('words about the strokes are used only past their limits', () => {
  const describing = /thin|fine|bold|thick|broad|upright|straight|slanted|leaning/;
  const middling = captionChoices(7, {thickness: 2.5, slant: 0}, limits);
  assert.ok(middling.length >= 5 && middling.every(caption => !describing.test(caption)), middling.join());
  const thinSlanted = captionChoices(7, {thickness: 1.5, slant: 25}, limits);
  assert.ok(thinSlanted.includes('a thin slanted seven') && thinSlanted.includes('the digit seven'));
  assert.ok(thinSlanted.every(caption => !/bold|thick|broad|upright|straight/.test(caption)));
  const boldUpright = captionChoices(2, {thickness: 4, slant: -9}, limits);
  assert.ok(boldUpright.includes('a bold upright handwritten two'));
  assert.ok(boldUpright.every(caption => !/thin|fine|slanted|leaning/.test(caption)));
});

test('every caption names its digit once, fits, has its words in the vocabulary, and the right article', () => {
  const vocabulary = captionVocabulary();
  assert.deepEqual(vocabulary.slice(0, 2), ['<pad>', '<unk>']);
  assert.equal(new Set(vocabulary).size, vocabulary.length);
  assert.ok(vocabulary.length < 80);
  let longest = 0;
  for (const [label, digit] of digitNames.entries()) {
    for (const thickness of [1, 2.5, 4]) {
      for (const slant of [-9, 0, 25]) {
        const captions = captionChoices(label, {thickness, slant}, limits);
        assert.equal(new Set(captions).size, captions.length);
        for (const caption of captions) {
          const words = caption.split(' ');
          longest = Math.max(longest, words.length);
          assert.deepEqual(
            words.filter(word => (digitNames as readonly string[]).includes(word)),
            [digit],
            caption,
          );
          assert.ok(
            words.every(word => vocabulary.includes(word)),
            caption,
          );
          assert.doesNotMatch(caption, /\ba (eight|upright)|\ban (?!eight|upright)/);
        }
      }
    }
  }
  assert.equal(longest, 7);
  assert.equal(maxCaptionTokens, 8);
});
