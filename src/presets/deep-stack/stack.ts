/** A stack of dense layers of any depth, from one line; with or without a way round each layer. */
import {tf} from '../../core/tensorflow';
import {dense} from '../../networks/layers/dense';
import {layerNorm} from '../../networks/layers/example-norm';
import type {Parameters} from '../../networks/parameters';

export interface StackOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Hidden layers. */
  readonly depth: number;
  /** Units of each; 128 unless told. */
  readonly units?: number;
  /** h + W·relu(norm(h)) in place of relu(W·h): gradients find a way round every layer, and sizes stay what they are. */
  readonly residual?: boolean;
}

/**
 * inputs → units → … → units → outputs with ReLU, from Glorot's start, which ReLU layers halve at every turn.
 *
 * Sources: the start: Glorot & Bengio 2010, section 4.2.1; the way round: He et al. 2016 (arXiv:1603.05027); why it shrinks: He et al. 2015,
 * section 2.2 (arXiv:1502.01852): the variance is halved by every ReLU, so that 200 layers leave 2⁻²⁰⁰ of it.
 *
 * @returns a function from [N, inputs] to [N, outputs], without activation at its end. Its layers are `${path}/layer1` … `${path}/output`.
 */
export function denseStack(parameters: Parameters, path: string, options: StackOptions) {
  const {inputs, outputs, depth, units = 128, residual = false} = options;
  const glorot = (fanIn: number, fanOut: number) => ({std: Math.sqrt(2 / (fanIn + fanOut))});
  const layers = Array.from({length: depth}, (_, i) => {
    const fanIn = i === 0 ? inputs : units;
    const name = `${path}/layer${i + 1}`;
    return {
      layer: dense(parameters, name, fanIn, units, glorot(fanIn, units)),
      norm: residual && i > 0 ? layerNorm(parameters, `${name}/norm`, units) : null,
    };
  });
  const output = dense(parameters, `${path}/output`, depth === 0 ? inputs : units, outputs, glorot(units, outputs));
  // A sum of many layers is as large as they are many: normed once more before it is read.
  const last = residual ? layerNorm(parameters, `${path}/norm`, units) : null;
  return (x: tf.Tensor2D): tf.Tensor2D => {
    const h = layers.reduce(
      (sum: tf.Tensor, {layer, norm}, i) =>
        norm ? sum.add(layer(tf.relu(norm(sum)))) : residual && i === 0 ? layer(sum) : tf.relu(layer(sum)),
      x,
    );
    return output(last ? tf.relu(last(h)) : h);
  };
}

/** Root of the sum of squares of each layer's kernel gradient, in the order of the layers, the output layer last. */
export function gradientNorms(gradients: Readonly<Record<string, tf.Tensor>>, path: string): number[] {
  return Object.entries(gradients)
    .filter(([name]) => name.startsWith(`${path}/`) && name.endsWith('/kernel'))
    .map(([, gradient]) => {
      // In double precision: squares of what is left after 200 layers are too small for single.
      let sum = 0;
      for (const value of gradient.dataSync()) sum += value * value;
      return Math.sqrt(sum);
    });
}
