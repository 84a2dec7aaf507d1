/** Sentences as vectors: how often each word stands in them, and how telling it is. */
import {expected} from '../core/checks';
import {tokenize} from './text';

export interface TfIdfOptions {
  /** Counts one more sentence, which holds every word, as scikit-learn does: the idf is finite for any word. True unless told. */
  readonly smooth?: boolean;
}

/**
 * Term frequency times inverse document frequency, each row of length 1:
 *
 *   tf(w, s) = count of w in s,  idf(w) = ln((1 + n) / (1 + df(w))) + 1
 *
 * Source: Salton & Buckley 1988, section 2 (DOI 10.1016/0306-4573(88)90021-0), smoothed as in scikit-learn's TfidfVectorizer, whose
 * values these are within 1e-6 (1.9.1, with words of one letter). The order of words is lost: `wordsOf` is the inverse but for that.
 */
export class TfIdf {
  /** Every word of the sentences, sorted by code unit. */
  readonly words: readonly string[];
  private readonly places: ReadonlyMap<string, number>;
  private readonly weights: Float64Array;

  /** @throws UserError when the sentences hold no word. */
  constructor(sentences: readonly string[], {smooth = true}: TfIdfOptions = {}) {
    const documents = sentences.map(sentence => new Set(tokenize(sentence)));
    this.words = [...new Set(documents.flatMap(words => [...words]))].sort();
    if (this.words.length === 0) throw expected('the sentences', 'of at least one word', 'none');
    this.places = new Map(this.words.map((word, i) => [word, i]));
    const frequencies = new Float64Array(this.words.length);
    for (const document of documents) for (const word of document) frequencies[this.places.get(word)!]! += 1;
    const more = smooth ? 1 : 0;
    this.weights = frequencies.map(frequency => Math.log((more + sentences.length) / (more + frequency)) + 1);
  }

  /** Counts of each word; words that are not known count nowhere. */
  bagOfWords(sentence: string): Float32Array {
    const counts = new Float32Array(this.words.length);
    for (const word of tokenize(sentence)) {
      const place = this.places.get(word);
      if (place !== undefined) counts[place]! += 1;
    }
    return counts;
  }

  /** Values from 0 to 1, length 1; all 0 for a sentence without known words. */
  vector(sentence: string): Float32Array {
    const values = this.bagOfWords(sentence).map((count, i) => count * this.weights[i]!);
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    return length === 0 ? values : values.map(value => value / length);
  }

  /**
   * The words of a vector, of `vector` or `bagOfWords`, the most telling first, each as often as it counts: the sentence but for its
   * order. Of a vector of length 1 the counts are those of the smallest sentence that it may be of.
   */
  wordsOf(vector: ArrayLike<number>): {readonly word: string; readonly count: number}[] {
    if (vector.length !== this.words.length) {
      throw expected('the vector', `of ${this.words.length} values, one a word`, `${vector.length} values`);
    }
    const isBag = Array.prototype.every.call(vector, Number.isInteger);
    const counts = Array.from(vector, (value, i) => (isBag ? value : value / this.weights[i]!));
    const least = Math.min(...counts.filter(count => count > 1e-9));
    return counts
      .map((count, i) => ({word: this.words[i]!, count: isBag ? count : Math.round(count / least), place: i}))
      .filter(({count}) => count > 0)
      .sort((a, b) => vector[b.place]! - vector[a.place]! || a.place - b.place)
      .map(({word, count}) => ({word, count}));
  }
}
