/** Feature level: every value of every embedding passes a gate that all modalities turn together. */
import {tf} from '../core/tensorflow';
import {dense} from '../networks/layers/dense';
import type {FusionMethodDefinition} from './fusion-type';

/**
 *   gₘ = 2·σ(Σⱼ Uₘⱼ·zⱼ + Σⱼ pⱼ·uₘⱼ + bₘ),  hₘ = zₘ + tanh(Wₘ·zₘ),  c = unit(Σₘ pₘ·gₘ ⊙ hₘ)
 *
 * Source: gated multimodal unit, Arevalo et al. 2017, section 3.1, for more than two modalities (arXiv:1702.01992). Differs from it:
 * the gates are told who is present; U and W start at 0 and a gate reaches from 0 to 2, so that it begins as the product of experts.
 * One modality with W = 0 is returned as it is, whatever it is, as long as its gate is even.
 */
export const gated: FusionMethodDefinition = {
  level: 'featureLevel',
  formula: 'c = unit(Σₘ pₘ·gₘ ⊙ (zₘ + tanh(Wₘ·zₘ))), gₘ = 2·σ(Uₘ·[z₁ … z_K, p₁ … p_K] + bₘ)',
  source: 'Arevalo et al. 2017, section 3.1 (arXiv:1702.01992)',
  cost: {
    parameters: 'K·(K·D + K + D + 1)·D',
    multiplyAdds: 'K·D² + K²·(D + 1)·D',
    numParameters: (K, D) => K * (K * D + K + D + 1) * D,
    numMultiplyAdds: (K, D) => K * D ** 2 + K ** 2 * (D + 1) * D,
  },
  build(parameters, path, {modalities, embeddingDim: dim}) {
    const inner = Object.fromEntries(
      modalities.map(name => [name, dense(parameters, `${path}/${name}/inner`, dim, dim, {std: 0, bias: false})]),
    );
    const turned = modalities.map(name => ({
      name,
      bias: parameters.constant(`${path}/${name}/gate/bias`, [dim], 0),
      // Weights belong to pairs of names, not to places in a long vector.
      by: modalities.map(other => ({
        other,
        kernel: parameters.constant(`${path}/${name}/gate/by/${other}`, [dim + 1, dim], 0),
      })),
    }));
    return ({z, p}) => {
      const seen = Object.fromEntries(modalities.map(name => [name, tf.concat2d([z[name]!, p[name]!], 1)]));
      const kept = turned.map(({name, bias, by}) => {
        const turns = by.map(({other, kernel}) => tf.matMul(seen[other]!, kernel as tf.Tensor2D));
        const gate = tf.sigmoid(tf.addN(turns).add(bias)).mul(2);
        const told = z[name]!.add(tf.tanh(inner[name]!(z[name]!)));
        return told.mul(gate) as tf.Tensor2D;
      });
      // An absent z is 0, and so are tanh(W·0) and its place in the sum.
      return tf.addN(kept);
    };
  },
};
