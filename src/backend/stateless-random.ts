/**
 * Random numbers inside a training step. Each is a function of a seed and of how many have been drawn, and that count is
 * a tf.Variable which ops move: so a step that is recorded and replayed draws new numbers each time, and a run goes on
 * from a saved count. The same numbers on every engine.
 */
import {assertInRange, expected} from '../core/checks';
import {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import {runNativeOp} from './native-op';
import {type PhiloxSeed, philoxNormals, philoxUniforms} from './philox';

/** The stream, and how many tensors have been drawn from it. */
export type RandomCounterState = readonly [stream: number, draws: number];

export class RandomCounter {
  /** [stream, draws], int32: the seed that TensorFlow's stateless ops take. */
  private readonly key: tf.Variable;

  /** @param seed any safe integer; @param purpose for example 'training/dropout'. Same pair, same numbers; other pairs, unrelated ones. */
  constructor(seed: number, purpose: string) {
    this.key = keyVariable([new RandomStream(seed, purpose).nextUint32() | 0, 0]);
  }

  /** In [0, 1), in steps of 2⁻²³; bit-equal on every engine. */
  uniform(shape: readonly number[]): tf.Tensor {
    return this.draw('StatelessRandomUniform', philoxUniforms, shape);
  }

  /** Standard normal, within ±5.7; equal to 1e-6 on every engine. */
  normal(shape: readonly number[]): tf.Tensor {
    return this.draw('StatelessRandomNormal', philoxNormals, shape);
  }

  /** 1 with probability p, else 0, float32. @param p 0 to 1; inside a recorded step a tensor, where it changes. */
  bernoulli(shape: readonly number[], p: number | tf.Scalar): tf.Tensor {
    if (typeof p === 'number') assertInRange('p', p, 0, 1);
    return tf.tidy(() => tf.less(this.uniform(shape), p).cast('float32'));
  }

  /** Standard Gumbel, -ln(-ln u), from -2.82 to 16.6: the largest of logits with it added is a draw from their softmax. */
  gumbel(shape: readonly number[]): tf.Tensor {
    // Half a step up: u is never 0, nor 1.
    return tf.tidy(() => tf.neg(tf.log(tf.neg(tf.log(this.uniform(shape).add(2 ** -24))))));
  }

  /** Reads the counter: not to be asked for inside a recorded step. */
  state(): RandomCounterState {
    const [stream, draws] = this.key.dataSync();
    return [stream!, draws!];
  }

  /** Goes on as the counter whose state this is would have. */
  restore(state: RandomCounterState): void {
    assertState(state);
    tf.tidy(() => this.key.assign(tf.tensor1d(state.slice(), 'int32')));
  }

  dispose(): void {
    this.key.dispose();
  }

  private draw(
    op: 'StatelessRandomUniform' | 'StatelessRandomNormal',
    inJavaScript: (seed: PhiloxSeed, count: number) => Float32Array,
    shape: readonly number[],
  ): tf.Tensor {
    if (!shape.every(size => Number.isInteger(size) && size >= 0)) throw expected('shape', 'whole numbers', shape);
    return tf.tidy(() => {
      const key = this.key as unknown as tf.Tensor;
      const drawn =
        tf.getBackend() === 'tensorflow'
          ? runNativeOp(op, types, [tf.tensor1d(shape.slice(), 'int32'), key], 1)[0]!
          : tf.tensor(inJavaScript(this.state(), tf.util.sizeFromShape(shape.slice())), shape.slice());
      this.key.assign(key.add(tf.tensor1d([0, 1], 'int32')));
      return drawn;
    });
  }
}

const types = {dtype: {type: 'float32'}, T: {type: 'int32'}, Tseed: {type: 'int32'}} as const;

function keyVariable(state: RandomCounterState): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(state.slice(), 'int32'), false));
}

function assertState(state: RandomCounterState): void {
  const fits = state.length === 2 && state.every(value => Number.isInteger(value) && (value | 0) === value);
  if (!fits) throw expected('the state', 'two whole numbers of 32 bits', state);
}
