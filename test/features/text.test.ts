import assert from 'node:assert/strict';
import {test} from 'node:test';

import fc from 'fast-check';

import {buildVocabulary, tokenize, toTokenIds} from '../../src/features/text';
import {TextCodec} from '../../src/features/text-codec';

const vocabulary = ['<pad>', '<unk>', 'a', 'bold', 'seven', 'thin'];
const codec = new TextCodec({kind: 'text', vocabulary, maxTokens: 4});

test('sentences become lower-case words, in any script', () => {
  assert.deepEqual(tokenize('A thin, SLANTED 7!'), ['a', 'thin', 'slanted', '7']);
  assert.deepEqual(tokenize("Don't stop, Zoë — число семь"), ["don't", 'stop', 'zoë', 'число', 'семь']);
  assert.deepEqual(tokenize(' …—! '), []);
});

test('a vocabulary begins with padding and unknown; then the most frequent word', () => {
  const sentences = ['b a', 'c b', 'b c', 'd'];
  assert.deepEqual(buildVocabulary(sentences), ['<pad>', '<unk>', 'b', 'c', 'a', 'd']);
  assert.deepEqual(buildVocabulary(sentences, {maxWords: 4}), ['<pad>', '<unk>', 'b', 'c']);
  assert.throws(() => buildVocabulary(sentences, {maxWords: 2}), /Expected maxWords to be at least 3, got 2\./);
});

test('ids by hand: padded, cut, unknown', () => {
  const idOf = new Map(vocabulary.map((word, id) => [word, id]));
  assert.deepEqual([...toTokenIds('a thin seven', idOf, 4)], [2, 5, 4, 0]);
  assert.deepEqual([...toTokenIds('a blue seven a thin', idOf, 4)], [2, 1, 4, 2]);
});

test('a sentence is one-hot, [T, V]', () => {
  const values = codec.encode('thin seven');
  assert.equal(values.length, 4 * 6);
  const ones = [...values].flatMap((value, i) => (value === 1 ? [i] : []));
  // Places 0 … 3 hold thin 5, seven 4, padding 0, padding 0.
  assert.deepEqual(ones, [5, 6 + 4, 12, 18]);
  assert.equal(
    values.reduce((a, b) => a + b, 0),
    4,
  );
});

test('the likeliest word at each place, up to the first padding', () => {
  const values = codec.encode('a bold seven');
  values.set([0.1, 0.1, 0.2, 0.35, 0.2, 0.05], 6);
  assert.equal(codec.decode(values), 'a bold seven');
  // Padding in the middle: what follows is not read.
  values.set([1, 0, 0, 0, 0, 0], 6);
  assert.equal(codec.decode(values), 'a');
});

test('any sentence of known words that fits comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...vocabulary.slice(2)), {maxLength: 4}), words => {
      assert.equal(codec.decode(codec.encode(words.join(' '))), words.join(' '));
    }),
  );
});

test('vocabularies and parts that cannot be are refused', () => {
  const spec = (words: string[]) => new TextCodec({kind: 'text', vocabulary: words, maxTokens: 4});
  assert.throws(() => spec(['a', 'b']), /Expected vocabulary to be a list that begins <pad>, <unk>, got a, b\./);
  assert.throws(
    () => spec(['<pad>', '<unk>', 'a', 'b', 'a']),
    /Expected vocabulary to be a list of different words, got "a" twice\./,
  );
  assert.throws(
    () => codec.encode({sampleRateHz: 1, samples: new Float32Array(1)}),
    /Expected the part to be text, got a sound\./,
  );
  assert.throws(() => codec.decode(new Float32Array(5)), /Expected 4 × 6 probabilities, got 5 values\./);
});
