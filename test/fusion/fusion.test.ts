import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import fc from 'fast-check';
import {onMultiplyAdds} from '../../src/backend/multiply-adds';
import {selectBackend} from '../../src/backend/select';
import {type FusionName, fusionsByLevel, methodOf} from '../../src/core/fusion-names';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {buildFusion, type Fusion, fusionMethods, fusionNames, fusions} from '../../src/fusion/fusion';
import {Parameters} from '../../src/networks/parameters';

before(async () => {
  await selectBackend();
});

const names = ['image', 'caption', 'speech'];
const near = (got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-5) => {
  assert.equal(got.length, wanted.length);
  for (let i = 0; i < wanted.length; i++)
    assert.ok(Math.abs(got[i]! - wanted[i]!) < tolerance, `${Array.from(got)} is not ${Array.from(wanted)}`);
};

/** Parameters away from their start, by name, so that every path of the network matters. */
function built(method: FusionName, modalities: readonly string[] = names, dim = 4) {
  const parameters = new Parameters(new RandomStream(6, method));
  const fusion = buildFusion(method, parameters, 'f', {modalities, embeddingDim: dim});
  for (const [path, variable] of Object.entries(parameters.trainable)) {
    const values = new RandomStream(7, path).normals(variable.size);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
  return {fusion, parameters};
}

type Rows = Readonly<Record<string, tf.Tensor2D>>;
const drawn = (seed: number, modalities: readonly string[], count: number, dim = 4): Rows =>
  Object.fromEntries(
    modalities.map(m => [m, tf.tensor2d(new RandomStream(seed, m).normals(count * dim), [count, dim])]),
  );
const masks = (bits: readonly number[], modalities: readonly string[]) =>
  Object.fromEntries(modalities.map((m, k) => [m, tf.tensor1d(bits.map(b => (b >> k) & 1))]));

test('worked by hand: product of experts, weighted scores, mixture of experts, gates', () => {
  tf.tidy(() => {
    const codes = {
      a: tf.tensor2d([[1, 0], [1, 0]]), // biome-ignore format: rows
      b: tf.tensor2d([[0, 1], [0, 1]]), // biome-ignore format: rows
    };
    const present = {a: tf.tensor1d([1, 1]), b: tf.tensor1d([1, 0])};
    const two = {modalities: ['a', 'b'], embeddingDim: 2};
    const make = (method: FusionName, set: Readonly<Record<string, number[]>>): Fusion => {
      const parameters = new Parameters(new RandomStream(1, ''));
      const fusion = buildFusion(method, parameters, 'f', two);
      for (const [path, values] of Object.entries(set)) {
        const variable = parameters.trainable[`f/${path}`]!;
        variable.assign(tf.tensor(values, variable.shape));
      }
      return fusion;
    };
    const half = Math.SQRT1_2;
    near(make('productOfExperts', {}).fuse(codes, present).dataSync(), [half, half, 1, 0]);
    // b is believed three times: (1, 3) / √10.
    const weighted = make('weightedScores', {'b/log-weight': [Math.log(3)]});
    near(weighted.fuse(codes, present).dataSync(), [0.316228, 0.948683, 1, 0]);
    // Beliefs are softmax(0, ln 3) = (1/4, 3/4); b's expert turns (0, 1) into (2, 1): (1/4 + 6/4, 3/4) = (7, 3) / √58.
    const mixture = make('mixtureOfExperts', {'b/gate/kernel': [0, Math.log(3)], 'b/expert/kernel': [0, 0, 2, 0]});
    near(mixture.fuse(codes, present).dataSync(), [0.919145, 0.393919, 1, 0]);
    // The gates of a are 2σ(ln 3) = 1.5 where b is present (its mask is the last row of the kernel): (1.5, 1) / √3.25.
    const gates = make('gated', {'a/gate/by/b': [0, 0, 0, 0, Math.log(3), Math.log(3)]});
    near(gates.fuse(codes, present).dataSync(), [0.83205, 0.5547, 1, 0]);
  });
});

test('worked by hand: fillers, factors and pairs', () => {
  tf.tidy(() => {
    const one = {modalities: ['a', 'b'], embeddingDim: 1};
    const codes = {a: tf.tensor2d([[2], [2]]), b: tf.tensor2d([[3], [3]])};
    const present = {a: tf.tensor1d([1, 1]), b: tf.tensor1d([1, 0])};
    /** The joint code before it is made a unit: with D = 1 only its sign would be left. */
    const raw = (method: keyof typeof fusions, set: Readonly<Record<string, number[]>>): Float32Array => {
      const parameters = new Parameters(new RandomStream(1, ''));
      const join = fusions[method].build(parameters, 'f', one);
      for (const [path, variable] of Object.entries(parameters.trainable)) {
        const values = set[path.slice(2)] ?? new Array(variable.size).fill(0);
        variable.assign(tf.tensor(values, variable.shape));
      }
      const p = {a: tf.tensor2d([[1], [1]]), b: tf.tensor2d([[1], [0]])};
      return join({
        z: {a: codes.a, b: codes.b.mul(present.b.reshape([2, 1])) as tf.Tensor2D},
        p,
      }).dataSync() as Float32Array;
    };
    // 5 + 1·leaky(2·1 + 3·1) = 10, and with the filler 7 of b: 2 + (2 + 7) = 11.
    const side = {'a/kernel': [1, 0], 'b/kernel': [1, 0], 'b/filler': [7], 'mix/kernel': [1, 0]};
    near(raw('concatenation', side), [10, 11]);
    // Ranks: (1·2)(1·3 + 1) = 8 and (2)(0 + 1) … : a's factors (2, 0, 0, 0), b's (4, 1, 1, 1): 5 + 8; alone 2 + 2.
    const factors = {'a/factor/kernel': [1, 0, 0, 0], 'b/factor/kernel': [1, 0, 0, 0], 'b/factor/bias': [1, 1, 1, 1]};
    near(raw('tensorFusion', {...factors, 'output/kernel': [1]}), [13, 4]);
    // The pair: u = 2 + 3 = 5, half of it (σ(0)) enters: t = 5 + 2.5; 5 + 7.5 = 12.5. Alone: t = 2, 2 + 2 = 4.
    const pair = {'a+b/first/kernel': [1], 'a+b/second/kernel': [1], 'whole/kernel': [1, 1], 'output/kernel': [1]};
    near(raw('hierarchical', pair), [12.5, 4]);
  });
});

test('worked by hand: attention across modalities, two tokens of two values each', () => {
  const parameters = new Parameters(new RandomStream(1, ''));
  const options = {modalities: ['a', 'b'], embeddingDim: 3, tokens: 2};
  const join = fusions.crossModalAttention.build(parameters, 'f', options);
  const score = Math.SQRT2 * Math.log(2);
  // biome-ignore format: matrices
  const set: Readonly<Record<string, number[]>> = {
    // Rows: values of z; columns: x and y of the first token, x and y of the second.
    'a/tokens/kernel': [1, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 1],
    'a/place': [0, 0, 1, 0],
    'b/tokens/kernel': [0, 0, 0, 0,  1, 0, 0, 0,  0, 0, 1, 0],
    'b/place': [0, 1, 0, 0],
    // Scores are q·k / √2 = x of who looks times y of who is looked at times log 2; what is told is x.
    'query/kernel': [1, 0,  0, 0],
    'key/kernel': [0, 0,  score, 0],
    'value/kernel': [1, 0,  0, 0],
    // (x₁, y₁, x₂, y₂) to (x₁, 0, 2·x₂).
    'output/kernel': [1, 0, 0,  0, 0, 0,  0, 0, 2,  0, 0, 0],
  };
  tf.tidy(() => {
    for (const [path, variable] of Object.entries(parameters.trainable))
      variable.assign(tf.tensor(set[path.slice(2)]!, variable.shape));
    // In the second row b is absent.
    const z = {a: tf.tensor2d([[2, 0, 1], [2, 0, 1]]), b: tf.tensor2d([[0, 3, -1], [0, 0, 0]])}; // biome-ignore format: rows
    const p = {a: tf.tensor2d([[1], [1]]), b: tf.tensor2d([[1], [0]])};
    // Tokens (x, y): of a (2, 0) and (0, 1) + (1, 0) = (1, 1); of b (3, 0) + (0, 1) = (3, 1) and (-1, 0).
    // Weights are 2^(x·y), in order of a's and b's tokens, told are 2, 1, 3, -1:
    //   a₁, x = 2: (1, 4, 4, 1) / 10 → 17 / 10      a₂, x = 1: (1, 2, 2, 1) / 6 → 9 / 6
    //   b₁, x = 3: (1, 8, 8, 1) / 18 → 33 / 18      b₂, x = -1: (1, ½, ½, 1) / 3 → 3 / 3
    // z of both: (2, 3, 0); a adds (1.7, 0, 3), b adds (11/6, 0, 2).
    const together = [2 + 1.7 + 11 / 6, 3, 3 + 2];
    // a alone: a₁ (1, 4) / 5 → 6 / 5, a₂ (1, 2) / 3 → 4 / 3; (2, 0, 1) + (1.2, 0, 8/3).
    const alone = [3.2, 0, 11 / 3];
    near(join({z, p}).dataSync(), [...together, ...alone]);
  });
  parameters.dispose();
});

for (const method of fusionMethods) {
  test(`${method}: unit codes; absent values, be they NaN, change no bit and get no gradient; nothing leaks`, () => {
    const alive = tf.memory().numTensors;
    const {fusion, parameters} = built(method);
    const weights = Object.values(parameters.trainable);
    fc.assert(
      fc.property(fc.integer(), fc.integer({min: 1, max: 6}), (seed, bits) => {
        tf.tidy(() => {
          const present = masks([bits, 7], names);
          const codes = drawn(seed, names, 2);
          const out = fusion.apply({codes, present});
          near(out.square().sum(1).dataSync(), [1, 1], 1e-4);
          const absent = names.find((_, k) => !((bits >> k) & 1))!;
          const kept = codes[absent]!.slice([1, 0]);
          const run = (x: tf.Tensor) => fusion.fuse({...codes, [absent]: x as tf.Tensor2D}, present);
          const score = (x: tf.Tensor) => run(x).mul(tf.tensor1d([1, 2, 3, 4])).sum() as tf.Scalar; // biome-ignore format: one formula
          const gradientsOf = (x: tf.Tensor) => {
            if (weights.length === 0) return [];
            const {grads} = tf.variableGrads(() => score(x), weights);
            return weights.map(variable => [...grads[variable.name]!.dataSync()]);
          };
          const before = gradientsOf(codes[absent]!);
          for (const filler of [50, -1e30, Number.NaN, Number.POSITIVE_INFINITY]) {
            const other = tf.concat([tf.fill([1, 4], filler), kept], 0);
            assert.deepEqual(run(other).dataSync(), out.dataSync());
            assert.deepEqual(gradientsOf(other), before);
          }
          const slope = tf.grad(score)(codes[absent]!).dataSync();
          assert.deepEqual(Array.from(slope.slice(0, 4), Math.abs), [0, 0, 0, 0]);
          assert.ok(slope.slice(4).some(v => v !== 0));
        });
      }),
      {numRuns: 8},
    );
    parameters.dispose();
    assert.equal(tf.memory().numTensors, alive);
  });

  test(`${method}: the order of the modalities changes nothing, neither the start nor a bit of the result`, () => {
    const pool = ['image', 'caption', 'speech', 'depth', '10', '9'];
    const order = fc.uniqueArray(fc.constantFrom(...pool), {minLength: 1, maxLength: 5});
    fc.assert(
      fc.property(
        order,
        fc.integer({min: 0, max: 1e6}),
        fc.array(fc.nat(), {minLength: 3, maxLength: 3}),
        (some, seed, bits) => {
          const other = new RandomStream(seed, 'order').shuffle([...some]);
          const run = (modalities: readonly string[]) => {
            const parameters = new Parameters(new RandomStream(4, method));
            const fusion = buildFusion(method, parameters, 'f', {modalities, embeddingDim: 4});
            const result = tf.tidy(() => {
              const start = mapToArrays(parameters.trainable);
              for (const [path, variable] of Object.entries(parameters.trainable))
                variable.assign(tf.tensor(new RandomStream(7, path).normals(variable.size), variable.shape));
              const shown = Object.fromEntries(some.map((m, k) => [m, bits.map(b => (b >> k) & 1)]));
              const codes = drawn(seed, modalities, 3);
              const present = Object.fromEntries(modalities.map(m => [m, tf.tensor1d(shown[m]!)]));
              return {start, joint: [...fusion.fuse(codes, present).dataSync()]};
            });
            parameters.dispose();
            return result;
          };
          assert.deepEqual(run(other), run(some));
        },
      ),
      {numRuns: 12},
    );
  });

  test(`${method}: any subset, from one modality of one to four of five; left out is absent; nobody is 0`, () => {
    for (const modalities of [['only'], ['a', 'b'], ['a', 'b', 'c', 'd', 'e']]) {
      const {fusion, parameters} = built(method, modalities);
      tf.tidy(() => {
        const codes = drawn(3, modalities, 2);
        const most = modalities.slice(0, Math.max(1, modalities.length - 1));
        const present = masks([2 ** most.length - 1, 1], modalities);
        const whole = fusion.fuse(codes, present);
        near(whole.square().sum(1).dataSync(), [1, 1], 1e-4);
        const given = Object.fromEntries(most.map(m => [m, codes[m]!]));
        const shown = Object.fromEntries(most.map(m => [m, present[m]!]));
        assert.deepEqual(fusion.fuse(given, shown).dataSync(), whole.dataSync());
        // Masks that are left out are of rows that are all there.
        const all = masks([31, 31], modalities);
        assert.deepEqual(fusion.fuse(codes, {}).dataSync(), fusion.fuse(codes, all).dataSync());
        const nobody = fusion.fuse(codes, masks([0, 2 ** modalities.length - 1], modalities)).dataSync();
        near(nobody.slice(0, 4), [0, 0, 0, 0], 1e-30);
        assert.ok(nobody.every(Number.isFinite));
        // A row beside one with nobody is as it is beside any other.
        assert.deepEqual(nobody.slice(4), fusion.fuse(codes, {}).dataSync().slice(4));
      });
      parameters.dispose();
    }
  });

  test(`${method}: begins as the product of experts, and costs what its table says`, () => {
    for (const [K, D] of [
      [3, 8],
      [2, 6],
      [1, 4],
    ] as const) {
      // biome-ignore format: sizes
      const modalities = names.slice(0, K);
      const parameters = new Parameters(new RandomStream(1, method));
      const fusion = buildFusion(method, parameters, 'f', {modalities, embeddingDim: D});
      const {cost} = fusions[method];
      assert.equal(parameters.count(), cost.numParameters(K, D), `parameters, K ${K}, D ${D}`);
      tf.tidy(() => {
        const codes = drawn(2, modalities, 5, D);
        const present = masks([1, 7, 7, 7, 7], modalities);
        let multiplyAdds = 0;
        const got = onMultiplyAdds(
          n => {
            multiplyAdds += n;
          },
          () => fusion.fuse(codes, present),
        );
        assert.equal(multiplyAdds, 5 * cost.numMultiplyAdds(K, D), `multiply-adds, K ${K}, D ${D}`);
        const product = buildFusion('productOfExperts', new Parameters(new RandomStream(1, '')), 'f', {
          modalities,
          embeddingDim: D,
        });
        near(got.dataSync(), product.fuse(codes, present).dataSync());
      });
      parameters.dispose();
    }
  });
}

function mapToArrays(variables: Readonly<Record<string, tf.Variable>>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(variables).map(([path, variable]) => [path, [...variable.dataSync()]]));
}

