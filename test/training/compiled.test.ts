/** What the house's training steps are made of, in compiled steps: bit-equal to plain ones after thirty. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {compileStep, Program} from '../../src/backend/compile';
import {nativeAvailability} from '../../src/backend/native-availability';
import {selectBackend} from '../../src/backend/select';
import {RandomCounter} from '../../src/backend/stateless-random';
import {modelConfig} from '../../src/core/config';
import {RandomStream} from '../../src/core/random';
import {mapRecord} from '../../src/core/records';
import {tf} from '../../src/core/tensorflow';
import {partShape} from '../../src/core/types';
import {wganGpPenalty} from '../../src/losses/lipschitz-penalties';
import {r1Penalty} from '../../src/losses/penalties';
import {CrossModalEncoder, Discriminator, Generator} from '../../src/model/players';
import {conditionalBatchNorm} from '../../src/networks/layers/conditional-batch-norm';
import {gumbelSoftmax} from '../../src/networks/layers/gumbel-softmax';
import {Parameters} from '../../src/networks/parameters';
import {augment, drawAugmentation} from '../../src/training/diff-augment';
import {ExponentialMovingAverage} from '../../src/training/ema';
import {clipByGlobalNorm} from '../../src/training/gradient-clipping';
import {Adam} from '../../src/training/optimizers/adam';
import {type AdversarialBatch, discriminatorStep, generatorStep} from '../../src/training/steps';
import {tinyModalities, tinyModel} from '../support/tiny-data';

const skip = nativeAvailability().ready ? false : 'the native engine is not built';

before(async () => {
  if (!skip) await selectBackend({prefer: 'native'});
});

const picture = {kind: 'image', height: 8, width: 8, channels: 1} as const;
const count = 6;

type Loss = (x: tf.Tensor4D, z: tf.Tensor2D) => tf.Tensor;
/** Makes the weights, and a loss that uses them. */
type Build = (parameters: Parameters, chance: RandomCounter) => Loss;

/** Thirty steps; every loss, and the weights at the end. */
function train(program: Program | null, build: Build): number[][] {
  const parameters = new Parameters(new RandomStream(3, 'weights'));
  const chance = new RandomCounter(4, 'inside');
  const stream = new RandomStream(5, 'batches');
  const draw = () => ({
    x: tf.tensor4d(stream.normals(count * 64), [count, 8, 8, 1]),
    z: tf.tensor2d(stream.normals(count * 5), [count, 5]),
    amounts: drawAugmentation(stream, picture, count),
    rate: tf.scalar(0.01 * stream.uniform()),
  });
  const lossOf = build(parameters, chance);
  const variables = parameters.trainable;
  const copies = Object.fromEntries(
    Object.entries(variables).map(([name, v]) => [name, tf.tidy(() => tf.variable(v.clone(), false))]),
  );
  const optimizer = new Adam(variables, {beta1: 0.5, beta2: 0.99});
  const average = new ExponentialMovingAverage(variables, copies, 0.9);
  const step = compileStep(
    ({x, z, amounts, rate}: ReturnType<typeof draw>) => {
      const moved = augment(x, amounts) as tf.Tensor4D;
      const {value, grads} = tf.variableGrads(() => lossOf(moved, z) as tf.Scalar, Object.values(variables));
      const gradients = Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, grads[v.name]!]));
      const clipped = clipByGlobalNorm(gradients, 1);
      optimizer.apply(clipped.gradients, rate);
      average.update();
      return {loss: value, norm: clipped.norm};
    },
    {enabled: program !== null, program: program ?? undefined, strict: true},
  );
  const log: number[][] = [];
  for (let i = 0; i < 30; i++) {
    tf.tidy(() => {
      const {loss, norm} = step(draw());
      log.push([loss.dataSync()[0]!, norm.dataSync()[0]!]);
    });
  }
  for (const variable of [...Object.values(variables), ...Object.values(copies)]) log.push([...variable.dataSync()]);
  if (program) assert.match(step.explain(), /27 replays/);
  step.dispose();
  optimizer.dispose();
  average.dispose();
  chance.dispose();
  parameters.dispose();
  tf.dispose(Object.values(copies) as tf.Tensor[]);
  return log;
}

function critic(parameters: Parameters): (x: tf.Tensor) => tf.Tensor1D {
  const kernel = parameters.normal('kernel', [3, 3, 1, 4], 0.3) as tf.Variable<tf.Rank.R4>;
  const last = parameters.normal('last', [64, 1], 0.2) as tf.Variable<tf.Rank.R2>;
  return x => {
    const hidden = tf.leakyRelu(tf.conv2d(x as tf.Tensor4D, kernel, 2, 'same'), 0.2);
    return hidden.reshape([x.shape[0]!, 64]).matMul(last).reshape([x.shape[0]!]) as tf.Tensor1D;
  };
}

