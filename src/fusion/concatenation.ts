/** Feature level: the embeddings are laid side by side, a learnt vector in the place of what is absent, and mixed by a small network. */
import {tf} from '../core/tensorflow';
import {leakyRelu} from '../networks/layers/activations';
import {dense} from '../networks/layers/dense';
import type {FusionMethodDefinition} from './fusion-type';
import {sumOfShown} from './sum-of-shown';

/**
 *   xₘ = pₘ·zₘ + (1 - pₘ)·fₘ,  c = unit(Σₘ pₘ·zₘ + W₂·leaky(W₁·[x₁ … x_K] + b₁) + b₂)
 *
 * Source: early fusion, Baltrušaitis et al. 2019, section 6.1 (arXiv:1705.09406); fillers fₘ as the learnt [MASK] of Devlin et al. 2019,
 * section 3.1 (arXiv:1810.04805). Differs from them: the sum beside it, and W₂ = 0 at the start.
 */
export const concatenation: FusionMethodDefinition = {
  level: 'featureLevel',
  formula: 'c = unit(Σₘ pₘ·zₘ + W₂·leaky(W₁·[x₁ … x_K] + b₁) + b₂), xₘ = pₘ·zₘ + (1 − pₘ)·fₘ',
  source:
    'Baltrušaitis et al. 2019, section 6.1 (arXiv:1705.09406); fillers: Devlin et al. 2019, section 3.1 (arXiv:1810.04805)',
  cost: {
    parameters: '2·K·D² + K·D + 2·D² + 3·D',
    multiplyAdds: '2·(K + 1)·D²',
    numParameters: (K, D) => 2 * K * D ** 2 + K * D + 2 * D ** 2 + 3 * D,
    numMultiplyAdds: (K, D) => 2 * (K + 1) * D ** 2,
  },
  build(parameters, path, {modalities, embeddingDim: dim}) {
    const side = modalities.map(name => ({
      name,
      filler: parameters.normal(`${path}/${name}/filler`, [1, dim], 1 / Math.sqrt(dim)),
      kernel: parameters.normal(`${path}/${name}/kernel`, [dim, 2 * dim], 1 / Math.sqrt(modalities.length * dim)),
    }));
    const bias = parameters.constant(`${path}/bias`, [2 * dim], 0);
    const mix = dense(parameters, `${path}/mix`, 2 * dim, dim, {std: 0});
    return ({z, p}) => {
      // W₁·[x₁ … x_K] as a sum, a block of W₁ for each name.
      const products = side.map(({name, filler, kernel}) => {
        const x = z[name]!.add(tf.sub(1, p[name]!).mul(filler)) as tf.Tensor2D;
        return tf.matMul(x, kernel as tf.Tensor2D);
      });
      return sumOfShown({z}).add(mix(leakyRelu(tf.addN(products).add(bias)))) as tf.Tensor2D;
    };
  },
};
