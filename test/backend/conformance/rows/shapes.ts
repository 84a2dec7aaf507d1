/** Ops that move numbers and compute nothing. */
import fc from 'fast-check';
import {tf} from '../../../../src/core/tensorflow';
import {at, build, concat, type Nd, pad, slice, transpose} from '../nd';
import {anyShape, type Call, constant, filledShape, type Row} from '../row';

const withAxis = filledShape.chain(shape =>
  fc.record({shape: fc.constant(shape), axis: fc.nat(shape.length - 1), seed: fc.nat(1000)}),
);

export const shapeRows: readonly Row[] = [
  one('reshape', anyShape, shape => ({
    run: x => tf.reshape(x, [-1, 1]),
    reference: x => ({shape: [x.data.length, 1], data: x.data}),
    shape,
  })),
  one('expandDims and squeeze', filledShape, shape => ({
    run: x => tf.squeeze(tf.expandDims(tf.expandDims(x, 0), -1), [0]),
    reference: x => ({shape: [...shape, 1], data: x.data}),
    shape,
  })),
  one(
    'transpose',
    filledShape.chain(shape => fc.tuple(fc.constant(shape), orderOf(shape.length))),
    ([shape, order]) => ({
      run: x => tf.transpose(x, order),
      reference: x => transpose(x, order),
      shape,
    }),
  ),
  one(
    'tile',
    filledShape.chain(shape => fc.tuple(fc.constant(shape), repeats(shape.length))),
    ([shape, reps]) => ({
      run: x => tf.tile(x, reps),
      reference: x =>
        build(
          shape.map((size, i) => size * reps[i]!),
          place =>
            at(
              x,
              place.map((p, i) => p % shape[i]!),
            ),
        ),
      shape,
    }),
  ),
  one(
    'pad',
    filledShape.chain(shape => fc.tuple(fc.constant(shape), paddings(shape.length))),
    ([shape, around]) => ({
      run: x => tf.pad(x, around),
      reference: x => pad(x, around),
      shape,
    }),
  ),
  one(
    'slice',
    filledShape.chain(shape => fc.tuple(fc.constant(shape), parts(shape))),
    ([shape, {begin, size}]) => ({
      run: x => tf.slice(x, begin, size),
      reference: x => slice(x, begin, size),
      shape,
    }),
  ),
  one('reverse', withAxis, ({shape, axis}) => ({
    run: x => tf.reverse(x, axis),
    reference: x =>
      build(shape, place =>
        at(
          x,
          place.map((p, i) => (i === axis ? shape[i]! - 1 - p : p)),
        ),
      ),
    shape,
  })),
  {
    name: 'concat',
    order: 2,
    calls: fc.tuple(withAxis, fc.array(fc.integer({min: 1, max: 4}), {minLength: 1, maxLength: 3})).map(
      ([{shape, axis}, sizes]): Call => ({
        inputs: sizes.map(size => ({shape: shape.map((old, i) => (i === axis ? size : old)), domain: 'any' as const})),
        run: tensors => tf.concat([...tensors], axis),
        reference: arrays => concat(arrays, axis),
      }),
    ),
  },
  {
    name: 'split',
    order: 2,
    calls: fc
      .tuple(withAxis, fc.array(fc.integer({min: 1, max: 3}), {minLength: 1, maxLength: 3}))
      .map(([{shape, axis}, sizes]): Call => {
        const whole = shape.map((old, i) => (i === axis ? sizes.reduce((a, b) => a + b, 0) : old));
        return {
          inputs: [{shape: whole, domain: 'any'}],
          // The parts in the other order, so that each of them counts; in a new array, because TensorFlow.js keeps the one it gives.
          run: ([x]) => tf.concat([...tf.split(x!, sizes, axis)].reverse(), axis),
          reference: ([x]) => {
            let start = 0;
            const found = sizes.map(size => {
              const begin = whole.map((_, i) => (i === axis ? start : 0));
              start += size;
              return slice(
                x!,
                begin,
                whole.map((old, i) => (i === axis ? size : old)),
              );
            });
            return concat(found.reverse(), axis);
          },
        };
      }),
  },
  {
    name: 'stack and unstack',
    order: 2,
    calls: withAxis.map(
      ({shape, axis}): Call => ({
        inputs: [
          {shape, domain: 'any'},
          {shape, domain: 'any'},
        ],
        run: ([a, b]) => tf.stack([...tf.unstack(tf.stack([a!, b!], axis), axis)].reverse(), 0),
        reference: ([a, b]) => build([2, ...shape], place => at(place[0] === 0 ? b! : a!, place.slice(1))),
      }),
    ),
  },
  {
    name: 'gather (rows of an embedding)',
    order: 2,
    calls: fc.tuple(fc.integer({min: 1, max: 6}), fc.integer({min: 1, max: 5}), filledShape).map(
      ([rows, width, shape]): Call => ({
        inputs: [
          {shape: [rows, width], domain: 'any'},
          {shape, domain: {below: rows}},
        ],
        run: ([x, ids]) => tf.gather(x!, ids as tf.Tensor1D),
        reference: ([x, ids]) =>
          build([...shape, width], place => at(x!, [at(ids!, place.slice(0, -1)), place.at(-1)!])),
      }),
    ),
  },
  {
    name: 'unsortedSegmentSum',
    order: 2,
    calls: fc.tuple(fc.integer({min: 1, max: 9}), fc.integer({min: 1, max: 6}), fc.integer({min: 1, max: 5})).map(
      ([rows, width, segments]): Call => ({
        inputs: [
          {shape: [rows, width], domain: 'any'},
          {shape: [rows], domain: {below: segments}},
        ],
        run: ([x, ids]) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, segments),
        reference: ([x, ids]) =>
          build([segments, width], ([s, j]) =>
            Array.from(ids!.data).reduce((sum, id, i) => (id === s ? sum + at(x!, [i, j!]) : sum), 0),
          ),
      }),
    ),
  },
  {
    name: 'oneHot, zeros for an index out of range',
    order: 0,
    why: constant,
    calls: fc.tuple(filledShape, fc.integer({min: 2, max: 6})).map(
      ([shape, depth]): Call => ({
        // From -1 to depth.
        inputs: [{shape, domain: {below: depth + 2}}],
        run: ([ids]) => tf.oneHot(tf.sub(ids as tf.Tensor1D, tf.scalar(1, 'int32')), depth),
        reference: ([ids]) =>
          build([...shape, depth], place => (at(ids!, place.slice(0, -1)) - 1 === place.at(-1) ? 1 : 0)),
      }),
    ),
  },
  {
    name: 'fill, linspace',
    order: 0,
    why: constant,
    calls: fc.integer({min: 2, max: 9}).map(
      (count): Call => ({
        inputs: [],
        run: () => tf.add(tf.fill([2, count], 0.5), tf.linspace(-1, 2, count)),
        reference: () => build([2, count], ([, i]) => 0.5 - 1 + (3 * i!) / (count - 1)),
      }),
    ),
  },
];

