/** Feature level: the embeddings are laid side by side and mixed by a small network that is told which are there. */
import {tf} from '../core/tensorflow';
import {leakyRelu} from '../networks/layers/activations';
import {dense} from '../networks/layers/dense';
import {unitLength} from '../networks/layers/unit-length';
import type {Parameters} from '../networks/parameters';
import type {Fusion, FusionOptions} from './fusion-type';

/**
 * Gated concatenation: x = [present₁·z₁, …, present_K·z_K, present₁, …, present_K];
 *
 *   c = unit( Σₘ gateₘ(x)·presentₘ·zₘ + W₂·leaky(W₁·x) ),  gateₘ = σ(gₘ(x))·2
 *
 * Source: gated multimodal units, Arevalo et al. 2017, section 3.1 (arXiv:1702.01992), with masks.
 * At the start every gate is 1 and W₂ is 0, so that it begins as the decision level and learns from there.
 */
export function featureLevelFusion(
  parameters: Parameters,
  path: string,
  {modalities, embeddingDim}: FusionOptions,
): Fusion {
  const inputs = modalities.length * (embeddingDim + 1);
  const hidden = dense(parameters, `${path}/hidden`, inputs, 2 * embeddingDim);
  const gates = dense(parameters, `${path}/gates`, inputs, modalities.length, {std: 0});
  const mix = dense(parameters, `${path}/mix`, 2 * embeddingDim, embeddingDim, {std: 0});
  return {
    apply({codes, present}) {
      return tf.tidy(() => {
        const masks = modalities.map(name => present[name]!.reshape([-1, 1]) as tf.Tensor2D);
        const shown = modalities.map((name, i) => codes[name]!.mul(masks[i]!) as tf.Tensor2D);
        const x = tf.concat([...shown, ...masks], 1);
        const gate = tf.split(tf.sigmoid(gates(x)).mul(2), modalities.length, 1);
        const sum = tf.addN(shown.map((code, i) => code.mul(gate[i]!) as tf.Tensor2D));
        return unitLength(sum.add(mix(leakyRelu(hidden(x)))) as tf.Tensor2D);
      });
    },
  };
}
