/** Blocks whose input goes round them, so that gradients find a short way however deep the network is. */
import type {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import {leakyRelu} from './activations';
import {conditionalBatchNorm} from './conditional-batch-norm';
import {convolution} from './convolution';
import {dense} from './dense';
import {layerNorm} from './example-norm';
import type {NormMode} from './norm-mode';
import {averageHalf, nearestUpsample} from './resampling';

/**
 * Doubles the sides: y = up(W₀ x) + W₂·act(norm(up(W₁·act(norm x)))), the first convolution after the enlargement.
 *
 * Source: the generator block of Miyato et al. 2018, appendix B.4 and figure 9 (arXiv:1802.05957), with norms told by u. Differs from it: leaky ReLU.
 *
 * @returns a function of x [N, H, W, inputs], u [N, conditionDim] and the mode to [N, 2H, 2W, outputs].
 */
export function residualUp(
  parameters: Parameters,
  path: string,
  {inputs, outputs, conditionDim}: {inputs: number; outputs: number; conditionDim: number},
) {
  const norm1 = conditionalBatchNorm(parameters, `${path}/norm1`, inputs, conditionDim);
  const first = convolution(parameters, `${path}/first`, {inputs, outputs, size: 3, stride: 1, bias: false});
  const norm2 = conditionalBatchNorm(parameters, `${path}/norm2`, outputs, conditionDim);
  // No bias: a norm follows every block and takes it away again.
  const second = convolution(parameters, `${path}/second`, {inputs: outputs, outputs, size: 3, stride: 1, bias: false});
  const std = 1 / Math.sqrt(inputs);
  const shortcut = convolution(parameters, `${path}/shortcut`, {inputs, outputs, size: 1, stride: 1, std, bias: false});
  return watched(path, (x: tf.Tensor4D, u: tf.Tensor2D, mode: NormMode): tf.Tensor4D => {
    const wide = first(nearestUpsample(leakyRelu(norm1(x, u, mode)) as tf.Tensor4D));
    // A 1×1 convolution and an enlargement may change places; on fewer pixels it costs a quarter.
    return second(leakyRelu(norm2(wide, u, mode))).add(nearestUpsample(shortcut(x))) as tf.Tensor4D;
  });
}

export interface ResidualDownOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly spectral?: boolean;
  /** The block takes raw pixels, which no activation may cut. */
  readonly first?: boolean;
}

/**
 * Halves the sides: y = half(W₂·act(W₁·act(x))) + half(W₀ x); no batch statistics, so that gradient penalties hold for each example.
 *
 * Source: the discriminator block of Miyato et al. 2018, appendix B.4 and figure 9 (arXiv:1802.05957). Differs from it: leaky ReLU.
 *
 * @returns a function of x [N, H, W, inputs] and the mode to [N, ⌈H/2⌉, ⌈W/2⌉, outputs].
 */
export function residualDown(parameters: Parameters, path: string, options: ResidualDownOptions) {
  const {inputs, outputs, spectral, first: takesPixels} = options;
  const first = convolution(parameters, `${path}/first`, {inputs, outputs, size: 3, stride: 1, spectral});
  const second = convolution(parameters, `${path}/second`, {inputs: outputs, outputs, size: 3, stride: 1, spectral});
  const std = 1 / Math.sqrt(inputs);
  const shortcut = convolution(parameters, `${path}/shortcut`, {inputs, outputs, size: 1, stride: 1, std, spectral});
  return watched(path, (x: tf.Tensor4D, mode: NormMode): tf.Tensor4D => {
    const through = second(leakyRelu(first(takesPixels ? x : leakyRelu(x), mode)), mode);
    return averageHalf(through).add(shortcut(averageHalf(x), mode)) as tf.Tensor4D;
  });
}

/**
 * h + W₂·act(W₁·norm(h)), for perceptrons of any depth. W₂ starts small, so that a deep stack begins as its shortcut.
 *
 * Source: residual blocks with the norm inside, He et al. 2016, section 3 (arXiv:1603.05027).
 *
 * @param options.scale standard deviation of W₂ at the start, in units of 1/√units; 0.5 unless told.
 * @returns a function of h [N, units] with its shape.
 */
export function residualDense(
  parameters: Parameters,
  path: string,
  units: number,
  {spectral = false, scale = 0.5}: {spectral?: boolean; scale?: number} = {},
) {
  const norm = layerNorm(parameters, `${path}/norm`, units);
  const first = dense(parameters, `${path}/first`, units, units, {std: Math.sqrt(2 / units), spectral});
  const second = dense(parameters, `${path}/second`, units, units, {std: scale / Math.sqrt(units), spectral});
  return watched(path, (h: tf.Tensor2D, mode: NormMode = 'stored'): tf.Tensor2D => {
    return h.add(second(leakyRelu(first(norm(h), mode)), mode)) as tf.Tensor2D;
  });
}
