/** Learning from few labels: which are chosen, that the unlabelled help, that each term counts, and that nothing is left behind. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomCounter} from '../../src/backend/stateless-random';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import type {ImageModality} from '../../src/core/types';
import {checkNetwork} from '../../src/networks/check/check-network';
import {Parameters} from '../../src/networks/parameters';
import {
  gameShare,
  type SemiSupervisedData,
  type SemiSupervisedOptions,
  trainSemiSupervised,
} from '../../src/tasks/semi-supervised';
import {chooseLabelled, Deck} from '../../src/tasks/semi-supervised/batches';
import {buildClassifier, buildPlainGenerator, classifierFeatures} from '../../src/tasks/semi-supervised/networks';
import {classifierStep, generatorStep} from '../../src/tasks/semi-supervised/steps';
import {bendPicture, randomViews, stackGrids} from '../../src/tasks/semi-supervised/views';
import {ExponentialMovingAverage} from '../../src/training/ema';
import {Adam} from '../../src/training/optimizers/adam';

before(async () => {
  await selectBackend();
});

const spec: ImageModality = {kind: 'image', height: 8, width: 8, channels: 1};

/** Class 0: a bright upper half, class 1: a bright lower half, at a brightness of their own, with noise. */
function bars(count: number, seed: number): {parts: Float32Array[]; labels: number[]} {
  const stream = new RandomStream(seed, 'bars');
  const labels = Array.from({length: count}, (_, i) => i % 2);
  const parts = labels.map(label => {
    const level = 0.2 + 0.8 * stream.uniform();
    return Float32Array.from({length: 64}, (_, i) => {
      const inside = i < 32 === (label === 0);
      return Math.max(-1, Math.min(1, (inside ? level : -1) + 0.3 * stream.normal()));
    });
  });
  return {parts, labels};
}

const few: SemiSupervisedOptions = {
  steps: 60,
  labelledBatch: 4,
  unlabelledBatch: 16,
  averageDecay: 0.9,
  reportEvery: 20,
};

function dataOf(labelled: {parts: Float32Array[]; labels: number[]}, unlabelled: Float32Array[]): SemiSupervisedData {
  return {spec, numClasses: 2, labelled, unlabelled};
}

test('as many labels of each class as asked for, others with another seed', () => {
  const labels = [0, 1, 1, 0, 2, 1, 2, 0, 0, 2];
  const chosen = chooseLabelled(labels, 3, 2, new RandomStream(5, 'labels'));
  assert.deepEqual(
    chosen.map(i => labels[i]),
    [0, 0, 1, 1, 2, 2],
  );
  assert.equal(new Set(chosen).size, 6);
  const many = Array.from({length: 100}, (_, i) => i % 2);
  const by = (seed: number) => chooseLabelled(many, 2, 5, new RandomStream(seed, 'labels'));
  assert.deepEqual(by(1), by(1));
  assert.notDeepEqual(by(1), by(2));
  assert.throws(
    () => chooseLabelled(labels, 3, 4, new RandomStream(1, 'x')),
    /at least 4 training examples of class 1, got 3/,
  );
  assert.throws(
    () => chooseLabelled(labels, 3, 0, new RandomStream(1, 'x')),
    /Expected perClass to be a positive integer/,
  );
});

test('a deck deals everything once before anything twice', () => {
  const deck = new Deck(5, new RandomStream(1, 'deck'));
  const dealt = [...deck.next(3), ...deck.next(4), ...deck.next(3)];
  assert.deepEqual(dealt.slice(0, 5).sort(), [0, 1, 2, 3, 4]);
  assert.deepEqual(dealt.slice(5).sort(), [0, 1, 2, 3, 4]);
});

test('copies are as they are, views are changed, each in its own way', () => {
  const {parts} = bars(2, 3);
  tf.tidy(() => {
    const same = [parts[0]!, parts[0]!];
    assert.deepEqual(stackGrids(same, spec).shape, [2, 8, 8, 1]);
    assert.deepEqual(Array.from(stackGrids(same, spec).dataSync().slice(0, 64)), Array.from(parts[0]!));
    const views = randomViews(same, spec, new RandomStream(1, 'views'), 1).dataSync();
    assert.notDeepEqual(views.slice(0, 64), parts[0]!);
    assert.notDeepEqual(views.slice(0, 64), views.slice(64));
    assert.ok(views.every(value => value >= -1 && value <= 1));
  });
});

