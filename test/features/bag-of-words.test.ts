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
  assert.throws(() => new TfIdf(['…']), /sentences to be of at least one word/);
});
