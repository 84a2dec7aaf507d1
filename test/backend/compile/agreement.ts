/** Runs the same step plainly and compiled, from the same start and on the same data, and says how far they part. */
import {type CompiledStep, compileStep, type Program} from '../../../src/backend/compile';
import {applyResourceOp, ResourceVariable, resourceOf} from '../../../src/backend/resource-variable';
import {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';

export interface Subject {
  readonly step: (...tensors: tf.Tensor[]) => tf.Tensor[];
  /** Shapes of the arguments; int32 where a limit is given, else standard normal. */
  readonly inputs: readonly (readonly number[] | {readonly shape: readonly number[]; readonly below: number})[];
  /** What the step changes, besides variables that it makes itself. */
  readonly variables: readonly tf.Variable[];
  readonly dispose?: () => void;
}

export interface Agreement {
  /** Results and numbers in variables that are not the same bit for bit. */
  readonly unequal: number;
  readonly compared: number;
  /** Largest difference, relative to the largest value of its tensor. */
  readonly worst: number;
  readonly compiled: CompiledStep<tf.Tensor[], tf.Tensor[]>;
}

/**
 * @param build makes the step anew, each time with the same weights.
 * @param program that the compiled step is put into; its own unless given.
 */
export function agreement(build: (stream: RandomStream) => Subject, steps = 20, program?: Program): Agreement {
  const plain = run(build, steps, step => step);
  let compiled: CompiledStep<tf.Tensor[], tf.Tensor[]> | undefined;
  const replayed = run(build, steps, step => {
    compiled = compileStep(step, {audit: 0, onRefusal: () => undefined, ...(program && {program})});
    return compiled;
  });
  let unequal = 0;
  let compared = 0;
  let worst = 0;
  plain.forEach((expected, i) => {
    const actual = replayed[i]!;
    const size = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
    expected.forEach((value, k) => {
      compared++;
      if (Object.is(value, actual[k])) return;
      unequal++;
      worst = Math.max(worst, Math.abs(value - actual[k]!) / size);
    });
  });
  return {unequal, compared, worst, compiled: compiled!};
}

export function weights(stream: RandomStream, shape: number[], scale = 1): tf.Variable {
  const size = shape.reduce((product, count) => product * count, 1);
  return tf.tidy(() =>
    tf.variable(
      tf.tensor(
        stream.normals(size).map(value => value * scale),
        shape,
      ),
    ),
  );
}

function run(
  build: (stream: RandomStream) => Subject,
  steps: number,
  prepare: (step: Subject['step']) => Subject['step'],
): number[][] {
  const subject = build(new RandomStream(7, 'weights'));
  const step = prepare((...tensors) => tf.tidy(() => subject.step(...tensors)));
  const data = new RandomStream(8, 'data');
  const values: number[][] = [];
  for (let i = 0; i < steps; i++) {
    const tensors = subject.inputs.map(input => draw(data, input));
    const results = step(...tensors);
    values.push(...results.map(result => [...result.dataSync()]));
    tf.dispose([tensors, results]);
  }
  values.push(...subject.variables.map(variable => [...variable.dataSync()]));
  (step as Partial<CompiledStep<tf.Tensor[], tf.Tensor[]>>).dispose?.();
  tf.dispose([...subject.variables] as tf.Tensor[]);
  subject.dispose?.();
  return values;
}

function draw(stream: RandomStream, input: Subject['inputs'][number]): tf.Tensor {
  if ('below' in input) {
    const {shape, below} = input;
    const size = shape.reduce((product, count) => product * count, 1);
    const values = Int32Array.from({length: size}, () => stream.integer(below));
    return tf.tensor(values, [...shape], 'int32');
  }
  return tf.tensor(stream.normals(input.reduce((product, count) => product * count, 1)), [...input]);
}

/** TensorFlow's fused Adam on the native engine, with the powers of β in variables: a step of it needs no host. */
export class FusedAdam {
  private readonly moments: Record<string, readonly [ResourceVariable, ResourceVariable]>;
  private readonly powers = [0.5, 0.999].map(() => tf.tidy(() => tf.variable(tf.scalar(1), false)));

  constructor(
    readonly variables: readonly tf.Variable[],
    private readonly rate = 2e-3,
  ) {
    this.moments = Object.fromEntries(
      variables.map(variable => {
        resourceOf(variable);
        const zeros = tf.zerosLike(variable);
        const pair = [new ResourceVariable(zeros), new ResourceVariable(zeros)] as const;
        zeros.dispose();
        return [variable.name, pair];
      }),
    );
  }

  apply(gradients: tf.NamedTensorMap): void {
    tf.tidy(() => {
      const betas = [0.5, 0.999].map(beta => tf.scalar(beta));
      this.powers.forEach((power, i) => {
        power.assign(power.mul(betas[i]!));
      });
      const scalars = [...this.powers, tf.scalar(this.rate), ...betas, tf.scalar(1e-7)] as tf.Tensor[];
      const attributes = {T: {type: 'float32'}, use_locking: false, use_nesterov: false} as const;
      for (const variable of this.variables) {
        const inputs = [resourceOf(variable), ...this.moments[variable.name]!, ...scalars, gradients[variable.name]!];
        applyResourceOp('ResourceApplyAdam', attributes, inputs, [variable]);
      }
    });
  }

  dispose(): void {
    for (const variable of this.variables) resourceOf(variable).dispose();
    for (const pair of Object.values(this.moments)) for (const moment of pair) moment.dispose();
    tf.dispose(this.powers as tf.Tensor[]);
  }
}
