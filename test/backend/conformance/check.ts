/**
 * Whether a backend computes a row rightly.
 *
 * The result is compared with the definition in double precision. For derivatives it becomes one number,
 * L = Σ w·y + ½ Σ u·y² with random w and u, so that the first order matters to the second. First order: ∇L·d against
 * (L(x + hd) − L(x − hd)) / 2h along a random direction d. Second: d·∇(v·∇L) against
 * (L(x + hv + hd) − L(x + hv − hd) − L(x − hv + hd) + L(x − hv − hd)) / 4h². All L on the right are the definition's.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {assertNoLeak} from '../../../src/backend/memory';
import type {BackendName} from '../../../src/backend/select';
import {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';
import {type Nd, sizeOf} from './nd';
import type {Call, Domain, Row} from './row';

/** Largest errors seen, relative to 1 + the size of what was wanted; null where the order is not computed. */
export interface Finding {
  readonly forward: number | null;
  readonly first: number | null;
  readonly second: number | null;
  /** Calls that were compared. */
  readonly calls: number;
}

const firstStep = 1e-5;
const secondStep = 1e-3;
const firstTolerance = 2e-4;
const secondTolerance = 1e-3;

/** Throws where the backend in use computes the row wrongly, leaks, or gives other bits the second time. */
export function checkRow(row: Row, backend: BackendName, numCalls: number): Finding {
  const refused = row.refused?.[backend];
  const order = refused ? refused.order - 1 : row.order;
  const worst = [0, 0, 0];
  const note = (which: 0 | 1 | 2, error: number, tolerance: number): void => {
    worst[which] = Math.max(worst[which]!, error);
    assert.ok(error <= tolerance, `order ${which} is off by ${error.toExponential(2)}, more than ${tolerance}`);
  };
  let calls = 0;
  fc.assert(
    fc.property(row.calls, fc.nat(1e6), (call, seed) => {
      calls++;
      const problem = problemOf(call, seed);
      if (order >= 0) {
        const heap = heapBytes();
        assertNoLeak(() => {
          note(0, compareForward(problem), row.tolerance ?? 1e-5);
          if (order >= 1) note(1, compareFirst(problem), firstTolerance);
          if (order >= 2) note(2, compareSecond(problem), secondTolerance);
          const again = () => [read(forward(problem)), ...(order > 0 ? gradients(problem) : [])];
          assert.deepEqual(again(), again(), 'the same bits twice');
        });
        const grown = heapBytes();
        if (heap !== grown) {
          // The heap grows by pieces and never shrinks: once is a matter of course, for the same call again it is a leak.
          for (let i = 0; i < 20; i++) compareForward(problem);
          assert.equal(heapBytes(), grown, 'the heap grows');
        }
      }
    }),
    {seed: 6, numRuns: numCalls},
  );
  checkRefusals(row, backend, order);
  const shown = (which: 0 | 1 | 2) => (order >= which ? worst[which]! : null);
  return {forward: shown(0), first: shown(1), second: shown(2), calls};
}

/** What is not computed is refused in words, not computed wrongly. Outside of the leak check: TensorFlow.js loses what it saved when a gradient throws. */
function checkRefusals(row: Row, backend: BackendName, order: number): void {
  const refused = row.refused?.[backend];
  if (row.order === 0 && !refused) return;
  const message = refused?.message ?? /gradient/i;
  const [call] = fc.sample(row.calls, {seed: 6, numRuns: 1});
  const problem = problemOf(call!, 1);
  const inTidy = (body: () => unknown) => tf.tidy(() => void body());
  if (order < 0) assert.throws(() => inTidy(() => forward(problem)), message);
  if (order === 0) assert.throws(() => inTidy(() => gradients(problem)), message);
  if (order === 1) assert.throws(() => inTidy(() => compareSecond(problem)), message);
}

interface Problem {
  readonly call: Call;
  readonly values: readonly Nd[];
  /** Numbers of the inputs that are differentiated. */
  readonly moving: readonly number[];
  readonly stream: RandomStream;
  readonly weights: Float32Array;
  readonly squares: Float32Array;
}

function problemOf(call: Call, seed: number): Problem {
  const stream = new RandomStream(seed, 'test/conformance');
  const values = call.inputs.map(({shape, domain}) => ({shape, data: draw(domain, sizeOf(shape), stream)}));
  const moving = call.inputs.flatMap(({domain, shape}, i) =>
    typeof domain === 'string' && domain !== 'truth' && sizeOf(shape) > 0 ? [i] : [],
  );
  const count = call.reference(values).data.length;
  return {call, values, moving, stream, weights: uniform(count, stream), squares: uniform(count, stream)};
}

function draw(domain: Domain, count: number, stream: RandomStream): Float64Array {
  const numbers = Float64Array.from({length: count}, () => stream.uniform());
  if (typeof domain === 'object') return numbers.map(u => Math.floor(u * domain.below));
  if (domain === 'truth') return numbers.map(u => (u < 0.5 ? 0 : 1));
  if (domain === 'distinct') {
    const order = [...numbers.keys()].sort((a, b) => numbers[a]! - numbers[b]!);
    return Float64Array.from(order, place => Math.fround((place - Math.floor(count / 2)) * 0.1));
  }
  const spread = {
    any: (u: number) => 3 * u - 1.5,
    positive: (u: number) => 0.3 + 1.5 * u,
    unit: (u: number) => 1.8 * u - 0.9,
    between: (u: number) => (Math.floor(30 * u - 15) + 0.5) / 10,
    'away from 0': (u: number) => (u < 0.5 ? -1.6 + 3 * u : 0.1 + 3 * (u - 0.5)),
  }[domain];
  return numbers.map(u => Math.fround(spread(u)));
}

