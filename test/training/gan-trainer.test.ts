/** The trainer of ordinary GANs: who moves when and how far, the tricks, bad input, leaks, and compiled runs. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {selectBackend} from '../../src/backend/select';
import {RandomStream} from '../../src/core/random';
import {type NamedVariables, tf} from '../../src/core/tensorflow';
import {
  hingeDiscriminatorLoss,
  minimaxDiscriminatorLoss,
  nonSaturatingGeneratorLoss,
  wassersteinDiscriminatorLoss,
  wassersteinGeneratorLoss,
} from '../../src/losses/adversarial';
import {Parameters} from '../../src/networks/parameters';
import {pointDiscriminator, pointGenerator} from '../../src/networks/point-networks';
import {type Augmentation, diffAugment} from '../../src/training/drawn-augmentation';
import {type GanPlayers, GanSteps} from '../../src/training/gan-steps';
import {type GanTrainingOptions, trainGan} from '../../src/training/gan-trainer';
import {Adam} from '../../src/training/optimizers/adam';
import {valueAndGradients} from '../../src/training/value-and-gradients';

before(async () => {
  await selectBackend();
});

const size = {units: 8, hiddenLayers: 1};

function players(packing = 1, dimensions = 2, spectral = false): GanPlayers & {dispose(): void} {
  const [forG, forD] = ['g', 'd'].map(name => new Parameters(new RandomStream(2, name)));
  return {
    generator: {parameters: forG!, latentDim: 2, generate: pointGenerator(forG!, 'g', 2, dimensions, size)},
    discriminator: {
      parameters: forD!,
      score: pointDiscriminator(forD!, 'd', dimensions * packing, {...size, spectral}),
    },
    dispose: () => {
      forG!.dispose();
      forD!.dispose();
    },
  };
}

const picture = {kind: 'image', height: 6, width: 6, channels: 1} as const;

/** The same perceptrons over pictures. */
function painters(): ReturnType<typeof players> {
  const {generator, discriminator, dispose} = players(1, 36);
  return {
    generator: {...generator, generate: z => tf.tanh(generator.generate(z)).reshape([-1, 6, 6, 1])},
    discriminator: {...discriminator, score: (x, mode) => discriminator.score(x.reshape([-1, 36]), mode)},
    dispose,
  };
}
const pictures = (count: number, stream: RandomStream) => tf.tensor4d(stream.normals(36 * count), [count, 6, 6, 1]);

const usual: GanTrainingOptions = {
  loss: 'nonSaturating',
  rounds: 3,
  batchSize: 4,
  discriminatorRate: 1e-2,
  generatorRate: 1e-2,
  seed: 1,
};
const cloud = (count: number, stream: RandomStream) => tf.tensor2d(stream.normals(2 * count), [count, 2]);
const values = (variables: NamedVariables) => Object.values(variables).flatMap(v => Array.from(v.dataSync()));

/** How far the weights of a player are from where they were. */
async function moved(options: Partial<GanTrainingOptions>): Promise<{generator: number; discriminator: number}> {
  const both = players(options.packing);
  const read = () => [values(both.generator.parameters.trainable), values(both.discriminator.parameters.trainable)];
  const start = read();
  await trainGan(both, cloud, {...usual, ...options});
  const end = read();
  both.dispose();
  const [generator, discriminator] = start.map((weights, i) =>
    weights.reduce((most, w, j) => Math.max(most, Math.abs(w - end[i]![j]!)), 0),
  );
  return {generator: generator!, discriminator: discriminator!};
}

/** A step moves its player's weights and leaves the other's as they were, to the last bit. */
function assertOneMovesAtATime(
  steps: GanSteps,
  {generator, discriminator}: Pick<GanPlayers, 'generator' | 'discriminator'>,
  draw: () => tf.Tensor,
): void {
  const weights = () => ({g: values(generator.parameters.trainable), d: values(discriminator.parameters.trainable)});
  tf.tidy(() => {
    const numbers = {learningRate: tf.scalar(0.01), noise: tf.scalar(0)};
    const real = draw();
    const start = weights();
    steps.discriminatorStep(real, numbers);
    const afterD = weights();
    assert.deepEqual(afterD.g, start.g);
    assert.notDeepEqual(afterD.d, start.d);
    steps.generatorStep(real, numbers);
    const afterG = weights();
    assert.deepEqual(afterG.d, afterD.d);
    assert.notDeepEqual(afterG.g, afterD.g);
  });
}

