/** A network under test with its own parameters, and what the checks do with it. */
import {RandomStream} from '../../core/random';
import {type NamedVariables, tf} from '../../core/tensorflow';
import {Parameters} from '../parameters';
import type {NetworkContext, NetworkDefinition, NetworkFunction} from './network-type';

export class CheckFailure extends Error {}

type Outputs = Record<string, tf.Tensor>;

export class Bench {
  readonly parameters: Parameters;
  readonly batchSize: number;
  private readonly apply: NetworkFunction;
  private readonly stream: RandomStream;

  constructor(
    readonly network: NetworkDefinition,
    seed: number,
  ) {
    this.parameters = new Parameters(new RandomStream(seed, 'check/weights'));
    this.stream = new RandomStream(seed, 'check/values');
    this.batchSize = network.batchSize ?? 4;
    this.apply = network.build(this.parameters);
  }

  /** Inputs for N examples. */
  draw(count: number): tf.Tensor[] {
    return (
      this.network.sample?.(this.stream, count) ?? this.network.inputs.map(shape => this.normals([count, ...shape]))
    );
  }

  normals(shape: number[]): tf.Tensor {
    return tf.tensor(this.stream.normals(shape.reduce((product, n) => product * n, 1)), shape);
  }

  get chance(): RandomStream {
    return this.stream;
  }

  /** Outputs by name, their shapes compared with what the definition promises. */
  run(inputs: readonly tf.Tensor[], context: NetworkContext): Outputs {
    const result = this.apply(inputs, context);
    const outputs = result instanceof tf.Tensor ? {output: result} : {...result};
    this.assertShapes(outputs, inputs[0]!.shape[0]!);
    return outputs;
  }

  /** w·y + ½·w·y² of every output: in sum a scalar that every value moves, in its own way, and not linearly. */
  scoreTerms(outputs: Outputs): tf.Tensor[] {
    const weights = new RandomStream(7, 'check/score');
    return Object.values(outputs).map(output => {
      const w = tf.tensor(weights.normals(output.size), output.shape);
      return w.mul(output.add(output.square().mul(0.5)));
    });
  }

  /** Moves what is stored until it says something about these inputs. */
  settle(inputs: readonly tf.Tensor[]): void {
    tf.tidy(() => this.run(inputs, {mode: {accumulate: 0.5}}));
  }

  /** Random changes of every weight, so that nothing is 0 or 1 by the start. */
  disturb(): void {
    for (const variable of Object.values(this.parameters.trainable)) {
      tf.tidy(() => variable.assign(variable.add(this.normals(variable.shape).mul(0.1))));
    }
  }

  /** Runs `work`, then puts state and buffers back. */
  restored<T>(work: () => T): T {
    const kept = {...this.parameters.state, ...this.parameters.buffers};
    const before = this.snapshot(kept);
    const result = work();
    for (const [name, variable] of Object.entries(kept))
      tf.tidy(() => variable.assign(tf.tensor(before[name]!, variable.shape)));
    return result;
  }

  snapshot(variables: NamedVariables = this.parameters.all()): Record<string, Float32Array> {
    return Object.fromEntries(
      Object.entries(variables).map(([name, variable]) => [name, variable.dataSync().slice() as Float32Array]),
    );
  }

  /** The first variable that is no longer what it was. */
  changed(
    before: Readonly<Record<string, Float32Array>>,
    variables: NamedVariables = this.parameters.all(),
  ): string | undefined {
    return Object.entries(variables).find(([name, variable]) =>
      variable.dataSync().some((value, i) => !Object.is(value, before[name]![i])),
    )?.[0];
  }

  /** The largest difference between any two values. */
  compare(a: Outputs, b: Outputs): number {
    return Math.max(...Object.entries(a).map(([name, output]) => largestDifference(output, b[name]!)));
  }

  dispose(): void {
    this.parameters.dispose();
  }

  private assertShapes(outputs: Outputs, count: number): void {
    const {outputs: promised} = this.network;
    const wanted = Array.isArray(promised) ? {output: promised as number[]} : (promised as Record<string, number[]>);
    for (const [name, shape] of Object.entries(wanted)) {
      const got = outputs[name]?.shape;
      if (got?.join() !== [count, ...shape].join()) {
        const found = got ? `[${got.join(', ')}]` : 'none';
        throw new CheckFailure(`Expected ${name} of shape [${[count, ...shape].join(', ')}], got ${found}.`);
      }
    }
    const extra = Object.keys(outputs).find(name => !(name in wanted));
    if (extra) throw new CheckFailure(`Expected the outputs ${Object.keys(wanted).join(', ')}, got also ${extra}.`);
  }
}

/** NaN where one is NaN. */
export function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => a.sub(b).abs().max().dataSync()[0]!);
}
