/** Perceptrons as heads: every value of an example is one output. */
import type {tf} from '../../core/tensorflow';
import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {dense} from '../layers/dense';
import {residualDense} from '../layers/residual-block';
import type {Parameters} from '../parameters';
import type {GeneratorHead, HeadSizes} from './head-type';
import {toUnits} from './units';

/** Two hidden layers. */
export function perceptronHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {inputDim, hiddenUnits}: HeadSizes,
): GeneratorHead {
  const first = dense(parameters, `${path}/dense1`, inputDim, hiddenUnits, {std: Math.sqrt(2 / inputDim)});
  const second = dense(parameters, `${path}/dense2`, hiddenUnits, hiddenUnits, {std: Math.sqrt(2 / hiddenUnits)});
  return flatOutput(parameters, path, spec, hiddenUnits, u => leakyRelu(second(leakyRelu(first(u)))));
}

/** A first layer and three residual blocks. */
export function residualPerceptronHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {inputDim, hiddenUnits}: HeadSizes,
): GeneratorHead {
  const first = dense(parameters, `${path}/dense1`, inputDim, hiddenUnits, {std: Math.sqrt(2 / inputDim)});
  const blocks = [1, 2, 3].map(i => residualDense(parameters, `${path}/block${i}`, hiddenUnits));
  return flatOutput(parameters, path, spec, hiddenUnits, u =>
    leakyRelu(blocks.reduce((h, block) => block(h), first(u))),
  );
}

function flatOutput(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  units: number,
  hidden: (u: tf.Tensor2D) => tf.Tensor,
): GeneratorHead {
  const shape = partShape(spec);
  const count = shape.reduce((product, n) => product * n, 1);
  const output = dense(parameters, `${path}/output`, units, count);
  return {
    apply: (u, _mode, sampling) => toUnits(spec, output(hidden(u)).reshape([u.shape[0], ...shape]), sampling),
  };
}