test('bending, by hand', () => {
  const colour: ImageModality = {kind: 'image', height: 3, width: 3, channels: 2};
  const part = Float32Array.from({length: 18}, (_, i) => i / 18);
  const bent = (rows: number, columns: number, from = 0) => {
    const pull = Float32Array.from({length: 50}, (_, i) => (i < from ? 0 : i % 2 === 0 ? rows : columns));
    const out = new Float32Array(18);
    bendPicture(part, out, colour, pull);
    return Array.from(out);
  };
  const close = (got: number[], wanted: number[]) =>
    got.forEach((x, i) => {
      assert.ok(Math.abs(x - wanted[i]!) < 1e-6, `${i}: ${x}`);
    });
  const paper = [-1, -1];
  const values = Array.from(part);
  close(bent(0, 0), values);
  close(bent(1, 0), [...values.slice(6), ...paper, ...paper, ...paper]);
  close(
    bent(0, -1),
    [0, 6, 12].flatMap(from => [...paper, ...values.slice(from, from + 4)]),
  );
  // Half a pixel to the right: the mean of two neighbours.
  close(
    bent(0, 0.5).slice(0, 4),
    [0, 1, 2, 3].map(i => (part[i]! + part[i + 2]!) / 2),
  );
  // Only the last of the five rows of places moves: the first two rows of three pixels stay.
  close(bent(1, 0, 40), [...values.slice(0, 12), ...paper, ...paper, ...paper]);
});

test('a step of the classifier leaves G as it was and a step of G the classifier; each term adds to the loss', () => {
  const [forD, forA, forG] = ['d', 'd', 'g'].map(name => new Parameters(new RandomStream(1, name)));
  const players = {
    classify: buildClassifier(forD!, spec, 2),
    classifierVariables: forD!.trainable,
    classifyAveraged: buildClassifier(forA!, spec, 2),
    average: new ExponentialMovingAverage(forD!.trainable, forA!.trainable, 0.9),
    generate: buildPlainGenerator(forG!, spec, 3),
    generatorVariables: forG!.trainable,
    latentDim: 3,
    noise: 0,
  };
  const [adamD, adamG] = [forD!, forG!].map(each => new Adam(each.trainable, {beta1: 0.5, beta2: 0.999}));
  const chance = new RandomCounter(1, 'test');
  const read = (parameters: Parameters) => Object.values(parameters.trainable).map(v => Array.from(v.dataSync()));
  tf.tidy(() => {
    const {parts, labels} = bars(6, 1);
    const batch = {
      labelled: stackGrids(parts, spec),
      labels: tf.tensor1d(labels, 'int32'),
      unlabelled: stackGrids(parts, spec),
      originals: stackGrids(parts, spec),
    };
    const start = {d: read(forD!), a: read(forA!), g: read(forG!)};
    assert.deepEqual(start.a, start.d, 'the average starts from the weights');
    const lossOf = (game: number, consistency: number, share = 1, noise = 0) => {
      chance.restore([5, 0]);
      const [rate, risen] = [tf.scalar(0), tf.scalar(share)];
      const noisy = {...players, noise};
      return classifierStep(noisy, adamD!, chance, batch, rate, risen, {game, consistency}).dataSync()[0]!;
    };
    const [plain, once, twice, thrice] = [lossOf(0, 0), lossOf(1, 0), lossOf(2, 0), lossOf(3, 0)];
    assert.ok(once! > plain! + 0.1, `${once} ${plain}`);
    assert.ok(Math.abs(thrice! - twice! - (twice! - once!)) < 1e-4, 'the weight of the game is a factor');
    assert.ok(Math.abs(lossOf(2, 0, 0.5) - once!) < 1e-5, 'so is how far it has risen');
    assert.notEqual(lossOf(0, 0, 1, 0.5), plain, 'noise is seen');
    assert.equal(lossOf(0, 1), plain, 'nobody is sure yet, so agreement costs nothing');
    assert.deepEqual(read(forD!), start.d, 'a rate of 0 moves nothing');
    classifierStep(players, adamD!, chance, batch, tf.scalar(0.01), tf.scalar(1), {game: 1, consistency: 1});
    const afterD = {d: read(forD!), a: read(forA!), g: read(forG!)};
    assert.notDeepEqual(afterD.d, start.d);
    assert.notDeepEqual(afterD.a, start.a);
    assert.deepEqual(afterD.g, start.g);
    generatorStep(players, adamG!, chance, batch.unlabelled, tf.scalar(0.01));
    assert.deepEqual(read(forD!), afterD.d);
    assert.notDeepEqual(read(forG!), afterD.g);
  });
  for (const each of [forD!, forA!, forG!, players.average, adamD!, adamG!, chance]) each.dispose();
});

test("the game's weight rises slowly, and is whole from the start where no rise is asked for", () => {
  // e⁻⁵, e^(-5/4), 1 and 1.
  const expected = [0.0067379, 0.2865048, 1, 1];
  [0, 0.25, 0.5, 0.9].forEach((done, i) => {
    assert.ok(Math.abs(gameShare(done, 0.5) - expected[i]!) < 1e-6, `${done}`);
    assert.equal(gameShare(done, 0), 1);
  });
});