const steps: Readonly<Record<string, Build>> = {
  'R1 and DiffAugment': parameters => {
    const score = critic(parameters);
    return x =>
      tf
        .softplus(score(x).neg())
        .mean()
        .add(r1Penalty(score, [x], 2));
  },
  'WGAN-GP with amounts drawn inside': (parameters, chance) => {
    const score = critic(parameters);
    return x => {
      const fake = x.mul(0.5).add(chance.normal(x.shape).mul(0.3));
      const amounts = chance.uniform([count]) as tf.Tensor1D;
      return score(fake)
        .mean()
        .sub(score(x).mean())
        .add(wganGpPenalty(score, [x], [fake], amounts));
    };
  },
  'dropout drawn inside': (parameters, chance) => {
    const score = critic(parameters);
    return x =>
      score(x.mul(chance.bernoulli(x.shape, 0.7)))
        .square()
        .mean();
  },
  'Gumbel softmax, straight-through': (parameters, chance) => {
    const words = parameters.normal('words', [5, 7], 0.5) as tf.Variable<tf.Rank.R2>;
    return (_x, z) => {
      const drawn = gumbelSoftmax(z.matMul(words), chance.gumbel([count, 7]), {temperature: 0.7, hard: true});
      return drawn.mul(tf.range(0, 7)).sum(1).square().mean();
    };
  },
  'conditional batch norm': parameters => {
    const norm = conditionalBatchNorm(parameters, 'norm', 1, 5);
    const score = critic(parameters);
    return (x, z) =>
      score(norm(x, z, 'batch'))
        .square()
        .mean();
  },
};

/** Of ordinary saved models: TensorFlow's optimizer runs over their graphs, as it does over all in other builds of the binding. */
const optimisedTag = 'serve';

for (const [name, build] of Object.entries(steps)) {
  test(`compiled, clipped, averaged, bit-equal: ${name}`, {skip}, () => {
    const alive = tf.memory().numTensors;
    const plain = train(null, build);
    assert.deepEqual(train(new Program(), build), plain);
    assert.deepEqual(train(new Program(undefined, optimisedTag), build), plain, 'where TensorFlow optimises graphs');
    assert.equal(tf.memory().numTensors, alive);
  });
}

// A picture and a text: the optimizer takes twice as long with one picture more.
const modalities = {front: tinyModalities['front']!, name: tinyModalities['name']!};
const model = modelConfig(modalities, tinyModel);
const rows = 8;

/** A batch with a part missing here and there. */
function flagshipBatch(stream: RandomStream): AdversarialBatch {
  const normals = (...shape: number[]) =>
    tf.tensor(stream.normals(shape.reduce((product, n) => product * n, 1)), shape);
  const shares = (share: number) =>
    mapRecord(modalities, () =>
      tf.tensor1d(Float32Array.from({length: rows}, (_, i) => (i === 0 || stream.uniform() < share ? 1 : 0))),
    );
  return {
    parts: mapRecord(modalities, spec => normals(rows, ...partShape(spec))),
    present: shares(0.7),
    seen: {
      codes: mapRecord(modalities, () => normals(rows, model.contentDim) as tf.Tensor2D),
      subset: shares(0.5),
    },
    styles: mapRecord(modalities, () => normals(rows, model.styleDim) as tf.Tensor2D),
    realShifts: {},
    fakeShifts: {},
  };
}

/** Seven of the flagship's steps, each with R1: all losses, and all weights, moments and averages at the end. */
function trainFlagshipStep(program: Program | null): number[][] {
  const players = {
    encoder: new CrossModalEncoder(model, 1),
    generator: new Generator(model, 1),
    discriminator: new Discriminator(model, 1),
  };
  const {encoder, generator, discriminator} = players;
  const averaged = new Generator(model, 1);
  const average = new ExponentialMovingAverage(generator.parameters.trainable, averaged.parameters.trainable, 0.9);
  const optimizers = [discriminator, generator].map(
    ({parameters}) => new Adam(parameters.trainable, {beta1: 0.5, beta2: 0.99}),
  ) as [Adam, Adam];
  const step = compileStep(
    (batch: AdversarialBatch, learningRate: tf.Scalar, r1Gamma: number) => {
      const settings = {learningRate, mismatchWeight: 0.5, informationWeight: 0.5, r1Gamma};
      const losses = [
        discriminatorStep(players, optimizers[0], batch, settings),
        generatorStep(players, optimizers[1], batch, settings),
      ];
      average.update();
      return losses;
    },
    {enabled: program !== null, program: program ?? undefined, strict: true},
  );
  const stream = new RandomStream(5, 'batches');
  const log = Array.from({length: 7}, () =>
    tf.tidy(() =>
      step(flagshipBatch(stream), tf.scalar(0.01 * stream.uniform()), 0.3).map(loss => loss.dataSync()[0]!),
    ),
  );
  if (program) assert.match(step.explain(), /4 replays/);
  const networks = [encoder, generator, discriminator, averaged];
  for (const {parameters} of networks)
    for (const variable of Object.values(parameters.all())) log.push([...variable.dataSync()]);
  for (const optimizer of optimizers)
    log.push(
      ...Object.values(optimizer.state().slots).flatMap(slots => Object.values(slots).map(values => [...values])),
    );
  for (const each of [step, average, ...optimizers, ...networks.map(({parameters}) => parameters)]) each.dispose();
  return log;
}

// As they are they run in flagship.test.ts, in whole trainings.
test("compiled where TensorFlow optimises graphs, bit-equal: the flagship's step of G and D", {skip}, () => {
  const alive = tf.memory().numTensors;
  assert.deepEqual(trainFlagshipStep(new Program(undefined, optimisedTag)), trainFlagshipStep(null));
  assert.equal(tf.memory().numTensors, alive);
});
