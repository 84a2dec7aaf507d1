/** G's part for one modality: content and style become an example. */

import {tf} from '../core/tensorflow';
import {type ModalitySpec, partShape} from '../core/types';
import {leakyRelu} from './layers/activations';
import {conditionalBatchNorm, type NormMode} from './layers/conditional-batch-norm';
import {convolution, transposedConvolution} from './layers/convolution';
import {dense} from './layers/dense';
import {gruCell} from './layers/gru';
import type {Parameters} from './parameters';

export interface GeneratorHeadOptions {
  /** Length of the input u: content and style side by side. */
  readonly inputDim: number;
  /** Channels of the smallest resolution; halved at each doubling, at least 8. */
  readonly channels: number;
  /** Units of a text head's memory. */
  readonly hiddenUnits: number;
}

export interface GeneratorHead {
  /** u [N, inputDim] → an example in the modality's units. */
  apply(u: tf.Tensor2D, mode: NormMode): tf.Tensor;
}

export function buildGeneratorHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: GeneratorHeadOptions,
): GeneratorHead {
  return spec.kind === 'text'
    ? textHead(parameters, path, spec, options)
    : spatialHead(parameters, path, spec, options);
}

/** How a picture grows: doublings from a base of at most 8 pixels a side; the last picture is cut to H×W. 28×28 grows 7 → 14 → 28. */
export function planGrowth(height: number, width: number): {baseHeight: number; baseWidth: number; doublings: number} {
  let doublings = 0;
  while (Math.max(height, width) / 2 ** doublings > 8) doublings++;
  return {baseHeight: Math.ceil(height / 2 ** doublings), baseWidth: Math.ceil(width / 2 ** doublings), doublings};
}

function spatialHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: GeneratorHeadOptions,
): GeneratorHead {
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const {baseHeight, baseWidth, doublings} = planGrowth(height, width);
  const widths = Array.from({length: doublings + 1}, (_, i) => Math.max(8, options.channels >> i));
  const start = dense(parameters, `${path}/start`, options.inputDim, baseHeight * baseWidth * widths[0]!, {
    bias: false,
  });
  const norms = widths.map((count, i) => conditionalBatchNorm(parameters, `${path}/norm${i}`, count, options.inputDim));
  const grow = widths.slice(1).map((outputs, i) =>
    transposedConvolution(parameters, `${path}/grow${i + 1}`, {
      inputs: widths[i]!,
      outputs,
      size: 4,
      stride: 2,
      bias: false,
    }),
  );
  const finish = convolution(parameters, `${path}/finish`, {
    inputs: widths[doublings]!,
    outputs: channels,
    size: 3,
    stride: 1,
  });
  return {
    apply(u, mode) {
      const base = start(u).reshape([u.shape[0], baseHeight, baseWidth, widths[0]!]) as tf.Tensor4D;
      let h = leakyRelu(norms[0]!(base, u, mode));
      // Each turn doubles the side and halves the channels.
      grow.forEach((up, i) => {
        h = leakyRelu(norms[i + 1]!(up(h), u, mode));
      });
      const full = tf.tanh(finish(h)) as tf.Tensor4D;
      const cut = full.shape[1] !== height || full.shape[2] !== width;
      return cut ? tf.slice(full, [0, 0, 0, 0], [-1, height, width, -1]) : full;
    },
  };
}

/**
 * A sentence word by word: each word is told what was said before, so that the whole becomes one sentence and not a blend of
 * several. Words are passed on as probabilities, so that D's gradient reaches every step.
 */
function textHead(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: GeneratorHeadOptions,
): GeneratorHead {
  const [tokens, vocabulary] = partShape(spec) as [number, number];
  const units = options.hiddenUnits;
  const start = dense(parameters, `${path}/start`, options.inputDim, units);
  const cell = gruCell(parameters, `${path}/cell`, options.inputDim + vocabulary, units);
  const words = dense(parameters, `${path}/words`, units, vocabulary, {std: 2 / Math.sqrt(units)});
  return {
    apply(u) {
      let h = tf.tanh(start(u)) as tf.Tensor2D;
      let word = tf.zeros([u.shape[0], vocabulary]) as tf.Tensor2D;
      const sentence: tf.Tensor2D[] = [];
      for (let t = 0; t < tokens; t++) {
        h = cell(tf.concat([u, word], 1) as tf.Tensor2D, h);
        word = tf.softmax(words(h), -1) as tf.Tensor2D;
        sentence.push(word);
      }
      return tf.stack(sentence, 1);
    },
  };
}
