/** Structure level: modalities meet in pairs, and the pairs in the whole. */
import {tf} from '../core/tensorflow';
import {leakyRelu} from '../networks/layers/activations';
import {dense} from '../networks/layers/dense';
import type {FusionMethodDefinition} from './fusion-type';
import {sumOfShown} from './sum-of-shown';

/**
 *   pairs:  uᵢⱼ = leaky(Aᵢⱼ·zᵢ + Bᵢⱼ·zⱼ + bᵢⱼ),  αᵢⱼ = pᵢ·pⱼ·σ(aᵢⱼ·uᵢⱼ)
 *   whole:  t = leaky(V·[Σₘ pₘ·zₘ, Σᵢⱼ αᵢⱼ·uᵢⱼ]),  c = unit(Σₘ pₘ·zₘ + W·t)
 *
 * Pairs of which one is absent say nothing; one modality alone still passes the whole.
 *
 * Source: the dynamic fusion graph, Zadeh et al. 2018, section 4.1 (DOI 10.18653/v1/P18-1208): single modalities, pairs, all, with
 * efficacies αᵢⱼ. Differs from it: one vertex for everything above pairs, so that K modalities need K²/2 vertices and not 2^K. W starts
 * at 0.
 */
export const hierarchical: FusionMethodDefinition = {
  level: 'structureLevel',
  formula:
    'c = unit(Σₘ pₘ·zₘ + W·leaky(V·[Σₘ pₘ·zₘ, Σᵢⱼ αᵢⱼ·uᵢⱼ])), uᵢⱼ = leaky(Aᵢⱼ·zᵢ + Bᵢⱼ·zⱼ + bᵢⱼ), αᵢⱼ = pᵢ·pⱼ·σ(aᵢⱼ·uᵢⱼ)',
  source: 'Zadeh et al. 2018, section 4.1 (DOI 10.18653/v1/P18-1208)',
  cost: {
    parameters: '(K² − K)·(D² + D) + 3·D² + D',
    multiplyAdds: '(K² − K)·(D² + D/2) + 3·D²',
    numParameters: (K, D) => (K ** 2 - K) * (D ** 2 + D) + 3 * D ** 2 + D,
    numMultiplyAdds: (K, D) => (K ** 2 - K) * (D ** 2 + D / 2) + 3 * D ** 2,
  },
  build(parameters, path, {modalities, embeddingDim: dim}) {
    const pairs = modalities.flatMap((a, i) =>
      modalities.slice(i + 1).map(b => ({
        a,
        b,
        first: dense(parameters, `${path}/${a}+${b}/first`, dim, dim, {std: 1 / Math.sqrt(2 * dim)}),
        second: dense(parameters, `${path}/${a}+${b}/second`, dim, dim, {std: 1 / Math.sqrt(2 * dim), bias: false}),
        efficacy: dense(parameters, `${path}/${a}+${b}/efficacy`, dim, 1, {std: 0, bias: false}),
      })),
    );
    const whole = dense(parameters, `${path}/whole`, 2 * dim, dim);
    const output = dense(parameters, `${path}/output`, dim, dim, {std: 0, bias: false});
    return ({z, p}) => {
      const single = sumOfShown({z});
      const met = pairs.map(({a, b, first, second, efficacy}) => {
        const u = leakyRelu(first(z[a]!).add(second(z[b]!))) as tf.Tensor2D;
        return u.mul(tf.sigmoid(efficacy(u)).mul(p[a]!).mul(p[b]!)) as tf.Tensor2D;
      });
      const joint = met.length > 0 ? tf.addN(met) : tf.zerosLike(single);
      return single.add(output(leakyRelu(whole(tf.concat2d([single, joint], 1))))) as tf.Tensor2D;
    };
  },
};
