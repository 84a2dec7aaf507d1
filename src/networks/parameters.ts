/** The variables of one network, made in order from one seeded stream, so that a seed says everything about the start. */
import {nameTensor} from '../backend/layer-names';
import {UserError} from '../core/checks';
import type {RandomStream} from '../core/random';
import {type NamedVariables, tf} from '../core/tensorflow';

export class Parameters {
  /** What an optimizer moves. */
  readonly trainable: NamedVariables = {};
  /** What is saved but not trained, such as moving averages. */
  readonly state: NamedVariables = {};
  /** What is saved but neither trained nor measured: it starts from chance and goes on with every step, such as spectral norm's u. */
  readonly buffers: NamedVariables = {};

  constructor(private readonly stream: RandomStream) {}

  /** A trainable tensor drawn from N(0, std²). */
  normal(path: string, shape: number[], std: number): tf.Variable {
    const values = this.stream.normals(shape.reduce((product, n) => product * n, 1));
    for (let i = 0; i < values.length; i++) values[i]! *= std;
    return this.add(
      this.trainable,
      path,
      tf.tidy(() => tf.variable(tf.tensor(values, shape), true)),
    );
  }

  /** A trainable tensor that starts at one value. */
  constant(path: string, shape: number[], value: number): tf.Variable {
    return this.add(
      this.trainable,
      path,
      tf.tidy(() => tf.variable(tf.fill(shape, value), true)),
    );
  }

  /** A tensor that is saved but not trained. */
  moving(path: string, shape: number[], value: number): tf.Variable {
    return this.add(
      this.state,
      path,
      tf.tidy(() => tf.variable(tf.fill(shape, value), false)),
    );
  }

  /** A tensor that starts from N(0, 1) and is changed by steps, not by an optimizer. */
  buffer(path: string, shape: number[]): tf.Variable {
    const values = this.stream.normals(shape.reduce((product, n) => product * n, 1));
    return this.add(
      this.buffers,
      path,
      tf.tidy(() => tf.variable(tf.tensor(values, shape), false)),
    );
  }

  /** Trainable, state and buffers together: what a file holds. */
  all(): NamedVariables {
    return {...this.trainable, ...this.state, ...this.buffers};
  }

  /** Number of trainable values. */
  count(): number {
    return Object.values(this.trainable).reduce((sum, variable) => sum + variable.size, 0);
  }

  dispose(): void {
    for (const variable of Object.values(this.all())) variable.dispose();
  }

  private add(group: NamedVariables, path: string, variable: tf.Variable): tf.Variable {
    if (path in this.all()) throw new UserError(`Expected a new parameter name, got "${path}" twice.`);
    group[path] = variable;
    nameTensor(variable, path);
    return variable;
  }
}
