/** What the house's training steps are made of, in compiled steps: bit-equal to plain ones after thirty. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {compileStep} from '../../src/backend/compile';
import {nativeAvailability} from '../../src/backend/native-availability';
import {selectBackend} from '../../src/backend/select';
import {RandomCounter} from '../../src/backend/stateless-random';
import {RandomStream} from '../../src/core/random';
import {tf} from '../../src/core/tensorflow';
import {wganGpPenalty} from '../../src/losses/lipschitz-penalties';
import {r1Penalty} from '../../src/losses/penalties';
import {conditionalBatchNorm} from '../../src/networks/layers/conditional-batch-norm';
import {gumbelSoftmax} from '../../src/networks/layers/gumbel-softmax';
import {Parameters} from '../../src/networks/parameters';
import {augment, drawAugmentation} from '../../src/training/diff-augment';
import {ExponentialMovingAverage} from '../../src/training/ema';
import {clipByGlobalNorm} from '../../src/training/gradient-clipping';
import {Adam} from '../../src/training/optimizers/adam';

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
function train(compiled: boolean, build: Build): number[][] {
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
    {enabled: compiled, strict: true},
  );
  const log: number[][] = [];
  for (let i = 0; i < 30; i++) {
    tf.tidy(() => {
      const {loss, norm} = step(draw());
      log.push([loss.dataSync()[0]!, norm.dataSync()[0]!]);
    });
  }
  for (const variable of [...Object.values(variables), ...Object.values(copies)]) log.push([...variable.dataSync()]);
  if (compiled) assert.match(step.explain(), /27 replays/);
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

for (const [name, build] of Object.entries(steps)) {
  test(`compiled, clipped, averaged, bit-equal: ${name}`, {skip}, () => {
    const alive = tf.memory().numTensors;
    const [compiled, plain] = [train(true, build), train(false, build)];
    assert.deepEqual(compiled, plain);
    assert.equal(tf.memory().numTensors, alive);
  });
}
