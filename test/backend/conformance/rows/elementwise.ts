/** Functions of single numbers and of pairs. */
import fc from 'fast-check';
import {tf} from '../../../../src/core/tensorflow';
import {build, map, zip} from '../nd';
import {anyShape, binary, type Call, constant, type Row, unary} from '../row';

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const softplus = (v: number): number => Math.log1p(Math.exp(-Math.abs(v))) + Math.max(v, 0);
const [seluAlpha, seluScale] = [1.6732632423543772, 1.0507009873554805];

export const elementwiseRows: readonly Row[] = [
  unary('abs', 'away from 0', tf.abs, Math.abs),
  unary('neg', 'any', tf.neg, v => -v),
  unary('square', 'any', tf.square, v => v * v),
  unary('sqrt', 'positive', tf.sqrt, Math.sqrt),
  unary('rsqrt', 'positive', tf.rsqrt, v => v ** -0.5),
  unary('reciprocal', 'positive', tf.reciprocal, v => 1 / v),
  unary('exp', 'any', tf.exp, Math.exp),
  unary('expm1', 'any', tf.expm1, Math.expm1),
  unary('log', 'positive', tf.log, Math.log),
  unary('log1p', 'positive', tf.log1p, Math.log1p),
  unary('sigmoid', 'any', tf.sigmoid, sigmoid),
  unary('tanh', 'any', tf.tanh, Math.tanh),
  unary('softplus', 'any', tf.softplus, softplus),
  unary('logSigmoid', 'any', tf.logSigmoid, v => -softplus(-v)),
  unary('sin', 'any', tf.sin, Math.sin),
  unary('cos', 'any', tf.cos, Math.cos),
  unary('asin', 'unit', tf.asin, Math.asin),
  unary(
    'pow, whole exponent',
    'away from 0',
    x => tf.pow(x, 3),
    v => v ** 3,
  ),
  unary('relu', 'away from 0', tf.relu, v => Math.max(0, v)),
  unary(
    'relu6',
    'away from 0',
    x => tf.relu6(tf.mul(x, 5)),
    v => Math.min(6, Math.max(0, 5 * v)),
    {
      // 6 = 5 · 1.2 is a kink too, and too near for a few draws.
      order: 0,
      why: 'its derivatives stand in the row of clipByValue',
    },
  ),
  unary(
    'leakyRelu',
    'away from 0',
    x => tf.leakyRelu(x, 0.2),
    v => (v > 0 ? v : 0.2 * v),
  ),
  unary('elu', 'away from 0', tf.elu, v => (v > 0 ? v : Math.expm1(v))),
  unary('selu', 'away from 0', tf.selu, v => seluScale * (v > 0 ? v : seluAlpha * Math.expm1(v))),
  unary(
    'x · sigmoid(x)',
    'any',
    x => tf.mul(x, tf.sigmoid(x)),
    v => v * sigmoid(v),
  ),
  unary(
    'step',
    'away from 0',
    x => tf.step(x, 0.3),
    v => (v > 0 ? 1 : 0.3),
    {order: 0, why: constant},
  ),
  unary('sign', 'away from 0', tf.sign, Math.sign, {order: 0, why: constant}),
  // Multiples of 0.1 never lie on the ends.
  unary(
    'clipByValue',
    'distinct',
    x => tf.clipByValue(x, -0.33, 0.48),
    v => Math.min(0.48, Math.max(-0.33, v)),
  ),
  unary('cast to int32', 'any', x => tf.cast(x, 'int32'), Math.trunc, {order: 0, why: constant}),
  unary('clone', 'any', tf.clone, v => v),
  unary(
    'zerosLike and onesLike',
    'any',
    x => tf.sub(tf.zerosLike(x), tf.onesLike(x)),
    () => -1,
    {
      order: 0,
      why: constant,
    },
  ),

  {name: 'prelu', order: 2, calls: fc.tuple(anyShape, fc.nat(15), fc.nat(4)).map(preluOf)},

  binary('add', ['any', 'any'], tf.add, (a, b) => a + b),
  binary('sub', ['any', 'any'], tf.sub, (a, b) => a - b),
  binary('mul', ['any', 'any'], tf.mul, (a, b) => a * b),
  binary('div', ['any', 'positive'], tf.div, (a, b) => a / b),
  binary('pow', ['positive', 'any'], tf.pow, (a, b) => a ** b),
  binary('squaredDifference', ['any', 'any'], tf.squaredDifference, (a, b) => (a - b) ** 2),
  binary('maximum', ['distinct', 'between'], tf.maximum, Math.max),
  binary('minimum', ['distinct', 'between'], tf.minimum, Math.min),
  ...comparisons(),
  binary('logicalAnd', ['truth', 'truth'], tf.logicalAnd, (a, b) => a * b, {order: 0, why: constant}),
  binary('logicalOr', ['truth', 'truth'], tf.logicalOr, (a, b) => Math.max(a, b), {order: 0, why: constant}),
  {name: 'logicalNot', order: 0, why: constant, calls: anyShape.map(notOf)},
  {name: 'where', order: 2, calls: anyShape.map(whereOf)},
  {name: 'where by a comparison', order: 2, calls: anyShape.map(whereCompared)},
  {
    name: 'addN',
    order: 2,
    calls: fc.tuple(anyShape, fc.integer({min: 1, max: 4})).map(([shape, n]) => addNOf(shape, n)),
  },
];

