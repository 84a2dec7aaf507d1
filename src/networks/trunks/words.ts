import {type ModalitySpec, partShape} from '../../core/types';
import {leakyRelu} from '../layers/activations';
import {dense} from '../layers/dense';
import type {Parameters} from '../parameters';
import type {Trunk, TrunkOptions} from './trunk-type';

/** One dense layer over words at places, the flagship's for text. */
export function wordsTrunk(
  parameters: Parameters,
  path: string,
  spec: ModalitySpec,
  {hiddenUnits}: TrunkOptions,
): Trunk {
  const [tokens, vocabulary] = partShape(spec) as [number, number];
  // A word at a place: positions matter, and T·V is small. One-hot rows: only T of the inputs are not 0.
  const words = dense(parameters, `${path}/words`, tokens * vocabulary, hiddenUnits, {std: Math.sqrt(2 / tokens)});
  return {
    height: 1,
    width: 1,
    channels: hiddenUnits,
    spectral: false,
    apply: x =>
      leakyRelu(words(x.reshape([x.shape[0]!, tokens * vocabulary]))).reshape([x.shape[0]!, 1, 1, hiddenUnits]),
  };
}
