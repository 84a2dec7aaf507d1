/** Word embeddings, learnt from the captions alone. */
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import type {TextModality} from '../../core/types';
import {toTokenIds} from '../../features/text';
import {crossEntropyLoss} from '../../losses/cross-entropy';
import {Parameters} from '../../networks/parameters';
import {Adam} from '../../training/optimizers/adam';
import {playerStep} from '../play';

export interface WordTableOptions {
  readonly dim: number;
  readonly seed: number;
  /** Steps of 128 pairs of words; 500 unless told. */
  readonly steps?: number;
  /** Words to either side that a word is asked about; 3 unless told. */
  readonly window?: number;
}

/**
 * Skip-gram: each word says which words stand near it.
 *
 *   L = E[-log softmax(U·v_w)_o],  o within `window` places of w;  v the embeddings, U a second table that is thrown away
 *
 * Source: Mikolov et al. 2013, section 3.2 (arXiv:1301.3781) and, for the softmax, section 2 (arXiv:1310.4546). The vocabulary of captions
 * is small: the whole softmax is cheap, nothing has to be sampled.
 *
 * @returns the table `words` [V, dim] as parameters, one row for each word of the vocabulary; the caller disposes it.
 */
export function learnWordTable(captions: readonly string[], spec: TextModality, options: WordTableOptions): Parameters {
  const {dim, seed, steps = 500, window = 3} = options;
  const size = spec.vocabulary.length;
  const pairs = neighbours(captions, spec, window);
  const stream = new RandomStream(seed, 'embedding/words');
  const words = new Parameters(new RandomStream(seed, 'embedding/word-table'));
  const table = words.normal('words', [size, dim], 1 / Math.sqrt(dim));
  const scratch = new Parameters(new RandomStream(seed, 'embedding/word-contexts'));
  const contexts = scratch.normal('contexts', [dim, size], 1 / Math.sqrt(dim));
  const both = {trainable: {words: table, contexts}};
  const optimizer = new Adam(both.trainable, {beta1: 0.9, beta2: 0.999});
  const step = playerStep(both, optimizer, 1e-2, (centre, near) => {
    const chosen = tf.matMul(tf.oneHot(centre as tf.Tensor1D, size).toFloat(), table as unknown as tf.Tensor2D);
    return crossEntropyLoss(tf.matMul(chosen, contexts as unknown as tf.Tensor2D), near!);
  });
  for (let i = 0; i < steps && pairs.length > 0; i++)
    tf.tidy(() => {
      const some = Array.from({length: 128}, () => pairs[stream.integer(pairs.length)]!);
      const column = (side: 0 | 1) =>
        tf.tensor1d(
          Int32Array.from(some, pair => pair[side]),
          'int32',
        );
      step(column(0), column(1));
    });
  for (const each of [step, optimizer, scratch]) each.dispose();
  return words;
}

/** Every word with every word near it, as ids; padding is none. */
function neighbours(captions: readonly string[], {vocabulary, maxTokens}: TextModality, window: number) {
  const idOf = new Map(vocabulary.map((word, id) => [word, id]));
  return captions.flatMap(caption => {
    const ids = [...toTokenIds(caption, idOf, maxTokens)].filter(id => id > 0);
    return ids.flatMap((centre, i) =>
      ids.flatMap((near, j) => (i !== j && Math.abs(i - j) <= window ? [[centre, near] as const] : [])),
    );
  });
}

/** A caption as a vector: the mean of its words' rows, [dim]; 0 for one without known words. */
export function captionVector(caption: string, spec: TextModality, rows: readonly (readonly number[])[]): Float32Array {
  const idOf = new Map(spec.vocabulary.map((word, id) => [word, id]));
  const ids = [...toTokenIds(caption, idOf, spec.maxTokens)].filter(id => id > 0);
  const sum = new Float32Array(rows[0]!.length);
  for (const id of ids) for (let d = 0; d < sum.length; d++) sum[d]! += rows[id]![d]! / ids.length;
  return sum;
}