/** Both operands from few numbers, so that they are often equal. A comparison's derivative is zero, not an error: x · (x > y). */
function comparisons(): Row[] {
  const all: [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, (a: number, b: number) => boolean][] = [
    ['greater', tf.greater, (a, b) => a > b],
    ['greaterEqual', tf.greaterEqual, (a, b) => a >= b],
    ['less', tf.less, (a, b) => a < b],
    ['lessEqual', tf.lessEqual, (a, b) => a <= b],
    ['equal', tf.equal, (a, b) => a === b],
    ['notEqual', tf.notEqual, (a, b) => a !== b],
  ];
  return all.flatMap(([name, run, compare]) => [
    binary(name, [{below: 3}, {below: 3}], run, (a, b) => (compare(a, b) ? 1 : 0), {order: 0, why: constant}),
    unary(
      `x · ${name}(x, 0)`,
      'away from 0',
      x => tf.mul(x, tf.cast(run(x, tf.scalar(0)), 'float32')),
      v => (compare(v, 0) ? v : 0),
    ),
  ]);
}

/** A slope of their own for the places along some axes; outer ones may be left out. */
function preluOf([shape, axes, from]: [number[], number, number]): Call {
  const slopes = shape.map((size, axis) => ((axes >> axis) & 1 ? size : 1)).slice(from);
  return {
    inputs: [
      {shape, domain: 'away from 0'},
      {shape: slopes, domain: 'any'},
    ],
    run: ([x, alpha]) => tf.prelu(x!, alpha!),
    reference: ([x, alpha]) => zip(x!, alpha!, (v, a) => (v > 0 ? v : a * v)),
  };
}

function notOf(shape: number[]): Call {
  return {
    inputs: [{shape, domain: 'truth'}],
    run: ([x]) => tf.logicalNot(x as tf.Tensor),
    reference: ([x]) => map(x!, v => 1 - v),
  };
}

function whereOf(shape: number[]): Call {
  return {
    inputs: [
      {shape, domain: 'truth'},
      {shape, domain: 'any'},
      {shape, domain: 'any'},
    ],
    run: ([condition, a, b]) => tf.where(condition as tf.Tensor, a!, b!),
    reference: ([condition, a, b]) => build2(condition!.data, a!, b!),
  };
}

function build2(condition: Float64Array, a: {shape: readonly number[]; data: Float64Array}, b: {data: Float64Array}) {
  return {shape: a.shape, data: a.data.map((v, i) => (condition[i] ? v : b.data[i]!))};
}

function whereCompared(shape: number[]): Call {
  return {
    inputs: [{shape, domain: 'away from 0'}],
    run: ([x]) => tf.where(tf.greater(x!, 0), tf.exp(x!), tf.square(x!)),
    reference: ([x]) => map(x!, v => (v > 0 ? Math.exp(v) : v * v)),
  };
}

function addNOf(shape: number[], count: number): Call {
  return {
    inputs: Array.from({length: count}, () => ({shape, domain: 'any' as const})),
    run: tensors => tf.addN([...tensors]),
    reference: arrays => (build(shape, () => 0).data.length === 0 ? arrays[0]! : sumOf(arrays)),
  };
}

function sumOf(arrays: readonly {shape: readonly number[]; data: Float64Array}[]) {
  const {shape, data} = arrays[0]!;
  return {shape, data: data.map((_, i) => arrays.reduce((sum, array) => sum + array.data[i]!, 0))};
}
