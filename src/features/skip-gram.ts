/** Skip-gram with negative sampling: the two tables, and one step on a pair of words. */
import {RandomStream} from '../core/random';

/**
 *   L = -log σ(u_o·v_w) - Σ_{k=1…K} log σ(-u_{n_k}·v_w),  n_k drawn with probability ∝ count^¾
 *
 * for a word w and one that stands near it, o. v are the embeddings; u, a second table, is thrown away.
 *
 * Source: Mikolov et al. 2013, section 2.2, equation 4 (arXiv:1310.4546). Noise that is o itself is drawn again, as in word2vec.
 */
export class SkipGram {
  /** v, [V, D] flat: uniform in ±½/D at the start. u starts at 0. */
  readonly vectors: Float32Array;
  readonly contexts: Float32Array;
  /** Σ counts^¾ up to each word, to draw noise from. */
  private readonly cumulative: Float64Array;
  private readonly chance: RandomStream;
  private readonly change: Float64Array;

  /** @param counts how often each word stands in the sentences; two words or more. */
  constructor(
    counts: readonly number[],
    readonly dim: number,
    private readonly negatives: number,
    seed: number,
  ) {
    const start = new RandomStream(seed, 'word-embeddings/start');
    this.vectors = Float32Array.from({length: counts.length * dim}, () => (start.uniform() - 0.5) / dim);
    this.contexts = new Float32Array(counts.length * dim);
    let sum = 0;
    this.cumulative = Float64Array.from(counts, count => {
      sum += count ** 0.75;
      return sum;
    });
    this.chance = new RandomStream(seed, 'word-embeddings/noise');
    this.change = new Float64Array(dim);
  }

  /** One step of gradient descent on the loss of this pair. */
  learn(word: number, near: number, rate: number): void {
    this.change.fill(0);
    this.pull(word, near, 1, rate);
    for (let k = 0; k < this.negatives; k++) this.pull(word, this.noise(near), 0, rate);
    for (let d = 0; d < this.dim; d++) this.vectors[word * this.dim + d]! += this.change[d]!;
  }

  /** Moves u, and notes where v is to move: rate · (label - σ(u·v)) along the other. */
  private pull(word: number, other: number, label: 0 | 1, rate: number): void {
    const {dim, vectors, contexts, change} = this;
    const [v, u] = [word * dim, other * dim];
    let product = 0;
    for (let d = 0; d < dim; d++) product += vectors[v + d]! * contexts[u + d]!;
    const force = rate * (label - 1 / (1 + Math.exp(-product)));
    for (let d = 0; d < dim; d++) {
      change[d]! += force * contexts[u + d]!;
      contexts[u + d]! += force * vectors[v + d]!;
    }
  }

  private noise(near: number): number {
    const {cumulative, chance} = this;
    const last = cumulative.length - 1;
    for (;;) {
      const at = chance.uniform() * cumulative[last]!;
      let [low, high] = [0, last];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (cumulative[middle]! > at) high = middle;
        else low = middle + 1;
      }
      if (low !== near) return low;
    }
  }
}
