/** Every layer as a network to be checked, with the sizes that a check needs to be quick. */
import {tf} from '../../../src/core/tensorflow';
import type {NetworkDefinition} from '../../../src/networks/check/network-type';
import {buildCrossModalMixer} from '../../../src/networks/cross-modal';
import {batchNorm} from '../../../src/networks/layers/batch-norm';
import {conditionalBatchNorm} from '../../../src/networks/layers/conditional-batch-norm';
import {convolution, transposedConvolution} from '../../../src/networks/layers/convolution';
import {crossModalAttention} from '../../../src/networks/layers/cross-modal-attention';
import {dense} from '../../../src/networks/layers/dense';
import {instanceNorm, layerNorm} from '../../../src/networks/layers/example-norm';
import {gruCell} from '../../../src/networks/layers/gru';
import {gumbelSoftmax} from '../../../src/networks/layers/gumbel-softmax';
import {lstmCell} from '../../../src/networks/layers/lstm';
import {measuredStddev} from '../../../src/networks/layers/minibatch-stddev';
import {projectionHead} from '../../../src/networks/layers/projection-head';
import {averageHalf, depthToSpace, nearestUpsample} from '../../../src/networks/layers/resampling';
import {residualDense, residualDown, residualUp} from '../../../src/networks/layers/residual-block';
import {selfAttention} from '../../../src/networks/layers/self-attention';
import {unitLength} from '../../../src/networks/layers/unit-length';

type T2 = tf.Tensor2D;
type T3 = tf.Tensor3D;
type T4 = tf.Tensor4D;

/** A layer without parameters, which is watched through its input. */
const plain = (name: string, input: number[], output: number[], f: (x: tf.Tensor) => tf.Tensor): NetworkDefinition => ({
  name,
  inputs: [input],
  outputs: output,
  build:
    () =>
    ([x]) =>
      f(x!),
});

