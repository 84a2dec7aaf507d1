import assert from 'node:assert/strict';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';

import {exitCodes, UserError} from '../../src/core/checks';
import {RandomStream} from '../../src/core/random';
import type {Picture, Sound, SplitName} from '../../src/core/types';
import {digitCaption, loadDigits} from '../../src/datasets/digits';
import {formatIdx} from '../../src/datasets/idx';
import {formatWav} from '../../src/datasets/wav';

const embedded = join(__dirname, '..', '..', 'datasets', 'digits');
const folder = mkdtempSync(join(tmpdir(), 'digits-test-'));
after(() => rmSync(folder, {recursive: true}));

const digits = loadDigits();
const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];

const inputError = (pattern: RegExp) => (error: unknown) =>
  error instanceof UserError &&
  error.exitCode === exitCodes.input &&
  pattern.test(error.message) &&
  !error.message.includes('\n');

test('the splits have their sizes: 200 of each class in test, 100 in validation, the rest of 10,000 in train', () => {
  const sizes = splitNames.map(split => digits.rows(split).length);
  assert.deepEqual(sizes, [7000, 1000, 2000]);
  for (const [split, each] of [
    ['validation', 100],
    ['test', 200],
  ] as const) {
    for (let label = 0; label < 10; label++) {
      assert.equal(digits.rows(split).filter(row => row.label === label).length, each);
    }
  }
});

test('no picture of one split is in another, pixel by pixel, and no voice', () => {
  const pictures = splitNames.map(
    split =>
      new Set(digits.rows(split).map(row => Buffer.from((row.parts['image'] as Picture).pixels).toString('latin1'))),
  );
  const voices = splitNames.map(split => new Set(digits.rows(split).map(row => row.attributes!['voice'])));
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    assert.deepEqual(
      [...pictures[a]!].filter(pixels => pictures[b]!.has(pixels)),
      [],
    );
    assert.deepEqual(
      [...voices[a]!].filter(voice => voices[b]!.has(voice)),
      [],
    );
  }
  assert.deepEqual(
    voices.map(set => set.size),
    [22, 4, 6],
  );
});

test('pairs agree: the clip and the caption are of the picture’s class, whatever the seed', () => {
  for (const seed of [1, 2]) {
    for (const split of splitNames) {
      for (const {label, parts, attributes, id} of digits.pair(split, new RandomStream(seed, 'test'))) {
        assert.equal(Number(String(attributes!['clip'])[0]), label, id);
        const words = (parts['caption'] as string).split(' ');
        assert.ok(words.includes(digits.classNames[label!]!), id);
        assert.ok(
          words.every(word => digitCaption.vocabulary.includes(word)) && words.length <= digitCaption.maxTokens,
          id,
        );
      }
    }
  }
});

test('clips are used equally often', () => {
  const counts = new Map<unknown, number>();
  for (const {attributes} of digits.rows('test'))
    counts.set(attributes!['clip'], (counts.get(attributes!['clip']) ?? 0) + 1);
  assert.equal(counts.size, 6 * 3 * 10);
  // 200 pictures of a class over 18 clips
  assert.ok([...counts.values()].every(count => count === 11 || count === 12));
});

test('a seed decides the pairs and their order; rows never change', () => {
  const ids = (seed: number, options?: {shuffle: boolean}) =>
    digits.pair('validation', new RandomStream(seed, 'test'), options).map(row => row.id);
  assert.deepEqual(ids(3), ids(3));
  assert.notDeepEqual(ids(3), ids(4));
  assert.notDeepEqual(ids(3), ids(3, {shuffle: false}));
  assert.deepEqual([...ids(3)].sort(), [...ids(3, {shuffle: false})].sort());
  const order = digits.rows('validation').map(row => Number(String(row.attributes!['picture']).split('-')[1]));
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.deepEqual(
    loadDigits()
      .rows('test')
      .map(row => [row.id, row.parts['caption']]),
    digits.rows('test').map(row => [row.id, row.parts['caption']]),
  );
});