function uniform(count: number, stream: RandomStream): Float32Array {
  return Float32Array.from({length: count}, () => 2 * stream.uniform() - 1);
}

function tensorsOf({call, values}: Problem): tf.Tensor[] {
  return values.map(({shape, data}, i) => {
    const {domain} = call.inputs[i]!;
    const dtype = typeof domain === 'object' ? 'int32' : domain === 'truth' ? 'bool' : 'float32';
    const typed =
      dtype === 'float32' ? Float32Array.from(data) : dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data);
    return tf.tensor(typed, shape as number[], dtype);
  });
}

function forward(problem: Problem): tf.Tensor {
  return tf.tidy(() => problem.call.run(tensorsOf(problem)));
}

function compareForward(problem: Problem): number {
  const wanted = problem.call.reference(problem.values);
  const result = forward(problem);
  assert.deepEqual(result.shape, [...wanted.shape], 'shape');
  const got = read(result);
  return got.reduce((worst, value, i) => {
    const error = Math.abs(value - wanted.data[i]!) / (1 + Math.abs(wanted.data[i]!));
    // Not Math.max, so that NaN is an error.
    return error <= worst ? worst : error;
  }, 0);
}

/** L of the op's result. */
function score(problem: Problem, y: tf.Tensor): tf.Scalar {
  const float = tf.cast(y, 'float32');
  const weights = tf.tensor(problem.weights, y.shape);
  const squares = tf.tensor(problem.squares, y.shape);
  return tf.sum(tf.add(tf.mul(weights, float), tf.mul(tf.mul(0.5, squares), tf.square(float))));
}

/** L by the definition. */
function scoreOf({call, weights, squares}: Problem, values: readonly Nd[]): number {
  return call.reference(values).data.reduce((sum, y, i) => sum + weights[i]! * y + 0.5 * squares[i]! * y * y, 0);
}

/** L of the inputs that are differentiated, as TensorFlow.js takes a function. */
function scoreFunction(problem: Problem, tensors: readonly tf.Tensor[]) {
  return (...moving: tf.Tensor[]): tf.Scalar => {
    const all = [...tensors];
    problem.moving.forEach((place, i) => {
      all[place] = moving[i]!;
    });
    return score(problem, problem.call.run(all));
  };
}

function gradients(problem: Problem): Float32Array[] {
  return tf.tidy(() => {
    const tensors = tensorsOf(problem);
    const moving = problem.moving.map(place => tensors[place]!);
    return tf.grads(scoreFunction(problem, tensors))(moving).map(read);
  });
}

function compareFirst(problem: Problem): number {
  const direction = directionOf(problem);
  const wanted =
    (scoreOf(problem, moved(problem, [[firstStep, direction]])) -
      scoreOf(problem, moved(problem, [[-firstStep, direction]]))) /
    (2 * firstStep);
  return difference(gradients(problem), direction, wanted);
}

function compareSecond(problem: Problem): number {
  const [v, d] = [directionOf(problem), directionOf(problem)];
  const found = tf.tidy(() => {
    const tensors = tensorsOf(problem);
    const inner = tf.grads(scoreFunction(problem, tensors));
    const along = (...moving: tf.Tensor[]): tf.Scalar =>
      tf.addN(
        inner(moving).map((gradient, i) => tf.sum(tf.mul(gradient, tf.tensor(v[i]!, gradient.shape)))),
      ) as tf.Scalar;
    return tf
      .grads(along)(problem.moving.map(place => tensors[place]!))
      .map(read);
  });
  const h = secondStep;
  const at = (a: number, b: number) =>
    scoreOf(
      problem,
      moved(problem, [
        [a, v],
        [b, d],
      ]),
    );
  return difference(found, d, (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h));
}

function directionOf({moving, values, stream}: Problem): Float32Array[] {
  return moving.map(place => uniform(values[place]!.data.length, stream));
}

function moved({moving, values}: Problem, steps: readonly (readonly [number, readonly Float32Array[]])[]): Nd[] {
  return values.map(({shape, data}, place) => {
    const which = moving.indexOf(place);
    if (which < 0) return {shape, data};
    return {
      shape,
      data: data.map((value, i) => steps.reduce((sum, [by, direction]) => sum + by * direction[which]![i]!, value)),
    };
  });
}

/** Relative to 1 + the terms of the sum, which may cancel. */
function difference(gradient: readonly Float32Array[], direction: readonly Float32Array[], wanted: number): number {
  let [got, size] = [0, 1];
  gradient.forEach((numbers, i) => {
    numbers.forEach((number, k) => {
      const term = number * direction[i]![k]!;
      got += term;
      size += Math.abs(term);
    });
  });
  return Math.abs(got - wanted) / size;
}

function read(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync().slice() as Float32Array;
  tensor.dispose();
  return values;
}

/** Size of the wasm heap; 0 on other backends. */
function heapBytes(): number {
  return (tf.backend() as unknown as {wasm?: {HEAPU8: Uint8Array}}).wasm?.HEAPU8.length ?? 0;
}
