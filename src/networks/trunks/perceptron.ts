/** Perceptrons as trunks: every value of an example is one input, wherever it stands. */
import type {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {dense} from '../layers/dense';
import {residualDense} from '../layers/residual-block';
import type {Parameters} from '../parameters';
import type {Trunk, TrunkOptions} from './trunk-type';

/** Two hidden layers. */
export function perceptronTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {hiddenUnits}: TrunkOptions,
): Trunk {
  const start = flatInput(parameters, path, spec, hiddenUnits);
  const second = dense(parameters, `${path}/dense2`, hiddenUnits, hiddenUnits, {std: Math.sqrt(2 / hiddenUnits)});
  return onePlace(hiddenUnits, x => leakyRelu(second(leakyRelu(start(x)))));
}

/** A first layer and three residual blocks. */
export function residualPerceptronTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {hiddenUnits}: TrunkOptions,
): Trunk {
  const start = flatInput(parameters, path, spec, hiddenUnits);
  const blocks = [1, 2, 3].map(i => residualDense(parameters, `${path}/block${i}`, hiddenUnits));
  return onePlace(hiddenUnits, x => leakyRelu(blocks.reduce((h, block) => block(h), start(x))));
}

function flatInput(parameters: Parameters, path: string, spec: ModalitySpec, units: number) {
  const shape = partShape(spec);
  const inputs = shape.reduce((product, n) => product * n, 1);
  // Of one-hot rows only T inputs are not 0.
  const std = Math.sqrt(2 / (spec.kind === 'text' ? spec.maxTokens : inputs));
  const layer = dense(parameters, `${path}/dense1`, inputs, units, {std});
  return (x: tf.Tensor): tf.Tensor2D => layer(x.reshape([x.shape[0]!, inputs]));
}

function onePlace(channels: number, apply: (x: tf.Tensor) => tf.Tensor): Trunk {
  return {
    height: 1,
    width: 1,
    channels,
    spectral: false,
    apply: x => apply(x).reshape([x.shape[0]!, 1, 1, channels]),
  };
}
