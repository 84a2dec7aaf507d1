/** Structure level: products of what the modalities say, of every order, in low rank. */
import {tf} from '../core/tensorflow';
import {dense} from '../networks/layers/dense';
import type {FusionMethodDefinition} from './fusion-type';
import {sumOfShown} from './sum-of-shown';

/** Of the tensor. */
const rank = 4;

/**
 * The outer product of [zₘ, 1] over all modalities holds the products of every subset of them. A tensor of weights over it, of rank R,
 * needs no outer product:
 *
 *   h = Σᵣ Πₘ (pₘ·(Wₘᵣ·zₘ + bₘᵣ) + 1 - pₘ),  c = unit(Σₘ pₘ·zₘ + Wₒ·h)
 *
 * so that an absent modality is a factor of 1. Here R = 4.
 *
 * Source: low-rank multimodal fusion, Liu et al. 2018, section 3.2, equation 6 (arXiv:1806.00064), of the tensor fusion network, Zadeh
 * et al. 2017, section 4.2 (arXiv:1707.07250). Differs from it: the factor of the absent, the sum beside it, Wₒ = 0 and b = 1 at the start.
 */
export const tensorFusion: FusionMethodDefinition = {
  level: 'structureLevel',
  formula: 'c = unit(Σₘ pₘ·zₘ + Wₒ·Σᵣ Πₘ (pₘ·(Wₘᵣ·zₘ + bₘᵣ) + 1 − pₘ)), r = 1 … 4',
  source: 'Liu et al. 2018, section 3.2 (arXiv:1806.00064); Zadeh et al. 2017, section 4.2 (arXiv:1707.07250)',
  cost: {
    parameters: '4·K·(D² + D) + D²',
    multiplyAdds: '(4·K + 1)·D²',
    numParameters: (K, D) => 4 * K * (D ** 2 + D) + D ** 2,
    numMultiplyAdds: (K, D) => (4 * K + 1) * D ** 2,
  },
  build(parameters, path, {modalities, embeddingDim: dim}) {
    const factors = modalities.map(name => ({
      name,
      factor: dense(parameters, `${path}/${name}/factor`, dim, rank * dim, {bias: false}),
      bias: parameters.constant(`${path}/${name}/factor/bias`, [rank * dim], 1),
    }));
    const output = dense(parameters, `${path}/output`, dim, dim, {std: 0, bias: false});
    return ({z, p}) => {
      const count = z[modalities[0]!]!.shape[0];
      const product = factors
        .map(({name, factor, bias}) => factor(z[name]!).add(bias).mul(p[name]!).add(tf.sub(1, p[name]!)))
        .reduce((all, one) => all.mul(one));
      const joint = product.reshape([count, rank, dim]).sum(1) as tf.Tensor2D;
      // Nobody there: a product of nothing is 1, and would be something said by no one.
      const anyone = modalities.map(name => p[name]! as tf.Tensor).reduce((a, b) => tf.maximum(a, b));
      return sumOfShown({z}).add(output(joint).mul(anyone)) as tf.Tensor2D;
    };
  },
};