/** A row with one input, of any numbers. */
function one<A>(
  name: string,
  cases: fc.Arbitrary<A>,
  of: (one: A) => {
    shape: readonly number[];
    run: (x: tf.Tensor) => tf.Tensor;
    reference: (x: Nd) => Nd;
  },
): Row {
  const calls = cases.map((each): Call => {
    const {shape, run, reference} = of(each);
    return {inputs: [{shape, domain: 'any'}], run: ([x]) => run(x!), reference: ([x]) => reference(x!)};
  });
  return {name, order: 2, calls};
}

function orderOf(rank: number): fc.Arbitrary<number[]> {
  const axes = Array.from({length: rank}, (_, i) => i);
  return fc.shuffledSubarray(axes, {minLength: rank, maxLength: rank});
}

function repeats(rank: number): fc.Arbitrary<number[]> {
  return fc.array(fc.integer({min: 1, max: 3}), {minLength: rank, maxLength: rank});
}

function paddings(rank: number): fc.Arbitrary<[number, number][]> {
  return fc.array(fc.tuple(fc.integer({min: 0, max: 2}), fc.integer({min: 0, max: 2})), {
    minLength: rank,
    maxLength: rank,
  });
}

function parts(shape: readonly number[]): fc.Arbitrary<{begin: number[]; size: number[]}> {
  const each = shape.map(size =>
    fc
      .integer({min: 0, max: size - 1})
      .chain(from => fc.tuple(fc.constant(from), fc.integer({min: 1, max: size - from}))),
  );
  return fc.tuple(...each).map(pairs => ({begin: pairs.map(([from]) => from), size: pairs.map(([, size]) => size)}));
}
