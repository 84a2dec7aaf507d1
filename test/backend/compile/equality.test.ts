/** What a compiled step gives against what the step itself gives, twenty steps long, for every kind of step in use. */
import assert from 'node:assert/strict';
import {before, test} from 'node:test';
import {Program} from '../../../src/backend/compile';
import {nativeBackend} from '../../../src/backend/compile/binding';
import {rearrangesGraphs} from '../../../src/backend/compile/session';
import {nativeAvailability} from '../../../src/backend/native-availability';
import {selectBackend} from '../../../src/backend/select';
import type {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';
import {agreement, FusedAdam, type Subject, weights} from './agreement';

type Net = (x: tf.Tensor) => tf.Tensor;

/** A perceptron GAN on rows of 12. */
function perceptrons(stream: RandomStream) {
  const layer = (from: number, to: number) =>
    [weights(stream, [from, to], from ** -0.5), weights(stream, [to], 0.1)] as const;
  const [g1, g2, d1, d2] = [layer(8, 16), layer(16, 12), layer(12, 16), layer(16, 1)];
  const dense = (x: tf.Tensor, [kernel, bias]: ReturnType<typeof layer>) => x.matMul(kernel).add(bias);
  const G: Net = z => tf.tanh(dense(tf.leakyRelu(dense(z, g1), 0.2), g2));
  const D: Net = x => dense(tf.leakyRelu(dense(x, d1), 0.2), d2);
  return {G, D, generator: [...g1, ...g2], discriminator: [...d1, ...d2]};
}

/** A convolutional GAN on pictures of 8×8. */
function convolutions(stream: RandomStream) {
  const kernel = weights(stream, [8, 4 * 4 * 6], 0.3);
  const up = weights(stream, [4, 4, 1, 6], 0.2) as tf.Variable<tf.Rank.R4>;
  const down = weights(stream, [5, 5, 1, 6], 0.2) as tf.Variable<tf.Rank.R4>;
  const bias = weights(stream, [6], 0.1);
  const last = weights(stream, [4 * 4 * 6, 1], 0.2);
  const G: Net = z => {
    const x = tf.leakyRelu(z.matMul(kernel), 0.2).reshape([z.shape[0]!, 4, 4, 6]) as tf.Tensor4D;
    return tf.tanh(tf.conv2dTranspose(x, up, [z.shape[0]!, 8, 8, 1], 2, 'same'));
  };
  const D: Net = x =>
    tf
      .leakyRelu(tf.conv2d(x as tf.Tensor4D, down, 2, 'same').add(bias), 0.2)
      .reshape([x.shape[0]!, 96])
      .matMul(last);
  return {G, D, generator: [kernel, up], discriminator: [down, bias, last]};
}

interface Players {
  readonly G: Net;
  readonly D: Net;
  readonly generator: readonly tf.Variable[];
  readonly discriminator: readonly tf.Variable[];
}

/** Both players move once; `penalty` is added to D's loss. */
function gan(
  players: Players,
  row: readonly number[],
  penalty?: (x: tf.Tensor, fake: tf.Tensor) => tf.Tensor,
): Subject {
  const {G, D, generator, discriminator} = players;
  const optimizers = [new FusedAdam(discriminator), new FusedAdam(generator)] as const;
  const moved = (loss: () => tf.Tensor, variables: readonly tf.Variable[], optimizer: FusedAdam) => {
    const {value, grads} = tf.variableGrads(() => loss() as tf.Scalar, [...variables]);
    optimizer.apply(grads);
    return value;
  };
  return {
    inputs: [
      [6, ...row],
      [6, 8],
      [6, 8],
    ],
    variables: [...generator, ...discriminator],
    step: (x, z1, z2) => {
      const fake = G(z1!);
      const discriminatorLoss = () => {
        const game = tf
          .softplus(D(x!).neg())
          .mean()
          .add(tf.softplus(D(fake)).mean());
        return penalty ? game.add(penalty(x!, fake)) : game;
      };
      return [
        moved(discriminatorLoss, discriminator, optimizers[0]),
        moved(() => tf.softplus(D(G(z2!)).neg()).mean(), generator, optimizers[1]),
      ];
    },
    dispose: () => {
      for (const optimizer of optimizers) optimizer.dispose();
    },
  };
}

function r1(D: Net): (x: tf.Tensor) => tf.Tensor {
  return x =>
    tf
      .grad(u => D(u).sum())(x)
      .square()
      .sum()
      .mul(0.5);
}

/** One variable is moved down the gradient of a loss, in plain ops. */
function descent(
  stream: RandomStream,
  shape: number[],
  inputs: Subject['inputs'],
  loss: (w: tf.Tensor, ...inputs: tf.Tensor[]) => tf.Tensor,
): Subject {
  const variable = weights(stream, shape, 0.3);
  return {
    inputs,
    variables: [variable],
    step: (...tensors) => {
      const {value, grads} = tf.variableGrads(() => loss(variable, ...tensors) as tf.Scalar, [variable]);
      variable.assign(variable.sub(grads[variable.name]!.mul(0.01)));
      return [value];
    },
  };
}

function stock(stream: RandomStream, optimizer: tf.Optimizer): Subject {
  const variable = weights(stream, [5, 3], 0.3);
  return {
    inputs: [
      [6, 5],
      [6, 3],
    ],
    variables: [variable],
    step: (x, y) => [
      optimizer.minimize(() => x!.matMul(variable).sub(y!).square().mean() as tf.Scalar, true, [variable])!,
    ],
    dispose: () => optimizer.dispose(),
  };
}

function image(x: tf.Tensor): tf.Tensor4D {
  return x as tf.Tensor4D;
}

/** Steps that replay bit for bit. Adding a kind of step is adding a row. */
const steps: Readonly<Record<string, (stream: RandomStream) => Subject>> = {
  'perceptron GAN, fused Adam': stream => gan(perceptrons(stream), [12]),
  'convolutional GAN, fused Adam': stream => gan(convolutions(stream), [8, 8, 1]),
  'R1, perceptron': stream => {
    const players = perceptrons(stream);
    return gan(players, [12], r1(players.D));
  },
  'gradient penalty of WGAN-GP': stream => {
    const players = perceptrons(stream);
    const slope = tf.grad(u => players.D(u).sum());
    return gan(players, [12], (x, fake) => {
      const between = x.mul(0.3).add(fake.mul(0.7));
      return slope(between).square().sum(1).add(1e-12).sqrt().sub(1).square().mean().mul(10);
    });
  },
  'stock Adam': stream => stock(stream, tf.train.adam(0.01)),
  'moving average of weights': stream => {
    const [live, average] = [weights(stream, [4]), weights(stream, [4])];
    return {
      inputs: [[4]],
      variables: [live, average],
      step: x => {
        live.assign(live.add(x!.mul(0.1)));
        average.assign(average.mul(0.9).add(live.mul(0.1)));
        return [average.sum()];
      },
    };
  },
  'two variables that trade values': stream => {
    const [a, b] = [weights(stream, [3]), weights(stream, [3])];
    return {
      inputs: [[3]],
      variables: [a, b],
      step: x => {
        const [oldA, oldB] = [a.mul(1), b.clone()];
        a.assign(oldB);
        b.assign(oldA);
        return [a.sub(x!).sum()];
      },
    };
  },
  'a constant from a closure': stream => {
    const constant = tf.tensor(stream.normals(12)).mul(1);
    const subject = descent(stream, [12], [[6, 12]], (w, x) => x.mul(constant).mul(w).sum());
    return {...subject, dispose: () => constant.dispose()};
  },
  'gather of rows': stream =>
    descent(stream, [9, 4], [{shape: [6], below: 9}], (w, i) =>
      tf
        .gather(w, i as tf.Tensor1D)
        .square()
        .sum(),
    ),
  'one-hot and softmax cross-entropy': stream =>
    descent(stream, [5, 7], [[6, 5], {shape: [6], below: 7}], (w, x, i) =>
      tf
        .oneHot(i as tf.Tensor1D, 7)
        .mul(tf.logSoftmax(x.matMul(w)))
        .sum()
        .neg(),
    ),
  'max and mean pools': stream =>
    descent(stream, [1, 8, 8, 2], [[4, 8, 8, 2]], (w, x) =>
      tf
        .maxPool(image(x.mul(w)), 2, 2, 'same')
        .mean()
        .add(
          tf
            .avgPool(image(x.mul(w)), 3, 1, 'valid')
            .square()
            .mean(),
        ),
    ),
  'resizing, bilinear and nearest': stream =>
    descent(stream, [1, 4, 4, 2], [[3, 4, 4, 2]], (w, x) => {
      const product = image(x.mul(w));
      return tf.image
        .resizeBilinear(product, [8, 8])
        .square()
        .mean()
        .add(tf.image.resizeNearestNeighbor(product, [8, 8]).square().mean());
    }),
  'depthwise convolution': stream =>
    descent(stream, [3, 3, 2, 2], [[4, 8, 8, 2]], (w, x) =>
      tf
        .depthwiseConv2d(image(x), w as tf.Tensor4D, 1, 'same')
        .square()
        .mean(),
    ),
  'convolution in one dimension': stream =>
    descent(stream, [3, 2, 4], [[4, 9, 2]], (w, x) =>
      tf
        .conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same')
        .square()
        .mean(),
    ),
  'slices, concatenation, transposition, tiles, padding': stream =>
    descent(stream, [4, 6], [[4, 6]], (w, x) => {
      const parts = [w.slice([0, 1], [4, 3]), x.slice([0, 2], [4, 3])];
      const joined = tf
        .concat(parts, 1)
        .transpose()
        .tile([1, 2])
        .pad([
          [1, 0],
          [0, 2],
        ]);
      return joined.reverse(0).square().sum();
    }),
  'Fourier transform of the input': stream =>
    descent(stream, [9], [[4, 16]], (w, x) => tf.abs(tf.spectral.rfft(x)).mul(w).square().mean()),
  'R1, convolutions': stream => {
    const players = convolutions(stream);
    return gan(players, [8, 8, 1], r1(players.D));
  },
  'clipping by the global norm': stream =>
    descent(stream, [5, 3], [[6, 5]], (w, x) => {
      const slope = tf.grad(v => x.matMul(v).square().sum())(w);
      return slope.div(tf.maximum(slope.norm(), 1)).mul(w).sum();
    }),
  'recurrent cell over six tokens': stream =>
    descent(stream, [7, 8], [[6, 4]], (w, x) => {
      let state = tf.zeros([6, 4]);
      for (let t = 0; t < 6; t++) {
        const gates = tf
          .concat([x, state, tf.ones([6, 1])], 1)
          .slice([0, 0], [6, 7])
          .matMul(w);
        const [update, candidate] = tf.split(gates, 2, 1);
        const open = tf.sigmoid(update!);
        state = open.mul(state).add(tf.sub(1, open).mul(tf.tanh(candidate!)));
      }
      return state.square().sum();
    }),
  'batch norm': stream =>
    descent(stream, [5, 3], [[8, 5]], (w, x) => {
      const y = x.matMul(w);
      const {mean, variance} = tf.moments(y, 0);
      return y
        .sub(mean)
        .mul(tf.rsqrt(variance.add(1e-3)))
        .pow(3)
        .mean();
    }),
  'stock gradient descent': stream => stock(stream, tf.train.sgd(0.01)),
  'stock momentum': stream => stock(stream, tf.train.momentum(0.01, 0.9)),
  'stock RMSProp': stream => stock(stream, tf.train.rmsprop(0.001)),
  attention: stream =>
    descent(stream, [5, 15], [[4, 6, 5]], (w, x) => {
      const flat = x.reshape([24, 5]).matMul(w).reshape([4, 6, 15]);
      const [q, k, v] = tf.split(flat, 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return tf
        .softmax(q.matMul(k, false, true).mul(5 ** -0.5))
        .matMul(v)
        .square()
        .mean();
    }),
  'sums of many losses': stream =>
    descent(stream, [5, 3], [[6, 5]], (w, x) =>
      tf.addN([x.matMul(w).sum(), x.mean(), w.square().mean(), tf.addN([w.sum(), x.sum(), w.mul(0.3).sum()]).mul(0.7)]),
    ),
};

const skip = nativeAvailability().ready ? false : 'the native engine is not built';

before(async () => {
  if (!skip) await selectBackend({prefer: 'native'});
});

/** The tag of ordinary saved models: TensorFlow optimises their graphs, as it does all through other builds of the binding. */
const optimisedTag = 'serve';

test('the engine that set-up builds runs steps as they are, and other graphs as ever', {skip}, () => {
  const backend = nativeBackend()!;
  assert.equal(rearrangesGraphs(backend), false);
  assert.equal(rearrangesGraphs(backend, optimisedTag), true);
});

for (const [name, build] of Object.entries(steps)) {
  for (const [how, tag] of [
    ['', undefined],
    [', where TensorFlow optimises graphs', optimisedTag],
  ] as const) {
    test(`bit-equal: ${name}${how}`, {skip}, () => {
      const {unequal, compared, compiled} = agreement(build, 20, new Program(undefined, tag));
      assert.equal(compiled.refusal, null);
      assert.match(compiled.explain(), /17 replays/);
      assert.ok(compared >= 20);
      assert.equal(unequal, 0, `${unequal} of ${compared} numbers differ`);
    });
  }
}