test('the embedded clips are 8 kHz, fit the window, and are loud enough to be heard', () => {
  for (const {parts, id} of digits.rows('test')) {
    const {sampleRateHz, samples} = parts['speech'] as Sound;
    assert.equal(sampleRateHz, 8000);
    assert.ok(samples.length >= 1200 && samples.length <= 4096, id);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    assert.ok(peak > 0.3 && peak < 0.95, `${id} ${peak}`);
  }
});

test('a damaged or missing embedded file is named in one line', () => {
  const copy = join(folder, 'copy');
  cpSync(embedded, copy, {recursive: true});
  const file = join(copy, 'train-images-idx3-ubyte.gz');
  const bytes = readFileSync(file);
  bytes[5000]! ^= 1;
  writeFileSync(file, bytes);
  assert.throws(
    () => loadDigits({root: copy}),
    inputError(
      /train-images-idx3-ubyte\.gz to be the published file \(SHA-256 [0-9a-f]{12}…\), got \d+ bytes with SHA-256/,
    ),
  );
  cpSync(join(embedded, 'train-images-idx3-ubyte.gz'), file);
  rmSync(join(copy, 'speech', '3_m1gb_0.wav'));
  assert.throws(
    () => loadDigits({root: copy}),
    inputError(/3_m1gb_0\.wav to be a readable file, got nothing at that path\.$/),
  );
  writeFileSync(join(copy, 'checksums.json'), '{"a": 1}');
  assert.throws(() => loadDigits({root: copy}), inputError(/checksums\.json to be a record from path to SHA-256/));
  assert.throws(
    () => loadDigits({root: join(folder, 'nowhere')}),
    inputError(/nowhere.checksums\.json to be a readable file, got nothing at that path\.$/),
  );
});

/** 20 pictures a class in train and 3 in test; the first byte of a picture is its class, the second its number. */
function writeMnist(place: string, testPrefix: string, gzip: boolean): void {
  mkdirSync(place, {recursive: true});
  for (const [prefix, each] of [
    ['train', 20],
    [testPrefix, 3],
  ] as const) {
    const count = each * 10;
    const data = new Uint8Array(count * 784);
    for (let i = 0; i < count; i++) data.set([i % 10, Math.floor(i / 10)], i * 784);
    const labels = Uint8Array.from({length: count}, (_, i) => i % 10);
    const ending = gzip ? '.gz' : '';
    writeFileSync(
      join(place, `${prefix}-images-idx3-ubyte${ending}`),
      formatIdx({shape: [count, 28, 28], data}, {gzip}),
    );
    writeFileSync(
      join(place, `${prefix}-labels-idx1-ubyte${ending}`),
      formatIdx({shape: [count], data: labels}, {gzip}),
    );
  }
}

test('MNIST’s own files load, plain or packed: its test split is test, the last tenth of each class validation', () => {
  for (const gzip of [false, true]) {
    const place = join(folder, `mnist-${gzip}`);
    writeMnist(place, 't10k', gzip);
    const dataset = loadDigits({imagesDir: place});
    const numbers = (split: SplitName) =>
      dataset.rows(split).map(row => {
        const {pixels} = row.parts['image'] as Picture;
        assert.equal(pixels[0], row.label);
        return pixels[1]!;
      });
    assert.deepEqual(
      splitNames.map(split => numbers(split).length),
      [180, 20, 30],
    );
    assert.deepEqual([...new Set(numbers('validation'))], [18, 19]);
    assert.match(dataset.source, /pictures from .*mnist-/);
  }
});

