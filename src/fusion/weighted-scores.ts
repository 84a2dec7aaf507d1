/** Decision level: each modality scores every code, and the scores are summed with a weight for each modality. */
import {tf} from '../core/tensorflow';
import type {FusionMethodDefinition} from './fusion-type';

/**
 * Modality m gives the code c the score zₘ·c; the weighted sum Σₘ pₘ·wₘ·(zₘ·c) is highest at
 *
 *   c = unit(Σₘ pₘ·wₘ·zₘ),  wₘ = exp(aₘ)
 *
 * Source: weighted sum of the scores of classifiers, Kittler et al. 1998, section 2.2, the sum rule (DOI 10.1109/34.667881), with learnt
 * weights. a starts at 0. Beside the product of experts it learns whom to trust more; one modality alone is returned as it is.
 */
export const weightedScores: FusionMethodDefinition = {
  level: 'decisionLevel',
  formula: 'c = unit(Σₘ pₘ·exp(aₘ)·zₘ), the code of the highest weighted score Σₘ pₘ·exp(aₘ)·(zₘ·c)',
  source: 'Kittler et al. 1998, section 2.2 (DOI 10.1109/34.667881)',
  cost: {
    parameters: 'K',
    multiplyAdds: '0',
    numParameters: K => K,
    numMultiplyAdds: () => 0,
  },
  build(parameters, path, {modalities}) {
    const logWeights = Object.fromEntries(
      modalities.map(name => [name, parameters.constant(`${path}/${name}/log-weight`, [1, 1], 0)]),
    );
    return ({z}) => tf.addN(modalities.map(name => z[name]!.mul(tf.exp(logWeights[name]!)) as tf.Tensor2D));
  },
};