test('two labelled pictures and many without: the classes are learnt, the same from the same seed', async () => {
  const train = bars(40, 1);
  const held = bars(100, 2);
  const labelled = {parts: train.parts.slice(0, 2), labels: train.labels.slice(0, 2)};
  const run = async (seed: number) => {
    const steps: number[] = [];
    const trained = await trainSemiSupervised(dataOf(labelled, train.parts), {
      ...few,
      seed,
      onReport: ({step, losses, classify}) => {
        steps.push(step);
        assert.deepEqual(Object.keys(losses), ['classifier', 'generator']);
        assert.equal(classify(held.parts).length, 100);
      },
    });
    const classes = Array.from(trained.classify(held.parts));
    tf.tidy(() => {
      const made = trained.generate(3, 1);
      assert.deepEqual(made.shape, [3, 8, 8, 1]);
      assert.ok(made.abs().max().dataSync()[0]! <= 1);
    });
    trained.dispose();
    assert.deepEqual(steps, [20, 40, 60]);
    return classes;
  };
  const classes = await run(1);
  const right = classes.filter((k, i) => k === held.labels[i]).length;
  assert.ok(right >= 95, `${right} of 100`);
  const tensors = tf.memory().numTensors;
  assert.deepEqual(await run(1), classes);
  assert.equal(tf.memory().numTensors, tensors);
});

test('without game and agreement the unlabelled are not looked at, with agreement alone there is no G', async () => {
  const train = bars(40, 1);
  const labelled = {parts: train.parts.slice(0, 4), labels: train.labels.slice(0, 4)};
  const nothing = train.parts.map(part => part.map(() => Number.NaN));
  const played = async (unlabelled: Float32Array[], weights: {game: number; consistency: number}) => {
    const names: string[][] = [];
    const options = {
      ...few,
      ...weights,
      steps: 20,
      onReport: ({losses}: {losses: object}) => names.push(Object.keys(losses)),
    };
    (await trainSemiSupervised(dataOf(labelled, unlabelled), options)).dispose();
    return names;
  };
  assert.deepEqual(await played(nothing, {game: 0, consistency: 0}), [['classifier']]);
  assert.deepEqual(await played(train.parts, {game: 0, consistency: 1}), [['classifier']]);
});

test('labels decide: exchanged, so are the classes', async () => {
  const train = bars(40, 1);
  const labelled = {parts: train.parts.slice(0, 2), labels: [1, 0]};
  const trained = await trainSemiSupervised(dataOf(labelled, train.parts), few);
  const held = bars(100, 2);
  const wrong = Array.from(trained.classify(held.parts)).filter((k, i) => k === held.labels[i]).length;
  assert.ok(wrong <= 5, `${wrong} of 100`);
  trained.dispose();
});

test('what does not fit is refused, and leaves nothing behind', async () => {
  const {parts, labels} = bars(4, 1);
  const tensors = tf.memory().numTensors;
  const refused: [SemiSupervisedData, SemiSupervisedOptions, RegExp][] = [
    [dataOf({parts, labels: [0, 1, 0]}, parts), {}, /labelled parts with one label each, got 4 and 3/],
    [dataOf({parts, labels: [0, 1, 0, 2]}, parts), {}, /Expected every label to be from 0 to 1, got 2/],
    [dataOf({parts, labels}, []), {}, /Expected the number of unlabelled parts to be at least 1, got 0/],
    [dataOf({parts, labels}, parts), {steps: 0}, /Expected steps to be a positive integer, got 0/],
    [dataOf({parts, labels}, parts), {noise: Number.NaN}, /Expected noise to be at least 0, got NaN/],
    [dataOf({parts, labels}, parts), {gameRise: 1.5}, /Expected gameRise to be between 0 and 1, got 1.5/],
    [dataOf({parts, labels}, parts), {game: -1}, /Expected game to be at least 0, got -1/],
    [dataOf({parts, labels}, parts), {classifierRate: 1e30, reportEvery: 1}, /loss became/],
  ];
  for (const [data, options, message] of refused) {
    await assert.rejects(trainSemiSupervised(data, {...few, ...options}), message);
  }
  assert.equal(tf.memory().numTensors, tensors);
});

test('the classifier and the generator keep every rule of a network', () => {
  checkNetwork({
    name: 'classifier',
    inputs: [[8, 8, 1], [classifierFeatures]],
    outputs: {logits: [2], features: [classifierFeatures]},
    build(parameters) {
      const classify = buildClassifier(parameters, spec, 2);
      return ([x, mask]) => ({...classify(x as tf.Tensor4D, mask)});
    },
  });
  checkNetwork({
    name: 'generator',
    inputs: [[3]],
    outputs: [8, 8, 1],
    build(parameters) {
      const generate = buildPlainGenerator(parameters, spec, 3);
      return ([z], {mode}) => generate(z!, mode);
    },
  });
});
