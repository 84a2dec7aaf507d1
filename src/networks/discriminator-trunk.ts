/** D's part for one modality: how real does it look, and with which content does it agree. */

import type {tf} from '../core/tensorflow';
import type {ModalitySpec} from '../core/types';
import {leakyRelu} from './layers/activations';
import type {NormMode} from './layers/conditional-batch-norm';
import {dense} from './layers/dense';
import {fixedStddev, minibatchStddev} from './layers/minibatch-stddev';
import type {Parameters} from './parameters';
import {buildTrunk, type TrunkOptions} from './trunk';

export interface DiscriminatorTrunkOptions extends TrunkOptions {
  /** D, the content code's length. */
  readonly contentDim: number;
  readonly styleDim: number;
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
  /**
   * @param mode how much examples differ is told by the batch while training ('batch'; a share of it is stored with
   *   `accumulate`), and by what was stored in use, so that an example is judged by itself.
   * @param present 1 observed, 0 filler, [N]: filler is no neighbour of anyone.
   */
  apply(x: tf.Tensor, mode: NormMode, present?: tf.Tensor1D): Judgement;
}

export function buildDiscriminatorTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: DiscriminatorTrunkOptions,
): DiscriminatorTrunk {
  const trunk = buildTrunk(parameters, path, spec, options);
  // One more channel: minibatch standard deviation.
  const features = trunk.height * trunk.width * (trunk.channels + 1);
  const deviation = parameters.moving(`${path}/deviation`, [], 0);
  const hidden = dense(parameters, `${path}/hidden`, features, options.hiddenUnits, {std: Math.sqrt(2 / features)});
  const realism = dense(parameters, `${path}/realism`, options.hiddenUnits, 1);
  const projection = dense(parameters, `${path}/projection`, options.hiddenUnits, options.contentDim);
  const style = spec.kind === 'text' ? null : dense(parameters, `${path}/style`, options.hiddenUnits, options.styleDim);
  return {
    apply(x, mode, present) {
      const grid = trunk.apply(x);
      const withDeviation =
        mode === 'stored' ? fixedStddev(grid, deviation) : minibatchStddev(grid, options.groupSize, present);
      if (typeof mode === 'object') {
        const measured = withDeviation.slice([0, 0, 0, trunk.channels], [-1, 1, 1, 1]).mean();
        deviation.assign(deviation.add(measured.mul(mode.accumulate)));
      }
      const seen = withDeviation.reshape([x.shape[0]!, features]);
      const h = leakyRelu(hidden(seen));
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
