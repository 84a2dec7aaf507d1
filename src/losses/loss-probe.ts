/** Values for the arguments of a loss under check, and the loss and its gradients at them. */
import {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import type {CheckLossOptions, LossArgument, MasksByRows} from './loss-contract';

/** A loss with everything decided that its options leave open. */
export interface CheckedLoss extends Omit<CheckLossOptions, 'role'> {
  readonly name: string;
  readonly apply: (inputs: readonly tf.Tensor[]) => tf.Scalar;
  readonly masked: ((inputs: readonly tf.Tensor[], masks: MasksByRows) => tf.Scalar) | null;
  readonly arguments: readonly LossArgument[];
  readonly rows: number;
  readonly seed: number;
}

/** The values of one argument: float32, or int32. */
export interface Probe {
  readonly argument: LossArgument;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** Typical values for every argument. The sides differ in their number of rows, as real and generated batches may. */
export function typicalProbes(loss: CheckedLoss): Probe[] {
  const sides: string[] = [];
  return loss.arguments.map(argument => {
    const side = sideOf(argument);
    if (argument.perExample !== false && !sides.includes(side)) sides.push(side);
    const rows = argument.perExample === false ? 1 : loss.rows + sides.indexOf(side);
    const rowShape = argument.rowShape ?? [];
    const shape = argument.perExample === false ? rowShape : [rows, ...rowShape];
    const count = tf.util.sizeFromShape([...shape]);
    const stream = new RandomStream(loss.seed, `checkLoss/${argument.name}`);
    const values = argument.draw ? argument.draw(stream, count, rows) : stream.normals(count).map(value => 1.5 * value);
    return {argument, shape, values};
  });
}

export function sideOf(argument: LossArgument): string {
  return argument.rowsOf ?? argument.name;
}

/** The argument filled with one value. */
export function filled(probe: Probe, value: number): Probe {
  return {...probe, values: probe.values.map(() => value)};
}

/** The rows named, in that order. */
export function chooseRows(probe: Probe, rows: readonly number[]): Probe {
  const width = probe.values.length / probe.shape[0]!;
  const values = rows.flatMap(row => [...probe.values.slice(row * width, (row + 1) * width)]);
  const typed = probe.values instanceof Int32Array ? Int32Array.from(values) : Float32Array.from(values);
  return {...probe, shape: [rows.length, ...probe.shape.slice(1)], values: typed};
}

export function isDifferentiated({argument, values}: Probe): boolean {
  return !argument.constant && !(values instanceof Int32Array);
}

export function toTensor({values, shape}: Probe): tf.Tensor {
  return tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32');
}

/** The loss at the probes, read. */
export function valueAt(
  loss: CheckedLoss,
  probes: readonly Probe[],
  masks?: Readonly<Record<string, readonly number[]>>,
): number {
  return tf.tidy(() => call(loss, probes.map(toTensor), masks).dataSync()[0]!);
}

/** The gradient for each differentiated argument, read; undefined for the others. */
export function gradientsAt(
  loss: CheckedLoss,
  probes: readonly Probe[],
  masks?: Readonly<Record<string, readonly number[]>>,
): (Float32Array | undefined)[] {
  const free = probes.flatMap((probe, i) => (isDifferentiated(probe) ? [i] : []));
  const slopes = tf.tidy(() => {
    const tensors = probes.map(toTensor);
    const f = (...moving: tf.Tensor[]): tf.Scalar => {
      const inputs = [...tensors];
      free.forEach((i, j) => {
        inputs[i] = moving[j]!;
      });
      return call(loss, inputs, masks);
    };
    return tf
      .grads(f)(free.map(i => tensors[i]!))
      .map(slope => slope.dataSync() as Float32Array);
  });
  return probes.map((_, i) => slopes[free.indexOf(i)]);
}

function call(
  loss: CheckedLoss,
  inputs: readonly tf.Tensor[],
  masks?: Readonly<Record<string, readonly number[]>>,
): tf.Scalar {
  if (!masks) return loss.apply(inputs);
  const tensors = Object.fromEntries(Object.entries(masks).map(([side, mask]) => [side, tf.tensor1d([...mask])]));
  return loss.masked!(inputs, tensors);
}