test('a step moves one player and leaves the other as it was, bit for bit', () => {
  const both = players();
  const optimizers = {
    discriminator: new Adam(both.discriminator.parameters.trainable, {beta1: 0.5, beta2: 0.999}),
    generator: new Adam(both.generator.parameters.trainable, {beta1: 0.5, beta2: 0.999}),
  };
  const steps = new GanSteps(both, usual, optimizers, 1, false);
  assertOneMovesAtATime(steps, both, () => cloud(4, new RandomStream(1, 'real')));
  steps.dispose();
  optimizers.discriminator.dispose();
  optimizers.generator.dispose();
  both.dispose();
});

test('augment changes all that D sees, and only that: two looks in a step of each, at the examples of both', () => {
  const both = painters();
  const optimizers = {
    discriminator: new Adam(both.discriminator.parameters.trainable, {beta1: 0.5, beta2: 0.999}),
    generator: new Adam(both.generator.parameters.trainable, {beta1: 0.5, beta2: 0.999}),
  };
  const [seen, judged]: [tf.Tensor[], tf.Tensor[]] = [[], []];
  const {score} = both.discriminator;
  const watched: GanPlayers = {
    ...both,
    discriminator: {
      ...both.discriminator,
      score: (x, mode) => {
        judged.push(tf.keep(x.clone()));
        return score(x, mode);
      },
    },
  };
  const change = diffAugment(picture);
  const augment: Augmentation = (x, chance) => {
    const changed = change(x, chance);
    seen.push(tf.keep(changed.clone()));
    return changed;
  };
  const steps = new GanSteps(watched, {...usual, loss: 'relativistic', augment}, optimizers, 1, false);
  assertOneMovesAtATime(steps, both, () => pictures(4, new RandomStream(1, 'real')));
  const looks = (all: tf.Tensor[]) => all.map(x => x.dataSync().join()).sort();
  assert.equal(seen.length, 4);
  assert.deepEqual(looks(judged), looks(seen));
  assert.equal(new Set(looks(seen)).size, 4);
  tf.dispose([...seen, ...judged]);
  steps.dispose();
  optimizers.discriminator.dispose();
  optimizers.generator.dispose();
  both.dispose();
});

test('emaDecay: G ends with the average of its weights after each step, D with its own', async () => {
  const after = async (options: Partial<GanTrainingOptions>) => {
    const both = players();
    const start = values(both.generator.parameters.trainable);
    await trainGan(both, cloud, {...usual, rateSchedule: () => 1, ...options});
    const [g, d] = [both.generator, both.discriminator].map(({parameters}) => values(parameters.trainable));
    both.dispose();
    return {start, g: g!, d: d!};
  };
  const [one, two] = [await after({rounds: 1}), await after({rounds: 2})];
  // d = min(decay, (1 + t) / (10 + t)): 2/11 after the first step, after the second 3/12, or .2 if that is the decay.
  const first = one.start.map((w, i) => (2 * w) / 11 + (9 * one.g[i]!) / 11);
  const near = (got: number[], wanted: number[]) =>
    got.forEach((w, i) => void assert.ok(Math.abs(w - wanted[i]!) < 1e-6, `${w} and ${wanted[i]}`));
  near((await after({rounds: 1, emaDecay: 0.99})).g, first);
  for (const [emaDecay, d] of [
    [0.99, 0.25],
    [0.2, 0.2],
  ] as const) {
    const averaged = await after({rounds: 2, emaDecay});
    near(
      averaged.g,
      first.map((w, i) => d * w + (1 - d) * two.g[i]!),
    );
    assert.deepEqual(averaged.d, two.d, 'the game is the same');
  }
  const stopped = await after({emaDecay: 0.9, signal: AbortSignal.abort()});
  assert.deepEqual(stopped.g, stopped.start);
});

test('n_D : n_G and two time scales', async () => {
  const drawn: number[] = [];
  const both = players();
  await trainGan(
    both,
    (count, stream) => {
      drawn.push(count);
      return cloud(count, stream);
    },
    {...usual, rounds: 2, discriminatorSteps: 3, generatorSteps: 2},
  );
  assert.deepEqual(drawn, [4, 4, 4, 4, 4, 4], 'three batches a round');
  both.dispose();
  // Adam's first step moves a weight by its rate, later ones by at most about as much.
  const one = await moved({rounds: 1});
  assert.ok(Math.abs(one.generator - 0.01) < 1e-4 && Math.abs(one.discriminator - 0.01) < 1e-4, JSON.stringify(one));
  const scaled = await moved({rounds: 1, discriminatorRate: 4e-2, generatorRate: 1e-3});
  assert.ok(Math.abs(scaled.generator - 1e-3) < 1e-5 && Math.abs(scaled.discriminator - 4e-2) < 4e-4);
  const three = await moved({rounds: 1, generatorSteps: 3});
  assert.ok(three.generator > 0.015 && three.generator < 0.04, `${three.generator}`);
  assert.ok(Math.abs(three.discriminator - 0.01) < 1e-4);
  const falling = await moved({rounds: 1, rateSchedule: done => (done === 0 ? 0.5 : 1)});
  assert.ok(Math.abs(falling.generator - 0.005) < 1e-4);
});

