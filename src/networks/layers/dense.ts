/** y = x W + b. */
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';

export interface DenseOptions {
  /** Standard deviation of W at the start; 1 / √inputs (LeCun) unless told. */
  readonly std?: number;
  readonly bias?: boolean;
}

/** @returns a function from [N, inputs] to [N, outputs]. */
export function dense(
  parameters: Parameters,
  path: string,
  inputs: number,
  outputs: number,
  options: DenseOptions = {},
) {
  const kernel = parameters.normal(`${path}/kernel`, [inputs, outputs], options.std ?? 1 / Math.sqrt(inputs));
  const bias = options.bias === false ? null : parameters.constant(`${path}/bias`, [outputs], 0);
  return (x: tf.Tensor): tf.Tensor2D => {
    const product = tf.matMul(x as tf.Tensor2D, kernel as unknown as tf.Tensor2D);
    return (bias ? product.add(bias) : product) as tf.Tensor2D;
  };
}
