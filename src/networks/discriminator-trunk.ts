/** D's part for one modality: how real does it look, and with which content does it agree. */

import type {tf} from '../core/tensorflow';
import {type ModalitySpec, partShape} from '../core/types';
import {leakyRelu} from './layers/activations';
import {convolution} from './layers/convolution';
import {dense} from './layers/dense';
import {minibatchStddev} from './layers/minibatch-stddev';
import type {Parameters} from './parameters';

export interface DiscriminatorTrunkOptions {
  /** D, the content code's length. */
  readonly contentDim: number;
  readonly styleDim: number;
  /** Channels after the first convolution; twice as many after the second. */
  readonly channels: number;
  readonly hiddenUnits: number;
  /** Examples that minibatch standard deviation compares. */
  readonly groupSize: number;
}

export interface Judgement {
  /** Logit of being real, whatever the content; shape [N]. */
  readonly realism: tf.Tensor1D;
  /** v; the agreement with a content c is v·c. Shape [N, D]. */
  readonly projection: tf.Tensor2D;
  /** Guess of the style that a generated part was made from, shape [N, styleDim]; null for text, where a sentence says too little of it. */
  readonly style: tf.Tensor2D | null;
}

export interface DiscriminatorTrunk {
  apply(x: tf.Tensor): Judgement;
}

export function buildDiscriminatorTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: DiscriminatorTrunkOptions,
): DiscriminatorTrunk {
  const {trunk, features} =
    spec.kind === 'text' ? textTrunk(parameters, path, spec, options) : spatialTrunk(parameters, path, spec, options);
  const hidden = dense(parameters, `${path}/hidden`, features, options.hiddenUnits, {std: Math.sqrt(2 / features)});
  const realism = dense(parameters, `${path}/realism`, options.hiddenUnits, 1);
  const projection = dense(parameters, `${path}/projection`, options.hiddenUnits, options.contentDim);
  const style = spec.kind === 'text' ? null : dense(parameters, `${path}/style`, options.hiddenUnits, options.styleDim);
  return {
    apply(x) {
      const h = leakyRelu(hidden(trunk(x)));
      return {
        realism: realism(h).reshape([x.shape[0]!]) as tf.Tensor1D,
        projection: projection(h),
        style: style?.(h) ?? null,
      };
    },
  };
}

/** v·c for each example, shape [N]: the projection discriminator of Miyato & Koyama 2018, section 3 (arXiv:1802.05637). */
export function agreement(projection: tf.Tensor2D, content: tf.Tensor2D): tf.Tensor1D {
  return projection.mul(content).sum(1) as tf.Tensor1D;
}

interface Trunk {
  readonly trunk: (x: tf.Tensor) => tf.Tensor2D;
  readonly features: number;
}

function textTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: DiscriminatorTrunkOptions,
): Trunk {
  const [tokens, vocabulary] = partShape(spec) as [number, number];
  const units = options.hiddenUnits;
  const words = dense(parameters, `${path}/words`, tokens * vocabulary, units, {std: Math.sqrt(2 / tokens)});
  return {
    features: units + 1,
    trunk: x => {
      const h = leakyRelu(words(x.reshape([x.shape[0]!, tokens * vocabulary])));
      return minibatchStddev(h.reshape([x.shape[0]!, 1, 1, units]) as tf.Tensor4D, options.groupSize).reshape([
        x.shape[0]!,
        units + 1,
      ]);
    },
  };
}

function spatialTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: DiscriminatorTrunkOptions,
): Trunk {
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
  const features = Math.ceil(height / 4) * Math.ceil(width / 4) * (2 * options.channels + 1);
  return {
    features,
    trunk: x => {
      const h1 = leakyRelu(first(x)); // [N, H/2, W/2, channels]
      const h2 = leakyRelu(second(h1)) as tf.Tensor4D; // [N, H/4, W/4, 2·channels]
      return minibatchStddev(h2, options.groupSize).reshape([x.shape[0]!, features]);
    },
  };
}