test('each trick plays, and changes the game', async () => {
  const after = async (options: Partial<GanTrainingOptions>) => {
    const both = players(options.packing);
    await trainGan(both, cloud, {...usual, ...options});
    const weights = values(both.generator.parameters.trainable);
    both.dispose();
    assert.ok(weights.every(Number.isFinite));
    return weights;
  };
  const plain = await after({});
  assert.deepEqual(await after({}), plain, 'the same seed, the same weights');
  const tricks: Partial<GanTrainingOptions>[] = [
    {seed: 2},
    {loss: 'relativistic'},
    {loss: 'wasserstein', bound: {kind: 'wganGp', weight: 10}},
    {loss: 'wasserstein', bound: {kind: 'clipping', limit: 0.01}},
    {bound: {kind: 'r1', gamma: 5}},
    {bound: {kind: 'dragan', weight: 10}},
    {packing: 2},
    {realTarget: 0.7},
    {instanceNoise: done => 1 - done},
    {maxGradientNorm: 1e-8},
  ];
  for (const trick of tricks) assert.notDeepEqual(await after(trick), plain, JSON.stringify(trick));
});

test('weight clipping bounds every weight of D and none of G', async () => {
  const both = players();
  await trainGan(both, cloud, {...usual, loss: 'wasserstein', bound: {kind: 'clipping', limit: 0.02}});
  const most = (variables: NamedVariables) => Math.max(...values(variables).map(Math.abs));
  assert.ok(most(both.discriminator.parameters.trainable) <= Math.fround(0.02));
  assert.ok(most(both.generator.parameters.trainable) > 0.1);
  both.dispose();
});

test('a D that bounds its own slope plays the Wasserstein game alone, and says so', async () => {
  const both = players(1, 2, true);
  await trainGan(both, cloud, {...usual, rounds: 30, loss: 'wasserstein', bound: {kind: 'network'}});
  const slopes = tf.tidy(() => {
    const score = (x: tf.Tensor) => both.discriminator.score(x, 'stored').sum() as tf.Scalar;
    return Array.from(
      tf
        .grad(score)(cloud(50, new RandomStream(3, 'x')))
        .norm('euclidean', 1)
        .dataSync(),
    );
  });
  assert.ok(Math.max(...slopes) < 1.05, `${slopes}`);
  both.dispose();
});

test('two losses chosen as functions play the game that their name plays', async () => {
  const own = {discriminator: minimaxDiscriminatorLoss, generator: nonSaturatingGeneratorLoss};
  assert.deepEqual(await moved({loss: own}), await moved({loss: 'nonSaturating'}));
  assert.notDeepEqual(await moved({loss: own}), await moved({loss: 'hinge'}));
});

test('a compiled run ends with the weights of a plain one', async () => {
  const run = async (compile: boolean) => {
    const both = players(2);
    const options = {...usual, rounds: 12, packing: 2, compile, instanceNoise: (done: number) => 0.3 * (1 - done)};
    await trainGan(both, cloud, {...options, bound: {kind: 'r1', gamma: 1}, rateSchedule: done => 1 - done / 2});
    const weights = values(both.generator.parameters.trainable);
    both.dispose();
    return weights;
  };
  const [compiled, plain] = [await run(true), await run(false)];
  compiled.forEach((w, i) => {
    assert.ok(Math.abs(w - plain[i]!) < 1e-6, `weight ${i}: ${w} and ${plain[i]}`);
  });
});

