import assert from 'node:assert/strict';
import {test} from 'node:test';
import {RandomStream} from '../../src/core/random';
import {loadShapes} from '../../src/datasets/shapes';
import {SkipGram} from '../../src/features/skip-gram';
import {learnWordEmbeddings, WordEmbeddings} from '../../src/features/word-embeddings';

test('one pair, worked by hand: with two words the noise is the other word', () => {
  const model = new SkipGram([3, 1], 2, 1, 1);
  model.vectors.set([1, 0, 0, 0]);
  model.contexts.set([0, 2, Math.log(3), 0]);
  // Word 0 stands near word 1: u_1·v_0 = ln 3, σ = 3/4, force .1·1/4; noise is word 0: u_0·v_0 = 0, force .1·(-1/2).
  model.learn(0, 1, 0.1);
  const near = (got: number, wanted: number) => assert.ok(Math.abs(got - wanted) < 1e-6, `${got} is not ${wanted}`);
  near(model.vectors[0]!, 1 + 0.025 * Math.log(3));
  near(model.vectors[1]!, -0.05 * 2);
  near(model.contexts[2]!, Math.log(3) + 0.025);
  near(model.contexts[0]!, -0.05);
  near(model.contexts[1]!, 2);
});

test('the step is the gradient of the loss', () => {
  const [words, dim] = [2, 3];
  const stream = new RandomStream(5, 'tables');
  const [v, u] = [stream.normals(words * dim), stream.normals(words * dim)];
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => [0, 1, 2].reduce((sum, d) => sum + a[d]! * b[d]!, 0);
  const sigma = (x: number) => 1 / (1 + Math.exp(-x));
  // Two words: noise for (0, 1) is always word 0, twice.
  const loss = (vs: ArrayLike<number>, us: ArrayLike<number>) => {
    const [first, second] = [Array.from(us).slice(0, 3), Array.from(us).slice(3)];
    return -Math.log(sigma(dot(second, vs))) - 2 * Math.log(sigma(-dot(first, vs)));
  };
  const model = new SkipGram([1, 1], dim, 2, 1);
  const rate = 1e-6;
  model.vectors.set(v);
  model.contexts.set(u);
  const kept = Float64Array.from(model.vectors);
  // Large enough a rate for single precision: the change is compared, not the value.
  const step = 1e-2;
  model.learn(0, 1, step);
  for (let d = 0; d < dim; d++) {
    const moved = Float64Array.from(kept);
    moved[d]! += rate;
    const slope = (loss(moved, u) - loss(kept, u)) / rate;
    const change = (kept[d]! - model.vectors[d]!) / step;
    // The second noise step sees the context that the first has moved, by about 1 %.
    assert.ok(Math.abs(change - slope) < 0.03 * Math.abs(slope) + 5e-3, `${d}: ${change} for ${slope}`);
  }
});

test('nearest neighbours, the way back, sentences, JSON', () => {
  const words = new WordEmbeddings(['a', 'b', 'c'], Float32Array.of(1, 0, 2, 2, -3, 0), 2);
  assert.deepEqual(
    words.nearest('a').map(({word}) => word),
    ['b', 'c'],
  );
  assert.ok(Math.abs(words.nearest('a', 1)[0]!.similarity - Math.SQRT1_2) < 1e-6);
  for (const word of words.words) assert.equal(words.nearest(words.vector(word), 1)[0]!.word, word);
  assert.deepEqual([...words.sentence('A, c and nothing else')], [-1, 0]);
  assert.deepEqual([...words.sentence('nothing')], [0, 0]);
  const copy = WordEmbeddings.fromJson(JSON.parse(JSON.stringify(words)));
  assert.deepEqual([copy.words, copy.vectors, copy.dim], [words.words, words.vectors, 2]);
  assert.throws(() => words.vector('d'), /one of the 3 that were learnt, got "d"/);
  assert.throws(() => words.nearest([1, 2, 3]), /of 2 values, got 3 values/);
  assert.throws(() => WordEmbeddings.fromJson({words: ['a']}), /words, dim and vectors/);
  assert.throws(() => new WordEmbeddings(['a'], new Float32Array(3), 2), /1 × 2 values .* got 3/);
});

test('learnt from the captions of shapes: colours lie near colours, shapes near shapes; the same for the same seed', () => {
  const captions = loadShapes({counts: {train: 1440}})
    .rows('train')
    .map(({parts}) => String(parts['caption']));
  const learn = (seed: number, epochs = 6) => learnWordEmbeddings(captions, {dim: 16, epochs, seed});
  const words = learn(1);
  const kinds = [
    ['red', 'orange', 'yellow', 'green', 'blue', 'purple'],
    ['circle', 'disc', 'square', 'box', 'triangle', 'star'],
    ['small', 'little', 'tiny', 'large', 'big', 'huge'],
    ['top', 'upper', 'bottom', 'lower'],
  ];
  for (const kind of kinds) {
    for (const word of kind) {
      const found = words.nearest(word, 3);
      assert.ok(
        found.every(each => kind.includes(each.word) && each.similarity > 0.9),
        `${word}: ${JSON.stringify(found)}`,
      );
    }
  }
  assert.equal(words.nearest('left', 1)[0]!.word, 'right');
  assert.deepEqual(learn(1, 1).vectors, learn(1, 1).vectors);
  assert.notDeepEqual(learn(1, 1).vectors, learn(2, 1).vectors);
  const often = learnWordEmbeddings(captions, {dim: 4, epochs: 1, seed: 1, minCount: 300, subsample: 1e-2});
  assert.ok(often.words.length < words.words.length && often.vectors.every(Number.isFinite));
  assert.throws(() => learnWordEmbeddings(['one one'], {seed: 1}), /at least 2 different words/);
  assert.throws(() => learnWordEmbeddings(captions, {seed: 1, learningRate: 0}), /learningRate/);
});
