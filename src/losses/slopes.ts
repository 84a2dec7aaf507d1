/** How steep a score is in its inputs, example by example: what every penalty on the discriminator's slope is made of. */
import {assertShape, expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {rowWeights} from './masked-mean';

/** Maps inputs, each [N, …], to scores [N] or [N, 1]; made of operations that have second-order gradients. */
export type ScoreFunction = (...inputs: tf.Tensor[]) => tf.Tensor;

/** One mask for all inputs, or one for each, in their order; shape [N], 1 observed, 0 filler. */
export type InputMasks = tf.Tensor | readonly (tf.Tensor | undefined)[];

/**
 * ‖∇ D(x)‖² for each input, shape [N] each; filler has none.
 *
 * The gradient of the summed score holds each example's own slope (and, through minibatch statistics, a little of its neighbours').
 *
 * @throws UserError where inputs or masks do not fit each other.
 */
export function squaredSlopes(score: ScoreFunction, inputs: readonly tf.Tensor[], present?: InputMasks): tf.Tensor1D[] {
  assertInputs('inputs', inputs);
  const masks = masksOf(inputs, present);
  return tf.tidy(() => {
    const slopes = tf.grads((...xs: tf.Tensor[]) => score(...xs).sum())([...inputs]);
    return slopes.map((slope, i) => {
      const squared = slope.square().reshape([slope.shape[0]!, -1]).sum(1);
      return (masks[i] ? squared.mul(masks[i]!) : squared) as tf.Tensor1D;
    });
  });
}

/** At least one input, and as many rows in each. */
export function assertInputs(name: string, inputs: readonly tf.Tensor[], like?: readonly tf.Tensor[]): void {
  if (inputs.length === 0) throw expected(`the number of ${name}`, 'at least 1', 0);
  if (like && like.length !== inputs.length)
    throw expected(`the number of ${name}`, like.length.toString(), inputs.length);
  inputs.forEach((input, i) => {
    const wanted = like ? like[i]!.shape : [inputs[0]!.shape[0]!, ...input.shape.slice(1)];
    assertShape(`${name}[${i}]`, input.shape, wanted);
  });
}

/** One mask for each input, of shape [N], or undefined. */
export function masksOf(inputs: readonly tf.Tensor[], present?: InputMasks): (tf.Tensor | undefined)[] {
  if (!present) return inputs.map(() => undefined);
  const list = present instanceof tf.Tensor ? inputs.map(() => present) : present;
  if (list.length !== inputs.length)
    throw expected('present', `one mask for each of ${inputs.length} inputs`, list.length);
  return list.map((mask, i) => mask && rowWeights(mask, [inputs[i]!.shape[0]!], `present[${i}]`));
}
