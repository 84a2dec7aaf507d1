/** Decision level: each modality decides alone, and a gate says how much each is believed in this example. */
import {tf} from '../core/tensorflow';
import {dense} from '../networks/layers/dense';
import type {FusionMethodDefinition} from './fusion-type';

/**
 *   eₘ = zₘ + Eₘ·zₘ,  πₘ = pₘ·exp(vₘ·zₘ + bₘ) / Σⱼ pⱼ·exp(vⱼ·zⱼ + bⱼ),  c = unit(Σₘ πₘ·eₘ)
 *
 * Source: adaptive mixtures of local experts, Jacobs et al. 1991 (DOI 10.1162/neco.1991.3.1.79), an expert a modality, as in
 * Shi et al. 2019, section 3 (arXiv:1911.03393). Differs from it: the mean of the mixture, not a draw. E and v start at 0: all are
 * believed alike.
 */
export const mixtureOfExperts: FusionMethodDefinition = {
  level: 'decisionLevel',
  formula: 'c = unit(Σₘ πₘ·(zₘ + Eₘ·zₘ)), π = softmax over the present of vₘ·zₘ + bₘ',
  source: 'Jacobs et al. 1991 (DOI 10.1162/neco.1991.3.1.79); Shi et al. 2019, section 3 (arXiv:1911.03393)',
  cost: {
    parameters: 'K·(D² + D + 1)',
    multiplyAdds: 'K·(D² + D)',
    numParameters: (K, D) => K * (D ** 2 + D + 1),
    numMultiplyAdds: (K, D) => K * (D ** 2 + D),
  },
  build(parameters, path, {modalities, embeddingDim: dim}) {
    const experts = modalities.map(name => ({
      name,
      opinion: dense(parameters, `${path}/${name}/expert`, dim, dim, {std: 0, bias: false}),
      belief: dense(parameters, `${path}/${name}/gate`, dim, 1, {std: 0}),
    }));
    return ({z, p}) => {
      const logits = tf.concat2d(
        experts.map(({name, belief}) => belief(z[name]!)),
        1,
      );
      const masks = tf.concat2d(
        modalities.map(name => p[name]!),
        1,
      );
      const shares = tf.split(tf.softmax(logits.add(masks.sub(1).mul(1e9))), modalities.length, 1);
      return tf.addN(
        experts.map(({name, opinion}, i) => z[name]!.add(opinion(z[name]!)).mul(shares[i]!) as tf.Tensor2D),
      );
    };
  },
};
