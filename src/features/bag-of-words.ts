/** Sentences as vectors: how often each word stands in them, and how telling it is. */
import {expected} from '../core/checks';
import {tokenize} from './text';

/**
 * Term frequency times inverse document frequency, each row of length 1:
 *
 *   tf(w, s) = count of w in s,  idf(w) = ln((1 + n) / (1 + df(w))) + 1
 *
 * Source: Salton & Buckley 1988, section 2 (DOI 10.1016/0306-4573(88)90021-0), smoothed as in scikit-learn's TfidfVectorizer.
 */
export class TfIdf {
  /** Every word of the sentences, sorted by code unit. */
  readonly words: readonly string[];
  private readonly places: ReadonlyMap<string, number>;
  private readonly weights: Float64Array;

  /** @throws UserError when the sentences hold no word. */
  constructor(sentences: readonly string[]) {
    const documents = sentences.map(sentence => new Set(tokenize(sentence)));
    this.words = [...new Set(documents.flatMap(words => [...words]))].sort();
    if (this.words.length === 0) throw expected('the sentences', 'of at least one word', 'none');
    this.places = new Map(this.words.map((word, i) => [word, i]));
    const frequencies = new Float64Array(this.words.length);
    for (const document of documents) for (const word of document) frequencies[this.places.get(word)!]! += 1;
    this.weights = frequencies.map(frequency => Math.log((1 + sentences.length) / (1 + frequency)) + 1);
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
}
