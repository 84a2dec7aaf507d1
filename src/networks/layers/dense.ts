/** y = x W + b. */
import {assertShape} from '../../core/checks';
import {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import type {NormMode} from './norm-mode';
import {spectralNorm} from './spectral-norm';

export interface DenseOptions {
  /** Standard deviation of W at the start; 1 / √inputs (LeCun) unless told. */
  readonly std?: number;
  readonly bias?: boolean;
  /** W is divided by its largest singular value. */
  readonly spectral?: boolean;
}

/** @returns a function from [N, inputs] to [N, outputs]; its mode matters with spectral norm only. */
export function dense(
  parameters: Parameters,
  path: string,
  inputs: number,
  outputs: number,
  options: DenseOptions = {},
) {
  const kernel = parameters.normal(`${path}/kernel`, [inputs, outputs], options.std ?? 1 / Math.sqrt(inputs));
  const bias = options.bias === false ? null : parameters.constant(`${path}/bias`, [outputs], 0);
  const normalised = options.spectral ? spectralNorm(parameters, path, kernel) : null;
  return watched(path, (x: tf.Tensor, mode: NormMode = 'stored'): tf.Tensor2D => {
    assertShape(`the input of ${path}`, x.shape, [null, inputs]);
    const product = tf.matMul(x as tf.Tensor2D, (normalised?.(mode) ?? kernel) as tf.Tensor2D);
    return (bias ? product.add(bias) : product) as tf.Tensor2D;
  });
}
