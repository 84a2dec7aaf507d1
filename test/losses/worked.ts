import {tf} from '../../src/core/tensorflow';
import type {LossCase} from './cases';

type Example = Pick<LossCase, 'loss' | 'example' | 'check'>;

/** The worked example of a case as tensors. */
export function exampleTensors({example, check}: Omit<Example, 'loss'>): tf.Tensor[] {
  return example.map((values, i) => {
    const {rowShape = [], perExample} = check.arguments?.[i] ?? {};
    const width = tf.util.sizeFromShape([...rowShape]);
    const shape = perExample === false ? rowShape : [values.length / width, ...rowShape];
    const isInteger = values instanceof Int32Array;
    return tf.tensor(isInteger ? values : Float32Array.from(values), [...shape], isInteger ? 'int32' : 'float32');
  });
}

/** The loss at that example. */
export function valueOfExample({loss, ...rest}: Example): number {
  return tf.tidy(() => (loss as (...all: tf.Tensor[]) => tf.Scalar)(...exampleTensors(rest)).dataSync()[0]!);
}
