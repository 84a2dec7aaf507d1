/** What a user prepares data of their own with can be had from the package, and works together. */
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  buildCodec,
  buildVocabulary,
  griffinLim,
  RandomStream,
  Stft,
  spectralConvergence,
  stratifiedSubset,
  type TextModality,
  tokenize,
} from '../src/index';

test('a vocabulary of own sentences makes a modality', () => {
  const sentences = ['a red hat', 'A hat!'];
  const spec: TextModality = {kind: 'text', vocabulary: buildVocabulary(sentences), maxTokens: 3};
  assert.deepEqual(spec.vocabulary, ['<pad>', '<unk>', 'a', 'hat', 'red']);
  const codec = buildCodec(spec);
  assert.equal(codec.decode(codec.encode(sentences[0]!)), tokenize(sentences[0]!).join(' '));
});

test('a smaller data set keeps its classes even', () => {
  const examples = [0, 0, 0, 0, 1, 1, 2].map((label, i) => ({id: String(i), label}));
  const labels = stratifiedSubset(examples, 5, new RandomStream(1, 'subset')).map(({label}) => label);
  assert.deepEqual(labels, [0, 0, 1, 1, 2]);
});

test('a sound made from magnitudes can be judged against them', () => {
  const stft = new Stft({numSamples: 512, windowLengthSamples: 64, hopLengthSamples: 16});
  const tone = Float32Array.from({length: 512}, (_, n) => Math.sin(n / 2));
  const {re, im} = stft.forward(tone);
  const magnitude = re.map((value, i) => Math.hypot(value, im[i]!));
  assert.ok(spectralConvergence(tone, magnitude, stft) < 1e-12);
  const error = spectralConvergence(griffinLim(magnitude, stft, new RandomStream(1, 'phase')), magnitude, stft);
  assert.ok(error > 1e-6 && error < 0.2, `${error}`);
});
