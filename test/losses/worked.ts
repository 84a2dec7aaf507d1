import {tf} from '../../src/core/tensorflow';
import type {LossCase} from './cases';

/** The loss of a case at its worked example. */
export function valueOfExample({loss, example, check}: Pick<LossCase, 'loss' | 'example' | 'check'>): number {
  return tf.tidy(() => {
    const inputs = example.map((values, i) => {
      const {rowShape = [], perExample} = check.arguments?.[i] ?? {};
      const width = tf.util.sizeFromShape([...rowShape]);
      const shape = perExample === false ? rowShape : [values.length / width, ...rowShape];
      const isInteger = values instanceof Int32Array;
      return tf.tensor(isInteger ? values : Float32Array.from(values), [...shape], isInteger ? 'int32' : 'float32');
    });
    return (loss as (...all: tf.Tensor[]) => tf.Scalar)(...inputs).dataSync()[0]!;
  });
}
