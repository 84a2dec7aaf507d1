/** Ops that make one number of many, or many of many along an axis. */
import fc from 'fast-check';
import {tf} from '../../../../src/core/tensorflow';
import {alongAxis, map, reduce, zip} from '../nd';
import {type Call, constant, type Domain, filledShape, type Row} from '../row';

/** A shape and some of its axes. */
const reduction = filledShape.chain(shape =>
  fc.record({
    shape: fc.constant(shape),
    axes: fc.subarray([...shape.keys()], {minLength: 1}),
    keep: fc.boolean(),
  }),
);
const oneAxis = filledShape.chain(shape =>
  fc.record({shape: fc.constant(shape), axis: fc.nat(shape.length - 1), keep: fc.boolean()}),
);
const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: number[]): number => sum(values) / values.length;
const logSumExp = (values: number[]): number => {
  const most = Math.max(...values);
  return most + Math.log(sum(values.map(v => Math.exp(v - most))));
};

export const reductionRows: readonly Row[] = [
  reducing('sum', 'any', tf.sum, sum),
  reducing('mean', 'any', tf.mean, mean),
  reducing('max', 'distinct', tf.max, values => Math.max(...values)),
  reducing('min', 'distinct', tf.min, values => Math.min(...values)),
  reducing('logSumExp', 'any', tf.logSumExp, logSumExp),
  reducing(
    'variance',
    'any',
    (x, axes, keep) => tf.moments(x, axes, keep).variance,
    values => {
      const middle = mean(values);
      return mean(values.map(v => (v - middle) ** 2));
    },
  ),
  reducing(
    'norm',
    'positive',
    (x, axes, keep) => tf.sqrt(tf.sum(tf.square(x), axes, keep)),
    values => Math.sqrt(sum(values.map(v => v * v))),
  ),
  {
    name: 'sum of many numbers',
    order: 0,
    why: 'its derivatives stand in the row of sum',
    calls: fc.integer({min: 3000, max: 9000}).map(
      (count): Call => ({
        inputs: [{shape: [count, 3], domain: 'positive'}],
        run: ([x]) => tf.sum(x!, 0),
        reference: ([x]) => reduce(x!, [0], false, sum),
      }),
    ),
  },
  {
    name: 'argMax',
    order: 0,
    why: constant,
    calls: oneAxis.map(
      ({shape, axis}): Call => ({
        inputs: [{shape, domain: 'distinct'}],
        run: ([x]) => tf.argMax(x!, axis),
        reference: ([x]) => reduce(x!, [axis], false, values => values.indexOf(Math.max(...values))),
      }),
    ),
  },
  lastAxis(
    'softmax',
    x => tf.softmax(x),
    values => values.map(v => Math.exp(v - logSumExp(values))),
  ),
  lastAxis(
    'logSoftmax',
    x => tf.logSoftmax(x),
    values => values.map(v => v - logSumExp(values)),
  ),
  {
    name: 'cumsum',
    order: 2,
    calls: fc.tuple(oneAxis, fc.boolean(), fc.boolean()).map(
      ([{shape, axis}, exclusive, reverse]): Call => ({
        inputs: [{shape, domain: 'any'}],
        run: ([x]) => tf.cumsum(x!, axis, exclusive, reverse),
        reference: ([x]) =>
          alongAxis(x!, axis, values =>
            values.map((v, i) => {
              const before = reverse ? values.slice(i + 1) : values.slice(0, i);
              return sum(before) + (exclusive ? 0 : v);
            }),
          ),
      }),
    ),
  },
  {
    name: 'softmaxCrossEntropy',
    order: 2,
    calls: fc.tuple(fc.integer({min: 1, max: 4}), fc.integer({min: 2, max: 5})).map(
      ([rows, classes]): Call => ({
        inputs: [
          {shape: [rows, classes], domain: {below: 2}},
          {shape: [rows, classes], domain: 'any'},
        ],
        run: ([labels, logits]) => tf.neg(tf.sum(tf.mul(labels!, tf.logSoftmax(logits!)), 1)),
        reference: ([labels, logits]) => {
          const logs = alongAxis(logits!, 1, values => values.map(v => v - logSumExp(values)));
          return map(
            reduce(
              zip(labels!, logs, (a, b) => a * b),
              [1],
              false,
              sum,
            ),
            v => -v,
          );
        },
      }),
    ),
  },
];

function reducing(
  name: string,
  domain: Domain,
  run: (x: tf.Tensor, axes: number[], keep: boolean) => tf.Tensor,
  f: (values: number[]) => number,
): Row {
  const calls = reduction.map(
    ({shape, axes, keep}): Call => ({
      inputs: [{shape, domain}],
      run: ([x]) => run(x!, axes, keep),
      reference: ([x]) => reduce(x!, axes, keep, f),
    }),
  );
  return {name, order: 2, calls};
}

function lastAxis(name: string, run: (x: tf.Tensor) => tf.Tensor, f: (values: number[]) => number[]): Row {
  const calls = filledShape.map(
    (shape): Call => ({
      inputs: [{shape, domain: 'any'}],
      run: ([x]) => run(x!),
      reference: ([x]) => alongAxis(x!, shape.length - 1, f),
    }),
  );
  return {name, order: 2, calls};
}