test('augmentation and average are recorded: compiled as plain, bit for bit, and nothing is left', async t => {
  // What cannot be recorded is said by a warning, and runs op by op.
  const refusals = t.mock.method(console, 'warn', () => undefined).mock;
  const run = async (compile: boolean) => {
    const both = painters();
    await trainGan(both, pictures, {
      ...usual,
      rounds: 12,
      compile,
      augment: diffAugment(picture),
      bound: {kind: 'r1', gamma: 1},
      emaDecay: 0.9,
    });
    const weights = values({...both.generator.parameters.trainable, ...both.discriminator.parameters.trainable});
    both.dispose();
    return weights;
  };
  const compiled = await run(true);
  const alive = tf.memory().numTensors;
  assert.deepEqual(await run(false), compiled);
  assert.equal(refusals.callCount(), 0);
  await run(true);
  assert.equal(tf.memory().numTensors, alive);
});

test('G learns where the data are', async () => {
  const both = players();
  const far = (count: number, stream: RandomStream) => tf.tidy(() => cloud(count, stream).mul(0.1).add([3, -2]));
  const history: number[] = [];
  const {rounds} = await trainGan(both, far, {
    ...usual,
    rounds: 400,
    batchSize: 32,
    bound: {kind: 'r1', gamma: 1},
    reportEvery: 150,
    onReport: ({round}) => history.push(round),
  });
  assert.equal(rounds, 400);
  assert.deepEqual(history, [150, 300, 400]);
  const mean = tf.tidy(() =>
    Array.from(
      both.generator
        .generate(cloud(200, new RandomStream(1, 'z')))
        .mean(0)
        .dataSync(),
    ),
  );
  assert.ok(Math.hypot(mean[0]! - 3, mean[1]! + 2) < 0.7, `${mean}`);
  both.dispose();
});

test('nothing is left behind, an abort ends it, and what cannot be played is refused', async () => {
  const both = players();
  await trainGan(both, cloud, usual);
  const tensors = tf.memory().numTensors;
  await trainGan(both, cloud, usual);
  const {rounds} = await trainGan(both, cloud, {...usual, signal: AbortSignal.abort()});
  assert.equal(rounds, 0);
  const refused: [Partial<GanTrainingOptions>, RegExp][] = [
    [{rounds: 0}, /Expected rounds to be a positive integer, got 0/],
    [{discriminatorSteps: 1.5}, /Expected discriminatorSteps to be a positive integer, got 1.5/],
    [{packing: 0}, /Expected packing to be a positive integer, got 0/],
    [{generatorRate: -1}, /Expected generatorRate to be a number above 0, got -1/],
    [{realTarget: 1.2}, /Expected realTarget to be between/],
    [{realTarget: 0.9, loss: 'hinge'}, /Expected the loss with a realTarget to be one of minimax/],
    [{emaDecay: 1.1}, /Expected emaDecay to be between 0 and 1, got 1.1/],
    [{augment: diffAugment(picture)}, /Expected the examples to augment of shape \[N, 6, 6, 1\], got \[4, 2\]/],
    [{loss: 'wasserstein'}, /Expected the Wasserstein loss with a bound, wganGp.* or network where .*, got none\./],
    [
      {loss: {discriminator: wassersteinDiscriminatorLoss, generator: wassersteinGeneratorLoss}},
      /Expected the Wasserstein loss with a bound/,
    ],
    [{loss: 'sharp' as 'hinge'}, /Unknown adversarial loss "sharp"/],
    [
      {loss: {discriminator: hingeDiscriminatorLoss, generator: nonSaturatingGeneratorLoss}},
      /Expected the generator's loss to be hingeGeneratorLoss, the partner of hingeDiscriminatorLoss, got nonSaturating/,
    ],
    [
      {loss: {discriminator: minimaxDiscriminatorLoss, generator: nonSaturatingGeneratorLoss}, realTarget: 0.9},
      /Expected the loss with a realTarget to be one of minimax.*, got "own"/,
    ],
    [{discriminatorRate: 1e30}, /loss became/],
  ];
  for (const [options, message] of refused) {
    await assert.rejects(trainGan(both, cloud, {...usual, ...options, reportEvery: 1}), message);
  }
  assert.equal(tf.memory().numTensors, tensors);
  both.dispose();
});

test('value and gradients by name, zeros where the loss does not look', () => {
  const variables = {a: tf.variable(tf.scalar(3)), b: tf.variable(tf.tensor1d([1, 2]))};
  tf.tidy(() => {
    const {value, gradients} = valueAndGradients(variables, () => variables.a.square() as tf.Scalar);
    assert.equal(value.dataSync()[0], 9);
    assert.equal(gradients['a']!.dataSync()[0], 6);
    assert.deepEqual(Array.from(gradients['b']!.dataSync()), [0, 0]);
  });
  tf.dispose(variables);
});