test('MNIST folders that are not are named', () => {
  const place = join(folder, 'mnist-bad');
  assert.throws(
    () => loadDigits({imagesDir: place}),
    inputError(/mnist-bad to be a folder with train-images-idx3-ubyte \(or \.gz\), got nothing at that path\.$/),
  );
  writeMnist(place, 't10k', false);
  writeFileSync(join(place, 'train-labels-idx1-ubyte'), formatIdx({shape: [3], data: Uint8Array.of(1, 2, 3)}));
  assert.throws(
    () => loadDigits({imagesDir: place}),
    inputError(/train-labels-idx1-ubyte to be labels of shape \[200\], one a picture, got shape \[3\]\.$/),
  );
  writeFileSync(join(place, 'train-labels-idx1-ubyte'), formatIdx({shape: [200], data: new Uint8Array(200).fill(12)}));
  assert.throws(() => loadDigits({imagesDir: place}), inputError(/labels from 0 to 9, got 12 at 0\.$/));
  writeFileSync(join(place, 'train-labels-idx1-ubyte'), formatIdx({shape: [200], data: new Uint8Array(200)}));
  assert.throws(() => loadDigits({imagesDir: place}), inputError(/of every digit, got none of 1\.$/));
  writeFileSync(join(place, 'train-images-idx3-ubyte'), formatIdx({shape: [200, 2, 2], data: new Uint8Array(800)}));
  assert.throws(
    () => loadDigits({imagesDir: place}),
    inputError(/pictures of shape \[N, 28, 28\], got shape \[200, 2, 2\]\.$/),
  );
});

/** Two speakers, indices 0 … 11 of each digit; the first sample tells the index. */
function writeFsdd(place: string, sampleRateHz = 8000): void {
  mkdirSync(place, {recursive: true});
  for (let digit = 0; digit < 10; digit++) {
    for (const speaker of ['jackson', 'theo']) {
      for (let index = 0; index < 12; index++) {
        const samples = Float32Array.of(index / 64, 0.5, -0.5);
        writeFileSync(join(place, `${digit}_${speaker}_${index}.wav`), formatWav({sampleRateHz, samples}));
      }
    }
  }
}

test('the Free Spoken Digit Dataset loads, its folder or the one above: index 0–4 is test, 5–9 validation', () => {
  const place = join(folder, 'fsdd');
  writeFsdd(join(place, 'recordings'));
  for (const speechDir of [place, join(place, 'recordings')]) {
    const dataset = loadDigits({speechDir});
    for (const [split, low, high] of [
      ['test', 0, 4],
      ['validation', 5, 9],
      ['train', 10, 11],
    ] as const) {
      const indices = new Set(dataset.rows(split).map(row => (row.parts['speech'] as Sound).samples[0]! * 64));
      assert.deepEqual(
        [...indices].sort((a, b) => a - b),
        Array.from({length: high - low + 1}, (_, i) => low + i),
        split,
      );
    }
    assert.deepEqual(new Set(dataset.rows('test').map(row => row.attributes!['voice'])), new Set(['jackson', 'theo']));
  }
});

test('speech folders that are not are named', () => {
  const place = join(folder, 'fsdd-bad');
  assert.throws(
    () => loadDigits({speechDir: place}),
    inputError(/fsdd-bad to be a readable folder, got nothing at that path\.$/),
  );
  mkdirSync(place);
  assert.throws(
    () => loadDigits({speechDir: place}),
    inputError(/with files \{digit\}_\{voice\}_\{index\}\.wav, got one without any\.$/),
  );
  writeFsdd(place, 44100);
  assert.throws(
    () => loadDigits({speechDir: place}),
    inputError(/0_jackson_0\.wav to be a WAV file at 8000 Hz, got 44100 Hz\.$/),
  );
  writeFsdd(place);
  writeFileSync(join(place, '4_theo_3.wav'), 'not sound');
  assert.throws(() => loadDigits({speechDir: place}), inputError(/4_theo_3\.wav to be a WAV file/));
  for (const speaker of ['jackson', 'theo'])
    for (let i = 0; i < 12; i++) rmSync(join(place, `4_${speaker}_${i}.wav`), {force: true});
  assert.throws(() => loadDigits({speechDir: place}), inputError(/clips of every digit in train, got none of 4\.$/));
});
