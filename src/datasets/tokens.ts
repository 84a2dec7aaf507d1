/** Sentences ↔ tokens: words of any script, or characters. */

export type TokenKind = 'words' | 'characters';

/**
 * Words, unless told: lower-case runs of letters, digits and apostrophes; tokenize("Don't stop, Zoë!") is ["don't", 'stop', 'zoë'].
 * In scripts that put no blanks between words (Chinese, Japanese, Thai and their like) words are found by Unicode's rules and ICU's
 * dictionaries (Intl.Segmenter). Characters: lower-case, as a reader sees them (an accented letter or an emoji is one), a run of
 * blanks is one blank.
 */
export function tokenize(sentence: string, kind: TokenKind = 'words'): string[] {
  const text = sentence.toLowerCase().normalize('NFC');
  if (kind === 'characters') {
    const line = text.replace(/\s+/gu, ' ').trim();
    return Array.from(graphemes.segment(line), ({segment}) => segment);
  }
  const runs = text.match(/[\p{L}\p{M}\p{N}']+/gu) ?? [];
  return runs.flatMap(run => (unspaced.test(run) ? wordsOf(run) : [run]));
}

/** The sentence again, as far as it can be: with blanks between words, but none between two of an unspaced script. */
export function joinTokens(tokens: readonly string[], kind: TokenKind = 'words'): string {
  if (kind === 'characters') return tokens.join('');
  return tokens.reduce(
    (text, token, i) =>
      i > 0 && !(endsUnspaced.test(text) && beginsUnspaced.test(token)) ? `${text} ${token}` : text + token,
    '',
  );
}

const scripts = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const unspaced = new RegExp(`[${scripts}]`, 'u');
const endsUnspaced = new RegExp(`[${scripts}]\\p{M}*$`, 'u');
const beginsUnspaced = new RegExp(`^[${scripts}]`, 'u');
const graphemes = new Intl.Segmenter('und', {granularity: 'grapheme'});
const words = new Intl.Segmenter('und', {granularity: 'word'});

function wordsOf(run: string): string[] {
  return Array.from(words.segment(run))
    .filter(({isWordLike}) => isWordLike)
    .map(({segment}) => segment);
}
