/** D's part for one modality: how real does it look, and with which content does it agree. */

import type {tf} from '../core/tensorflow';
import type {ModalitySpec} from '../core/types';
import {leakyRelu} from './layers/activations';
import type {NormMode} from './layers/conditional-batch-norm';
import {dense} from './layers/dense';
import {measuredStddev} from './layers/minibatch-stddev';
import {type Projection, projectionHead} from './layers/projection-head';
import type {Parameters} from './parameters';
import {buildTrunk, type TrunkOptions} from './trunk';

export {agreement} from './layers/projection-head';

export interface DiscriminatorTrunkOptions extends TrunkOptions {
  /** D, the content code's length. */
  readonly contentDim: number;
  readonly styleDim: number;
  /** Examples that minibatch standard deviation compares. */
  readonly groupSize: number;
}

/** Realism and projection, and what is guessed of the style. */
export interface Judgement extends Projection {
  /** Guess of the style that a generated part was made from, shape [N, styleDim]; null for text, where a sentence says too little of it. */
  readonly style: tf.Tensor2D | null;
}

export interface DiscriminatorTrunk {
  /**
   * What D saw, [N, hiddenUnits].
   *
   * @param mode how much examples differ is told by the batch while training ('batch'; a share of it is stored with
   *   `accumulate`), and by what was stored in use, so that an example is judged by itself.
   * @param present 1 observed, 0 filler, [N]: filler is no neighbour of anyone.
   */
  see(x: tf.Tensor, mode: NormMode, present?: tf.Tensor1D): tf.Tensor2D;
  /** What D thinks of what it saw. */
  judge(seen: tf.Tensor2D, mode: NormMode): Judgement;
  /** Both, one after the other. */
  apply(x: tf.Tensor, mode: NormMode, present?: tf.Tensor1D): Judgement;
}

export function buildDiscriminatorTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: DiscriminatorTrunkOptions,
): DiscriminatorTrunk {
  const {hiddenUnits, groupSize} = options;
  const trunk = buildTrunk(parameters, path, spec, {...options, role: 'discriminator'});
  const {spectral} = trunk;
  // One more channel: minibatch standard deviation.
  const features = trunk.height * trunk.width * (trunk.channels + 1);
  const withDeviation = measuredStddev(parameters, `${path}/deviation`, groupSize);
  const hidden = dense(parameters, `${path}/hidden`, features, hiddenUnits, {std: Math.sqrt(2 / features), spectral});
  const head = projectionHead(parameters, path, hiddenUnits, options.contentDim, {spectral});
  const style = spec.kind === 'text' ? null : dense(parameters, `${path}/style`, hiddenUnits, options.styleDim);
  const see: DiscriminatorTrunk['see'] = (x, mode, present) => {
    const grid = trunk.apply(x, mode, present);
    return leakyRelu(hidden(withDeviation(grid, mode, present).reshape([x.shape[0]!, features]), mode)) as tf.Tensor2D;
  };
  const judge: DiscriminatorTrunk['judge'] = (seen, mode) => ({...head(seen, mode), style: style?.(seen) ?? null});
  return {see, judge, apply: (x, mode, present) => judge(see(x, mode, present), mode)};
}
