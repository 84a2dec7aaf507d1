import assert from 'node:assert/strict';
import {test} from 'node:test';
import {TfIdf} from '../../src/features/bag-of-words';

test('bag of words and TF-IDF, by hand; as scikit-learn’s TfidfVectorizer has it', () => {
  const words = new TfIdf(['a cat', 'a dog and a cat', 'a bird']);
  assert.deepEqual(words.words, ['a', 'and', 'bird', 'cat', 'dog']);
  assert.deepEqual([...words.bagOfWords('A dog, a horse!')], [2, 0, 0, 0, 1]);
  // idf: a is in 3 of 3, ln(4/4) + 1 = 1; cat in 2, ln(4/3) + 1 = 1.2877.
  const [a, cat] = [1, Math.log(4 / 3) + 1];
  const length = Math.hypot(a, cat);
  const vector = words.vector('a cat');
  assert.ok(Math.abs(vector[0]! - a / length) < 1e-6 && Math.abs(vector[3]! - cat / length) < 1e-6);
  assert.deepEqual([...words.vector('horse')], [0, 0, 0, 0, 0]);
  // The way back, but for the order of the words: counts are exact, of a vector in the smallest numbers.
  const dogs = [
    {word: 'a', count: 2},
    {word: 'and', count: 1},
    {word: 'cat', count: 1},
    {word: 'dog', count: 1},
  ];
  const byWord = (found: readonly {word: string}[]) => [...found].sort((x, y) => (x.word < y.word ? -1 : 1));
  assert.deepEqual(byWord(words.wordsOf(words.bagOfWords('a dog and a cat'))), dogs);
  assert.deepEqual(byWord(words.wordsOf(words.vector('a dog and a cat'))), dogs);
  assert.equal(words.wordsOf(words.vector('a cat'))[0]!.word, 'cat');
  assert.deepEqual(words.wordsOf(words.vector('horse')), []);
  assert.throws(() => words.wordsOf([1, 2]), /of 5 values, one a word, got 2 values/);
  assert.throws(() => new TfIdf(['…']), /sentences to be of at least one word/);
});