test('names: a level stands for its usual method; whatever does not fit is named', () => {
  assert.deepEqual(fusionNames.map(methodOf), ['gated', 'productOfExperts', 'crossModalAttention']);
  assert.equal(methodOf('tensorFusion'), 'tensorFusion');
  assert.equal(fusionMethods.length, 8);
  for (const [level, methods] of Object.entries(fusionsByLevel))
    for (const method of methods) assert.equal(fusions[method].level, level);
  const make = (name: string, modalities: string[] = ['a', 'b']) =>
    buildFusion(name as FusionName, new Parameters(new RandomStream(1, '')), 'f', {modalities, embeddingDim: 2});
  assert.throws(
    () => make('sum'),
    /^UserError: Unknown fusion "sum"; choose featureLevel, .*, gated, .* or hierarchical\.$/,
  );
  assert.throws(() => make('gated', []), /different names, got \[\]\.$/);
  assert.throws(() => make('gated', ['a', 'a']), /different names, got \[a, a\]\.$/);
  tf.tidy(() => {
    const fusion = make('productOfExperts');
    const a = tf.ones<tf.Rank.R2>([3, 2]);
    assert.throws(() => fusion.fuse({}, {}), /embeddings of at least 1 of a, b to be fused, got none\.$/);
    assert.throws(() => fusion.fuse({a, c: a}, {}), /Unknown modality of a fusion "c"; choose a or b\./);
    assert.throws(() => fusion.fuse({a: tf.ones([3, 5])}, {}), /embedding of a of shape \[3, 2\], got \[3, 5\]\./);
    assert.throws(() => fusion.fuse({a}, {a: tf.ones([2])}), /mask of a of shape \[3\], got \[2\]\./);
  });
});
