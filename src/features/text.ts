/** Sentences ↔ words ↔ token ids. */
import {expected} from '../core/checks';
import {joinTokens, type TokenKind, tokenize} from '../datasets/tokens';

export const padding = '<pad>';
export const unknown = '<unk>';

export {tokenize};

/**
 * `<pad>`, `<unk>`, then every word of the sentences, the most frequent first (equally frequent ones by code unit).
 *
 * @param maxWords most entries, the first two included; rarer words become `<unk>`. No limit when left out.
 */
export function buildVocabulary(
  sentences: readonly string[],
  {maxWords = Number.POSITIVE_INFINITY, tokens = 'words' as TokenKind} = {},
): string[] {
  if (!(maxWords >= 3)) throw expected('maxWords', 'at least 3', maxWords);
  const counts = new Map<string, number>();
  for (const sentence of sentences)
    for (const word of tokenize(sentence, tokens)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word);
  return [padding, unknown, ...words.slice(0, maxWords - 2)];
}

/** Exactly `maxTokens` ids: the sentence cut or followed by padding (0); words not in the vocabulary are 1. */
export function toTokenIds(
  sentence: string,
  vocabulary: ReadonlyMap<string, number>,
  maxTokens: number,
  tokens: TokenKind = 'words',
): Int32Array {
  const ids = new Int32Array(maxTokens);
  const words = tokenize(sentence, tokens).slice(0, maxTokens);
  for (const [t, word] of words.entries()) ids[t] = vocabulary.get(word) ?? 1;
  return ids;
}

/** The words up to the first padding, with spaces between; characters without. */
export function fromTokenIds(
  ids: ArrayLike<number>,
  vocabulary: readonly string[],
  tokens: TokenKind = 'words',
): string {
  const words: string[] = [];
  for (let t = 0; t < ids.length && ids[t] !== 0; t++) {
    const word = vocabulary[ids[t]!];
    if (word === undefined) throw expected(`token ${t}`, `an id below ${vocabulary.length}`, ids[t]);
    words.push(word);
  }
  return joinTokens(words, tokens);
}
