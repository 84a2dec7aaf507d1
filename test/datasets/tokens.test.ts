import assert from 'node:assert/strict';
import {test} from 'node:test';

import {joinTokens, tokenize} from '../../src/datasets/tokens';
import {TextCodec} from '../../src/features/text-codec';

test('words of any script', () => {
  assert.deepEqual(tokenize("Don't stop, Zoë!"), ["don't", 'stop', 'zoë']);
  assert.deepEqual(tokenize('Красный круг — 3 см'), ['красный', 'круг', '3', 'см']);
  assert.deepEqual(tokenize('नमस्ते दुनिया'), ['नमस्ते', 'दुनिया']);
  assert.deepEqual(tokenize('دائرة حمراء'), ['دائرة', 'حمراء']);
  // No blanks between the words: "I like red circles".
  assert.deepEqual(tokenize('我喜欢红色的圆'), ['我', '喜欢', '红色', '的', '圆']);
  assert.equal(joinTokens(['我', '喜欢', '红色', '的', 'html', '圆']), '我喜欢红色的 html 圆');
  assert.deepEqual(tokenize('…—!?'), []);
});

test('characters are what a reader sees as one, blanks in a row are one', () => {
  const family = '👨‍👩‍👧';
  assert.deepEqual(tokenize(` Cafe\u0301 \t ${family} `, 'characters'), ['c', 'a', 'f', 'é', ' ', family]);
  assert.equal(joinTokens(['a', ' ', 'é'], 'characters'), 'a é');
  const codec = new TextCodec({
    kind: 'text',
    vocabulary: ['<pad>', '<unk>', ' ', 'a', 'é'],
    maxTokens: 4,
    tokens: 'characters',
  });
  assert.equal(codec.decode(codec.encode('A é')), 'a é');
});
