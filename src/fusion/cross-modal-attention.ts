/** Structure level: every modality is a few tokens, and all tokens look at those of all modalities before they are joined. */
import {assertPositiveInteger} from '../core/checks';
import {tf} from '../core/tensorflow';
import {attend} from '../networks/layers/attention';
import {dense} from '../networks/layers/dense';
import type {FusionMethodDefinition} from './fusion-type';

/** T unless told. */
const usualTokens = 4;

/**
 *   tₘ = [Wₘ·zₘ as T tokens of d = D/√T values] + placeₘ,  t' = softmax(Q·t (K·t)ᵀ / √d + log p) V·t over the tokens of all modalities,
 *   c = unit(Σₘ pₘ·(zₘ + Wₒ·t'ₘ)),  T = 4 unless told
 *
 * Source: scaled dot-product attention, Vaswani et al. 2017, section 3.2.1 (arXiv:1706.03762); across modalities as in Tsai et al. 2019,
 * section 3.1 (arXiv:1906.00295). Differs from it: one pass over all tokens instead of one for each ordered pair, tokens read from an
 * embedding. Wₒ starts at 0.
 */
export const crossModalAttention: FusionMethodDefinition = {
  level: 'structureLevel',
  formula:
    "c = unit(Σₘ pₘ·(zₘ + Wₒ·t'ₘ)), t' = attention of all tokens over those of all present modalities, tₘ = Wₘ·zₘ + placeₘ (4 tokens)",
  source: 'Vaswani et al. 2017, section 3.2.1 (arXiv:1706.03762); Tsai et al. 2019, section 3.1 (arXiv:1906.00295)',
  cost: {
    parameters: '(2·K + 2.75)·D² + 2·K·D',
    multiplyAdds: '7·K·D² + 16·K²·D',
    numParameters: (K, D) => (2 * K + 2.75) * D ** 2 + 2 * K * D,
    numMultiplyAdds: (K, D) => 7 * K * D ** 2 + 16 * K ** 2 * D,
  },
  build(parameters, path, {modalities, embeddingDim: dim, tokens: tokensEach = usualTokens}) {
    assertPositiveInteger('tokens', tokensEach);
    const width = Math.max(1, Math.floor(dim / Math.sqrt(tokensEach)));
    const readers = modalities.map(name => ({
      name,
      read: dense(parameters, `${path}/${name}/tokens`, dim, tokensEach * width, {bias: false}),
      place: parameters.normal(`${path}/${name}/place`, [1, tokensEach, width], 0.1),
    }));
    const [query, key, value] = ['query', 'key', 'value'].map(role =>
      dense(parameters, `${path}/${role}`, width, width, {bias: false}),
    );
    const output = dense(parameters, `${path}/output`, tokensEach * width, dim, {std: 0, bias: false});
    return ({z, p}) => {
      const count = z[modalities[0]!]!.shape[0];
      const places = modalities.length * tokensEach;
      const all = tf.concat(
        readers.map(({name, read, place}) => read(z[name]!).reshape([count, tokensEach, width]).add(place)),
        1,
      );
      const mask = tf.concat2d(
        modalities.map(name => p[name]!.tile([1, tokensEach]) as tf.Tensor2D),
        1,
      );
      const [q, k, v] = [query!, key!, value!].map(
        by => by(all.reshape([count * places, width])).reshape([count, places, width]) as tf.Tensor3D,
      );
      const seen = tf.split(attend(q!, k!, v!, mask), modalities.length, 1);
      return tf.addN(
        modalities.map((name, i) => {
          const told = output(seen[i]!.reshape([count, tokensEach * width]));
          return z[name]!.add(told.mul(p[name]!)) as tf.Tensor2D;
        }),
      );
    };
  },
};
