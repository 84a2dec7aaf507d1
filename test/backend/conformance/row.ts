/** A row of the conformance table: one op, how it is called, and what it is by definition. */
import fc from 'fast-check';
import type {BackendName} from '../../../src/backend/select';
import type {tf} from '../../../src/core/tensorflow';
import {map, type Nd, zip} from './nd';

/**
 * Where numbers are drawn from: any in [-1.5, 1.5); [0.3, 1.8); [-0.9, 0.9); any but those nearer than 0.1 to 0; multiples of
 * 0.1 all of which differ; odd multiples of 0.05, so between those; 0 or 1; whole numbers below a bound. Differences step by 1/1000, so kinks must be further away.
 */
export type Domain =
  | 'any'
  | 'positive'
  | 'unit'
  | 'away from 0'
  | 'distinct'
  | 'between'
  | 'truth'
  | {readonly below: number};

export interface Input {
  readonly shape: readonly number[];
  /** Only inputs of float32, so all but the last two domains, are differentiated. */
  readonly domain: Domain;
}

/** One call of the op. */
export interface Call {
  readonly inputs: readonly Input[];
  run(tensors: readonly tf.Tensor[]): tf.Tensor;
  reference(arrays: readonly Nd[]): Nd;
}

export interface Row {
  readonly name: string;
  readonly calls: fc.Arbitrary<Call>;
  /** The highest order of derivatives that is right: 0 for what is constant or not a function of real numbers. */
  readonly order: 0 | 1 | 2;
  /** Why it is not 2. */
  readonly why?: string;
  /** Backends that refuse the op, with what they say and from which order on. */
  readonly refused?: Partial<
    Record<BackendName, {readonly order: 0 | 1; readonly message: RegExp; readonly why: string}>
  >;
  /** Of the result, relative to 1 + its size. 1e-5 unless told. */
  readonly tolerance?: number;
}

export const noSecond = 'TensorFlow.js has no gradient of its gradient; it says so';
export const constant = 'constant almost everywhere';

const axisSize = fc.integer({min: 1, max: 5});
export const anyShape = fc.array(axisSize, {minLength: 0, maxLength: 4});
export const filledShape = fc.array(axisSize, {minLength: 1, maxLength: 4});

/** Two shapes that broadcast: axes of one become 1 or are left out at the front. */
export const twoShapes = fc
  .tuple(filledShape, fc.infiniteStream(fc.integer({min: 0, max: 5})))
  .map(([shape, chance]): [number[], number[]] => {
    const next = () => chance.next().value as number;
    const narrow = (own: number[]) => own.map(size => (next() === 0 ? 1 : size));
    const [a, b] = [narrow(shape), narrow(shape)];
    return next() < 2 ? [a, b.slice(Math.min(b.length, next() % 3))] : [a, b];
  });

/** A function of each number. */
export function unary(
  name: string,
  domain: Domain,
  run: (x: tf.Tensor) => tf.Tensor,
  f: (value: number) => number,
  rest: Partial<Row> = {},
): Row {
  const calls = anyShape.map(
    (shape): Call => ({inputs: [{shape, domain}], run: ([x]) => run(x!), reference: ([x]) => map(x!, f)}),
  );
  return {name, calls, order: 2, ...rest};
}

/** A function of two numbers, with broadcasting. */
export function binary(
  name: string,
  domains: readonly [Domain, Domain],
  run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  f: (a: number, b: number) => number,
  rest: Partial<Row> = {},
): Row {
  const calls = twoShapes.map(
    ([a, b]): Call => ({
      inputs: [
        {shape: a, domain: domains[0]},
        {shape: b, domain: domains[1]},
      ],
      run: ([x, y]) => run(x!, y!),
      reference: ([x, y]) => zip(x!, y!, f),
    }),
  );
  return {name, calls, order: 2, ...rest};
}
