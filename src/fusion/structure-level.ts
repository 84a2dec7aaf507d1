/** Structure level: the modalities look at one another inside the network before they are joined. */
import {tf} from '../core/tensorflow';
import {dense} from '../networks/layers/dense';
import {unitLength} from '../networks/layers/unit-length';
import type {Parameters} from '../networks/parameters';
import type {Fusion, FusionOptions} from './fusion-type';

/**
 * Cross-modal attention with one head over the K modality tokens, absent ones masked out:
 *
 *   A = softmax(Q Kᵀ / √D + log present),  tokens' = z + A·V·Wₒ,  c = unit( Σₘ presentₘ·tokens'ₘ )
 *
 * Source: scaled dot-product attention, Vaswani et al. 2017, section 3.2.1 (arXiv:1706.03762); across modalities as in Tsai et al. 2019, section 3.1 (arXiv:1906.00295).
 * At the start Wₒ is 0, so that it begins as the decision level and learns from there.
 */
export function structureLevelFusion(
  parameters: Parameters,
  path: string,
  {modalities, embeddingDim}: FusionOptions,
): Fusion {
  const count = modalities.length;
  const place = parameters.normal(`${path}/place`, [1, count, embeddingDim], 0.1);
  const [query, key, value] = ['query', 'key', 'value'].map(role =>
    dense(parameters, `${path}/${role}`, embeddingDim, embeddingDim),
  );
  const output = dense(parameters, `${path}/output`, embeddingDim, embeddingDim, {std: 0});
  return {
    apply({codes, present}) {
      return tf.tidy(() => {
        const mask = tf.stack(
          modalities.map(name => present[name]!),
          1,
        ); // [N, K]
        const n = mask.shape[0]!;
        const z = tf
          .stack(
            modalities.map(name => codes[name]!),
            1,
          )
          .mul(mask.expandDims(2)); // [N, K, D]
        const tokens = z.add(place).reshape([n * count, embeddingDim]);
        const project = (by: (x: tf.Tensor) => tf.Tensor) =>
          by(tokens).reshape([n, count, embeddingDim]) as tf.Tensor3D;
        const scores = tf.matMul(project(query!), project(key!), false, true).div(Math.sqrt(embeddingDim));
        const attention = tf.softmax(scores.add(mask.sub(1).mul(1e9).expandDims(1)), -1) as tf.Tensor3D;
        const seen = tf.matMul(attention, project(value!)).reshape([n * count, embeddingDim]);
        const joined = z.add(output(seen).reshape([n, count, embeddingDim])).mul(mask.expandDims(2));
        return unitLength(joined.sum(1) as tf.Tensor2D);
      });
    },
  };
}
