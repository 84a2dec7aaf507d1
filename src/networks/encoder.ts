/** E's part for one modality: an example becomes a code on the unit sphere. */

import {tf} from '../core/tensorflow';
import {type ModalitySpec, partShape} from '../core/types';
import {leakyRelu} from './layers/activations';
import {convolution} from './layers/convolution';
import {dense} from './layers/dense';
import type {Parameters} from './parameters';

export interface EncoderOptions {
  /** D, the code's length. */
  readonly embeddingDim: number;
  /** Channels after the first convolution; twice as many after the second. */
  readonly channels: number;
  readonly hiddenUnits: number;
}

/** Masks for dropout, drawn outside so that the network itself holds no chance: [N, hidden values], each 0 or 1 / keep. */
export interface EncoderTraining {
  readonly dropoutMask?: tf.Tensor2D;
}

export interface Encoder {
  /** x in the modality's units → unit codes [N, D]. */
  apply(x: tf.Tensor, training?: EncoderTraining): tf.Tensor2D;
  /** Values that the dropout mask covers. */
  readonly dropoutUnits: number;
}

/** Convolutions for pictures and spectrograms, a perceptron for text. */
export function buildEncoder(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: EncoderOptions,
): Encoder {
  const {trunk, features} =
    spec.kind === 'text' ? textTrunk(parameters, path, spec, options) : spatialTrunk(parameters, path, spec, options);
  const hidden = dense(parameters, `${path}/hidden`, features, options.hiddenUnits, {std: Math.sqrt(2 / features)});
  const code = dense(parameters, `${path}/code`, options.hiddenUnits, options.embeddingDim);
  return {
    dropoutUnits: options.hiddenUnits,
    apply(x, training = {}) {
      let h = leakyRelu(hidden(trunk(x)));
      if (training.dropoutMask) h = h.mul(training.dropoutMask);
      return unitLength(code(h));
    },
  };
}

/** x / ‖x‖ row by row; a row of zeros stays near zero. [3, 4] becomes [.6, .8]. */
export function unitLength(x: tf.Tensor2D): tf.Tensor2D {
  return x.mul(tf.rsqrt(x.square().sum(1, true).add(1e-12)));
}

interface Trunk {
  readonly trunk: (x: tf.Tensor) => tf.Tensor2D;
  readonly features: number;
}

function textTrunk(parameters: Parameters, path: string, spec: ModalitySpec, options: EncoderOptions): Trunk {
  const [tokens, vocabulary] = partShape(spec) as [number, number];
  // A word at a place: positions matter, and T·V is small.
  const words = dense(parameters, `${path}/words`, tokens * vocabulary, options.hiddenUnits, {
    std: Math.sqrt(2 / tokens),
  });
  return {
    features: options.hiddenUnits,
    trunk: x => leakyRelu(words(x.reshape([x.shape[0]!, tokens * vocabulary]))) as tf.Tensor2D,
  };
}

function spatialTrunk(parameters: Parameters, path: string, spec: ModalitySpec, options: EncoderOptions): Trunk {
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const first = convolution(parameters, `${path}/convolution1`, {
    inputs: channels,
    outputs: options.channels,
    size: 4,
    stride: 2,
  });
  const second = convolution(parameters, `${path}/convolution2`, {
    inputs: options.channels,
    outputs: 2 * options.channels,
    size: 4,
    stride: 2,
  });
  const features = Math.ceil(height / 4) * Math.ceil(width / 4) * 2 * options.channels;
  return {
    features,
    trunk: x => {
      const h1 = leakyRelu(first(x)); // [N, H/2, W/2, channels]
      const h2 = leakyRelu(second(h1)); // [N, H/4, W/4, 2·channels]
      return h2.reshape([x.shape[0]!, features]) as tf.Tensor2D;
    },
  };
}
