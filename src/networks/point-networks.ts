/** Perceptrons for toy data: rows of a few numbers, such as points of the plane. */
import {tf} from '../core/tensorflow';
import {leakyRelu} from './layers/activations';
import {dense} from './layers/dense';
import {measuredStddev} from './layers/minibatch-stddev';
import type {NormMode} from './layers/norm-mode';
import type {Parameters} from './parameters';

export interface PointNetworkOptions {
  /** Units of each hidden layer. */
  readonly units: number;
  readonly hiddenLayers: number;
}

/** @returns a function from z [N, latentDim] to points [N, dimensions], with ReLU between its layers. */
export function pointGenerator(
  parameters: Parameters,
  path: string,
  latentDim: number,
  dimensions: number,
  {units, hiddenLayers}: PointNetworkOptions,
): (z: tf.Tensor) => tf.Tensor2D {
  const layers = stack(parameters, path, latentDim, units, hiddenLayers, false);
  const last = dense(parameters, `${path}/out`, units, dimensions);
  return z => last(layers.reduce((h, layer) => tf.relu(layer(h)), z));
}

export interface PointDiscriminatorOptions extends PointNetworkOptions {
  /** Every weight is divided by its largest singular value. */
  readonly spectral?: boolean;
  /** Scores are so many times what the last layer says; 1 unless told. With spectral norm, the most that D can slope. */
  readonly scale?: number;
  /** Before the last layer, each group of so many rows is told how much its members differ; in use, what was stored of that. */
  readonly stddevGroup?: number;
}

/** @returns a function from points [N, inputs] to scores [N, 1], with leaky ReLU between its layers. */
export function pointDiscriminator(
  parameters: Parameters,
  path: string,
  inputs: number,
  {units, hiddenLayers, spectral = false, scale = 1, stddevGroup}: PointDiscriminatorOptions,
): (x: tf.Tensor, mode: NormMode) => tf.Tensor2D {
  const layers = stack(parameters, path, inputs, units, hiddenLayers, spectral);
  const withDeviation = stddevGroup ? measuredStddev(parameters, `${path}/deviation`, stddevGroup) : null;
  const last = dense(parameters, `${path}/out`, units + (withDeviation ? 1 : 0), 1, {spectral});
  return (x, mode) => {
    const features = layers.reduce((h, layer) => leakyRelu(layer(h, mode)), x);
    const [rows, columns] = features.shape as [number, number];
    const told = withDeviation?.(features.reshape([rows, 1, 1, columns]), mode).reshape([rows, columns + 1]);
    const score = last(told ?? features, mode);
    return scale === 1 ? score : (score.mul(scale) as tf.Tensor2D);
  };
}

function stack(parameters: Parameters, path: string, inputs: number, units: number, count: number, spectral: boolean) {
  const sizes = [inputs, ...new Array<number>(count).fill(units)];
  // He et al. 2015, equation 10 (arXiv:1502.01852).
  return sizes
    .slice(1)
    .map((size, i) =>
      dense(parameters, `${path}/dense${i + 1}`, sizes[i]!, size, {std: Math.sqrt(2 / sizes[i]!), spectral}),
    );
}
