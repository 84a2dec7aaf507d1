/** Products of matrices. */
import fc from 'fast-check';
import {tf} from '../../../../src/core/tensorflow';
import {map, matMul, type Nd, zip} from '../nd';
import type {Call, Row} from '../row';

const size = fc.oneof(
  {weight: 4, arbitrary: fc.integer({min: 1, max: 9})},
  {weight: 1, arbitrary: fc.integer({min: 10, max: 60})},
);
const product = fc.record({
  m: size,
  k: size,
  n: size,
  outer: fc.constantFrom<[number[], number[]]>([[], []], [[3], [3]], [[3], []], [[1], [2]], [[2, 1], [3]], [[2], [2]]),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});

const activations: Readonly<Record<string, (v: number) => number>> = {
  linear: v => v,
  relu: v => Math.max(0, v),
  sigmoid: v => 1 / (1 + Math.exp(-v)),
  elu: v => (v > 0 ? v : Math.expm1(v)),
};
const smooth = ['linear', 'sigmoid'] as const;

export const productRows: readonly Row[] = [
  {
    name: 'matMul: transposes, batches, broadcasting',
    order: 2,
    calls: product.map(
      ({m, k, n, outer: [outerA, outerB], transposeA, transposeB}): Call => ({
        inputs: [
          {shape: [...outerA, ...(transposeA ? [k, m] : [m, k])], domain: 'any'},
          {shape: [...outerB, ...(transposeB ? [n, k] : [k, n])], domain: 'any'},
        ],
        run: ([a, b]) => tf.matMul(a!, b!, transposeA, transposeB),
        reference: ([a, b]) => matMul(a!, b!, transposeA, transposeB),
      }),
    ),
  },
  {
    name: 'fused matMul: bias and activation, K > 48',
    order: 0,
    why: 'its derivatives stand in the next row',
    calls: fc
      .tuple(product, fc.constantFrom(...Object.keys(activations)))
      .map(([p, activation]) => fusedCall({...p, k: p.k + 48}, activation)),
  },
  {
    name: 'fused matMul: bias and smooth activation',
    order: 2,
    calls: fc.tuple(product, fc.constantFrom(...smooth)).map(([p, activation]) => fusedCall(p, activation)),
  },
  {
    name: 'attention softmax(q kᵀ) v',
    order: 2,
    calls: fc.tuple(fc.integer({min: 1, max: 3}), fc.integer({min: 1, max: 5}), fc.integer({min: 1, max: 5})).map(
      ([count, tokens, width]): Call => ({
        inputs: ['q', 'k', 'v'].map(() => ({shape: [count, tokens, width], domain: 'any' as const})),
        run: ([q, k, v]) => tf.matMul(tf.softmax(tf.matMul(q!, k!, false, true)), v!),
        reference: ([q, k, v]) => matMul(softmax(matMul(q!, k!, false, true)), v!),
      }),
    ),
  },
  {
    name: 'dot',
    order: 2,
    calls: size.map(
      (count): Call => ({
        inputs: [
          {shape: [count], domain: 'any'},
          {shape: [count], domain: 'any'},
        ],
        run: ([a, b]) => tf.dot(a!, b!),
        reference: ([a, b]) => ({
          shape: [],
          data: Float64Array.of(a!.data.reduce((sum, v, i) => sum + v * b!.data[i]!, 0)),
        }),
      }),
    ),
  },
];

function fusedCall(
  {m, k, n, transposeA, transposeB}: {m: number; k: number; n: number; transposeA: boolean; transposeB: boolean},
  activation: string,
): Call {
  return {
    inputs: [
      {shape: transposeA ? [k, m] : [m, k], domain: 'any'},
      {shape: transposeB ? [n, k] : [k, n], domain: 'any'},
      {shape: [n], domain: 'any'},
    ],
    run: ([a, b, bias]) =>
      tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        bias: bias!,
        transposeA,
        transposeB,
        activation: activation as 'linear',
      }),
    reference: ([a, b, bias]) =>
      map(
        zip(matMul(a!, b!, transposeA, transposeB), bias!, (x, y) => x + y),
        activations[activation]!,
      ),
  };
}

function softmax(x: Nd): Nd {
  const width = x.shape.at(-1)!;
  const powers = map(x, Math.exp);
  return {
    shape: x.shape,
    data: powers.data.map((v, i) => {
      const row = Math.floor(i / width) * width;
      return v / powers.data.subarray(row, row + width).reduce((a, b) => a + b, 0);
    }),
  };
}
