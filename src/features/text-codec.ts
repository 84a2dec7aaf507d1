import {assertPositiveInteger, expected, UserError} from '../core/checks';
import type {Part, TextModality} from '../core/types';
import type {Codec} from './codec-type';
import {fromTokenIds, padding, toTokenIds, unknown} from './text';

/**
 * A sentence ↔ one probability for each word at each place, [T, V]: one-hot on the way there, the likeliest word on the
 * way back, up to the first padding.
 */
export class TextCodec implements Codec {
  private readonly idOf: ReadonlyMap<string, number>;

  constructor(readonly spec: TextModality) {
    assertPositiveInteger('maxTokens', spec.maxTokens);
    const {vocabulary} = spec;
    if (vocabulary[0] !== padding || vocabulary[1] !== unknown) {
      throw expected(
        'vocabulary',
        `a list that begins ${padding}, ${unknown}`,
        vocabulary.slice(0, 2).join(', ') || 'an empty one',
      );
    }
    this.idOf = new Map(vocabulary.map((word, id) => [word, id]));
    if (this.idOf.size !== vocabulary.length) {
      const twice = vocabulary.find((word, id) => this.idOf.get(word) !== id);
      throw expected('vocabulary', 'a list of different words', `"${twice}" twice`);
    }
  }

  encode(part: Part): Float32Array {
    if (typeof part !== 'string') throw expected('the part', 'text', 'pixels' in part ? 'a picture' : 'a sound');
    const {maxTokens, vocabulary, tokens} = this.spec;
    const values = new Float32Array(maxTokens * vocabulary.length);
    toTokenIds(part, this.idOf, maxTokens, tokens).forEach((id, t) => {
      values[t * vocabulary.length + id] = 1;
    });
    return values;
  }

  decode(values: Float32Array): string {
    return fromTokenIds(this.likeliest(values), this.spec.vocabulary, this.spec.tokens);
  }

  /** One id a place, [T]. */
  likeliest(values: Float32Array): Int32Array {
    const {maxTokens, vocabulary} = this.spec;
    const size = vocabulary.length;
    if (values.length !== maxTokens * size) {
      throw new UserError(`Expected ${maxTokens} × ${size} probabilities, got ${values.length} values.`);
    }
    return Int32Array.from({length: maxTokens}, (_, t) => {
      let best = 0;
      for (let id = 1; id < size; id++) if (values[t * size + id]! > values[t * size + best]!) best = id;
      return best;
    });
  }
}
