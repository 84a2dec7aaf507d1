/** Word embeddings, learnt from sentences alone: words that stand among the same words come to lie near each other. */
import {assertPositiveInteger, expected, UserError} from '../core/checks';
import {RandomStream} from '../core/random';
import {SkipGram} from './skip-gram';
import {tokenize} from './text';

export interface WordEmbeddingOptions {
  /** D; 32 unless told. */
  readonly dim?: number;
  /** Words to either side of which a word learns, drawn from 1 to this each time; 4 unless told. */
  readonly window?: number;
  /** Words drawn as noise for each pair; 5 unless told. */
  readonly negatives?: number;
  /** Times that all sentences are read; 10 unless told. */
  readonly epochs?: number;
  /** At the start; it falls to 1/100 of it. 0.05 unless told. */
  readonly learningRate?: number;
  /** Rarer words get no vector; 1 unless told. */
  readonly minCount?: number;
  /** t: a word of frequency f is read with probability √(t/f), at most 1. Null, never skipped, unless told; 1e-3 for long texts. */
  readonly subsample?: number | null;
  readonly seed: number;
}

export interface Neighbour {
  readonly word: string;
  /** Cosine, from -1 to 1. */
  readonly similarity: number;
}

/** A vector for each word. */
export class WordEmbeddings {
  private readonly places: ReadonlyMap<string, number>;
  private readonly units: Float32Array;

  /** @param vectors [V, D] flat, in the order of the words. */
  constructor(
    readonly words: readonly string[],
    readonly vectors: Float32Array,
    readonly dim: number,
  ) {
    assertPositiveInteger('dim', dim);
    if (vectors.length !== words.length * dim) {
      throw new UserError(`Expected ${words.length} × ${dim} values of word embeddings, got ${vectors.length}.`);
    }
    this.places = new Map(words.map((word, i) => [word, i]));
    this.units = vectors.slice();
    for (let i = 0; i < words.length; i++) toUnit(this.units.subarray(i * dim, (i + 1) * dim));
  }

  has(word: string): boolean {
    return this.places.has(word);
  }

  /** The word's vector, [D]. @throws UserError for a word without one. */
  vector(word: string): Float32Array {
    const place = this.places.get(word);
    if (place === undefined) throw expected('the word', `one of the ${this.words.length} that were learnt`, word);
    return this.vectors.slice(place * this.dim, (place + 1) * this.dim);
  }

  /** Mean of the vectors of a sentence's words, [D]; words without one do not count, 0 where there is none at all. */
  sentence(text: string): Float32Array {
    const known = tokenize(text).flatMap(word => (this.has(word) ? [this.vector(word)] : []));
    const mean = new Float32Array(this.dim);
    for (const vector of known) for (let d = 0; d < this.dim; d++) mean[d]! += vector[d]! / known.length;
    return mean;
  }

  /**
   * The words whose vectors point most nearly the same way, nearest first; of a word without itself. `nearest(vector(w), 1)` is w: for
   * vectors that something generates this is the way back to words.
   */
  nearest(to: string | ArrayLike<number>, count = 5): Neighbour[] {
    assertPositiveInteger('count', count);
    const query = Float32Array.from(typeof to === 'string' ? this.vector(to) : to);
    if (query.length !== this.dim) throw expected('the vector', `of ${this.dim} values`, `${query.length} values`);
    toUnit(query);
    const all = this.words.flatMap((word, i): Neighbour[] => {
      if (word === to) return [];
      let similarity = 0;
      for (let d = 0; d < this.dim; d++) similarity += query[d]! * this.units[i * this.dim + d]!;
      return [{word, similarity}];
    });
    return all.sort((a, b) => b.similarity - a.similarity).slice(0, count);
  }

  /** For JSON.stringify; `WordEmbeddings.fromJson` reads it back with the same values. */
  toJSON(): {words: readonly string[]; dim: number; vectors: number[]} {
    return {words: this.words, dim: this.dim, vectors: [...this.vectors]};
  }

  /** @throws UserError for anything but what toJSON made. */
  static fromJson(json: unknown): WordEmbeddings {
    const {words, dim, vectors} = (json ?? {}) as Partial<ReturnType<WordEmbeddings['toJSON']>>;
    const isWords = Array.isArray(words) && words.every(word => typeof word === 'string');
    if (!isWords || typeof dim !== 'number' || !Array.isArray(vectors) || !vectors.every(Number.isFinite)) {
      throw new UserError('Expected word embeddings to be an object with words, dim and vectors, got another.');
    }
    return new WordEmbeddings(words, Float32Array.from(vectors), dim);
  }
}

/**
 * Learns embeddings by skip-gram with negative sampling (`SkipGram`), sentence by sentence in an order drawn anew in each epoch.
 *
 * The same sentences, options and seed give the same vectors on every machine. About a second for 100,000 words.
 *
 * @throws UserError when fewer than two different words are left.
 */
export function learnWordEmbeddings(sentences: readonly string[], options: WordEmbeddingOptions): WordEmbeddings {
  const {dim = 32, window = 4, negatives = 5, epochs = 10, learningRate = 0.05} = options;
  const {minCount = 1, subsample = null, seed} = options;
  for (const [name, value] of Object.entries({dim, window, negatives, epochs, minCount}))
    assertPositiveInteger(name, value);
  if (!(learningRate > 0)) throw expected('learningRate', 'a number above 0', learningRate);
  if (subsample !== null && !(subsample > 0)) throw expected('subsample', 'a number above 0, or null', subsample);
  const texts = sentences.map(sentence => tokenize(sentence));
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of text) counts.set(word, (counts.get(word) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= minCount);
  if (kept.length < 2)
    throw expected('the sentences', `of at least 2 different words (minCount ${minCount})`, kept.length);
  kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const words = kept.map(([word]) => word);
  const places = new Map(words.map((word, i) => [word, i]));
  const total = kept.reduce((sum, [, count]) => sum + count, 0);
  const keep = kept.map(([, count]) => (subsample === null ? 1 : Math.min(1, Math.sqrt((subsample * total) / count))));
  const model = new SkipGram(
    kept.map(([, count]) => count),
    dim,
    negatives,
    seed,
  );
  const chance = new RandomStream(seed, 'word-embeddings/reading');
  const ids = texts.map(text => text.flatMap(word => places.get(word) ?? []));
  for (let epoch = 0; epoch < epochs; epoch++) {
    chance.shuffle([...ids]).forEach((sentence, i) => {
      const done = (epoch + i / ids.length) / epochs;
      const rate = learningRate * (1 - 0.99 * done);
      const read = sentence.filter(id => keep[id]! === 1 || chance.uniform() < keep[id]!);
      read.forEach((centre, at) => {
        const reach = 1 + chance.integer(window);
        for (let j = Math.max(0, at - reach); j <= Math.min(read.length - 1, at + reach); j++)
          if (j !== at) model.learn(centre, read[j]!, rate);
      });
    });
  }
  return new WordEmbeddings(words, model.vectors, dim);
}

/** In place; 0 stays 0. */
function toUnit(values: Float32Array): void {
  let length = 0;
  for (const value of values) length += value * value;
  if (length > 0) for (let d = 0; d < values.length; d++) values[d]! /= Math.sqrt(length);
}