export const layerDefinitions: readonly NetworkDefinition[] = [
  plain('nearest upsampling', [2, 3, 2], [4, 6, 2], x => nearestUpsample(tf.tanh(x) as T4)),
  plain('depth to space', [2, 3, 8], [4, 6, 2], x => depthToSpace(tf.tanh(x) as T4)),
  plain('half by averages, odd sides', [3, 5, 2], [2, 3, 2], x => averageHalf(tf.tanh(x) as T4)),
  plain('unit length', [3], [3], x => unitLength(x as T2)),
  {
    name: 'dense with spectral norm',
    inputs: [[3]],
    outputs: [4],
    masked: true,
    build(p) {
      const layer = dense(p, 'l', 3, 4, {spectral: true});
      return ([x], {mode}) => tf.tanh(layer(x!, mode));
    },
  },
  {
    name: 'convolution with spectral norm',
    inputs: [[4, 3, 2]],
    outputs: [2, 2, 3],
    build(p) {
      const layer = convolution(p, 'l', {inputs: 2, outputs: 3, size: 3, stride: 2, spectral: true});
      return ([x], {mode}) => tf.tanh(layer(x!, mode));
    },
  },
  {
    name: 'transposed convolution',
    inputs: [[2, 3, 2]],
    outputs: [4, 6, 3],
    build(p) {
      const layer = transposedConvolution(p, 'l', {inputs: 2, outputs: 3, size: 4, stride: 2});
      return ([x]) => tf.tanh(layer(x!));
    },
  },
  {
    name: 'layer norm',
    inputs: [[2, 2, 3]],
    outputs: [2, 2, 3],
    masked: true,
    build(p) {
      const layer = layerNorm(p, 'l', 3);
      return ([x]) => layer(x!);
    },
  },
  {
    name: 'instance norm',
    inputs: [[2, 3, 2]],
    outputs: [2, 3, 2],
    masked: true,
    build(p) {
      const layer = instanceNorm(p, 'l', 2);
      return ([x]) => layer(x!);
    },
  },
  {
    name: 'batch norm',
    inputs: [[2, 2, 3]],
    outputs: [2, 2, 3],
    masked: true,
    batchSize: 5,
    build(p) {
      const layer = batchNorm(p, 'l', 3);
      return ([x], {mode, present}) => layer(x!, mode, present);
    },
  },
  {
    name: 'batch norm of vectors',
    inputs: [[3]],
    outputs: [3],
    masked: true,
    batchSize: 6,
    build(p) {
      const layer = batchNorm(p, 'l', 3);
      return ([x], {mode, present}) => layer(x!, mode, present);
    },
  },
  {
    name: 'conditional batch norm',
    inputs: [[2, 2, 3], [4]],
    outputs: [2, 2, 3],
    build(p) {
      const layer = conditionalBatchNorm(p, 'l', 3, 4);
      return ([x, u], {mode}) => layer(x as T4, u as T2, mode);
    },
  },
  {
    name: 'minibatch standard deviation',
    inputs: [[2, 2, 2]],
    outputs: [2, 2, 3],
    masked: true,
    build(p) {
      const layer = measuredStddev(p, 'deviation', 4);
      return ([x], {mode, present}) => layer(x as T4, mode, present);
    },
  },
  {
    name: 'self-attention with spectral norm',
    inputs: [[2, 3, 8]],
    outputs: [2, 3, 8],
    masked: true,
    build(p) {
      const layer = selfAttention(p, 'l', 8, {spectral: true});
      return ([x], {mode}) => layer(x as T4, mode);
    },
  },
  {
    name: 'cross-modal attention, two heads',
    inputs: [
      [2, 4],
      [3, 5],
    ],
    outputs: [2, 4],
    masked: true,
    build(p) {
      const layer = crossModalAttention(p, 'l', {dim: 4, contextDim: 5, heads: 2});
      return ([x, context]) => layer(x as T3, context as T3);
    },
  },
  {
    name: 'cross-modal mixer, three modalities, two layers',
    inputs: [[4], [4], [4]],
    outputs: {a: [4], b: [4], c: [4]},
    build(p) {
      const mix = buildCrossModalMixer(p, 'm', {modalities: ['a', 'b', 'c'], dim: 4, layers: 2, heads: 2});
      return ([a, b, c]) => mix({a: a as T2, b: b as T2, c: c as T2});
    },
  },
  {
    name: 'Gumbel softmax, soft',
    inputs: [
      [3, 4],
      [3, 4],
    ],
    outputs: [3, 4],
    build:
      () =>
      ([logits, gumbel]) =>
        gumbelSoftmax(logits!, gumbel!, {temperature: 0.7}),
  },
  {
    name: 'projection head',
    inputs: [[5]],
    outputs: {realism: [], projection: [3]},
    masked: true,
    build(p) {
      const head = projectionHead(p, 'l', 5, 3, {spectral: true});
      return ([h], {mode}) => ({...head(tf.tanh(h!) as T2, mode)});
    },
  },
  {
    name: 'LSTM, two steps',
    inputs: [[3], [3], [4]],
    outputs: [4],
    build(p) {
      const cell = lstmCell(p, 'l', 3, 2);
      return ([x1, x2, memory]) => cell(x2 as T2, cell(x1 as T2, memory as T2));
    },
  },
  {
    name: 'GRU, two steps',
    inputs: [[3], [3], [2]],
    outputs: [2],
    build(p) {
      const cell = gruCell(p, 'l', 3, 2);
      return ([x1, x2, h]) => cell(x2 as T2, cell(x1 as T2, h as T2));
    },
  },
  {
    name: 'residual block, up',
    inputs: [[2, 3, 2], [3]],
    outputs: [4, 6, 2],
    batchSize: 2,
    build(p) {
      const block = residualUp(p, 'l', {inputs: 2, outputs: 2, conditionDim: 3});
      return ([x, u], {mode}) => block(x as T4, u as T2, mode);
    },
  },
  {
    name: 'residual block, down, odd sides',
    inputs: [[3, 5, 2]],
    outputs: [2, 3, 3],
    masked: true,
    batchSize: 2,
    build(p) {
      const block = residualDown(p, 'l', {inputs: 2, outputs: 3, spectral: true});
      return ([x], {mode}) => block(x as T4, mode);
    },
  },
  {
    name: 'residual block of a perceptron',
    inputs: [[5]],
    outputs: [5],
    masked: true,
    build(p) {
      const block = residualDense(p, 'l', 5, {spectral: true});
      return ([h], {mode}) => block(h as T2, mode);
    },
  },
];
