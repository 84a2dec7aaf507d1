/** E's part for one modality: an example becomes a code on the unit sphere. */

import {usualNetworks} from '../core/network-names';
import type {tf} from '../core/tensorflow';
import type {ModalitySpec} from '../core/types';
import {leakyRelu} from './layers/activations';
import {dense} from './layers/dense';
import {unitLength} from './layers/unit-length';
import type {Parameters} from './parameters';
import {buildTrunk, type TrunkOptions} from './trunk';

export interface EncoderOptions extends TrunkOptions {
  /** D, the code's length. */
  readonly embeddingDim: number;
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

/** A trunk of any name, a hidden layer, a code. */
export function buildEncoder(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  options: EncoderOptions,
): Encoder {
  const {network = usualNetworks(spec.kind).encoder} = options;
  const trunk = buildTrunk(parameters, path, spec, {...options, network, role: 'encoder'});
  const features = trunk.height * trunk.width * trunk.channels;
  const hidden = dense(parameters, `${path}/hidden`, features, options.hiddenUnits, {std: Math.sqrt(2 / features)});
  const code = dense(parameters, `${path}/code`, options.hiddenUnits, options.embeddingDim);
  return {
    dropoutUnits: options.hiddenUnits,
    apply(x, {dropoutMask} = {}) {
      const h = leakyRelu(hidden(trunk.apply(x, 'stored').reshape([x.shape[0]!, features])));
      return unitLength(code(dropoutMask ? h.mul(dropoutMask) : h));
    },
  };
}
