/** What E and D do first with a modality: an example becomes a small grid of features. */
import type {tf} from '../core/tensorflow';
import {type ModalitySpec, partShape} from '../core/types';
import {leakyRelu} from './layers/activations';
import {convolution} from './layers/convolution';
import {dense} from './layers/dense';
import type {Parameters} from './parameters';

export interface TrunkOptions {
  /** Channels after the first convolution; twice as many after the second. */
  readonly channels: number;
  /** Units of a text trunk. */
  readonly hiddenUnits: number;
}

export interface Trunk {
  /** x in the modality's units → [N, height, width, channels]; text becomes one place, [N, 1, 1, units]. */
  apply(x: tf.Tensor): tf.Tensor4D;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Two strided convolutions for pictures and spectrograms, one dense layer for text. */
export function buildTrunk(parameters: Parameters, path: string, spec: ModalitySpec, options: TrunkOptions): Trunk {
  return spec.kind === 'text'
    ? textTrunk(parameters, path, spec, options)
    : spatialTrunk(parameters, path, spec, options);
}

function textTrunk(parameters: Parameters, path: string, spec: ModalitySpec, {hiddenUnits}: TrunkOptions): Trunk {
  const [tokens, vocabulary] = partShape(spec) as [number, number];
  // A word at a place: positions matter, and T·V is small. One-hot rows: only T of the inputs are not 0.
  const words = dense(parameters, `${path}/words`, tokens * vocabulary, hiddenUnits, {std: Math.sqrt(2 / tokens)});
  return {
    height: 1,
    width: 1,
    channels: hiddenUnits,
    apply: x =>
      leakyRelu(words(x.reshape([x.shape[0]!, tokens * vocabulary]))).reshape([x.shape[0]!, 1, 1, hiddenUnits]),
  };
}

function spatialTrunk(parameters: Parameters, path: string, spec: ModalitySpec, options: TrunkOptions): Trunk {
  const [height, width, inputs] = partShape(spec) as [number, number, number];
  const [narrow, wide] = [options.channels, 2 * options.channels];
  const first = convolution(parameters, `${path}/convolution1`, {inputs, outputs: narrow, size: 4, stride: 2});
  const second = convolution(parameters, `${path}/convolution2`, {inputs: narrow, outputs: wide, size: 4, stride: 2});
  return {
    height: Math.ceil(height / 4),
    width: Math.ceil(width / 4),
    channels: wide,
    // [N, H, W, C] → [N, H/2, W/2, narrow] → [N, H/4, W/4, wide]
    apply: x => leakyRelu(second(leakyRelu(first(x)))) as tf.Tensor4D,
  };
}
