import {mapRecord} from '../core/records';
import {type NamedVariables, tf} from '../core/tensorflow';

/**
 * A loss and its gradients in some variables. A variable that the loss does not depend on gets a gradient of zeros, so that an
 * optimizer leaves it where it is.
 *
 * @returns gradients by the variables' names here; for w² at w = 3 the value 9 and the gradient 6.
 */
export function valueAndGradients(
  variables: NamedVariables,
  loss: () => tf.Scalar,
): {value: tf.Scalar; gradients: Record<string, tf.Tensor>} {
  const {value, grads} = tf.variableGrads(loss, Object.values(variables));
  return {value, gradients: mapRecord(variables, variable => grads[variable.name] ?? tf.zerosLike(variable))};
}
