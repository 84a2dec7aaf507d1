/** Feature matching: G reproduces the mean activations of a layer of D instead of fooling its output. */
import {assertShape, expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {anyObserved, maskedRowMean} from './masked-mean';
import type {ScoreOptions} from './scores';

/**
 *   L_G = 1/F · ‖E[f(x)] - E[f(G(z))]‖²,  F values a row
 *
 * Source: Salimans et al. 2016, section 3.1 (arXiv:1606.03498). Differs from the formula there by 1/F, as the authors' code
 * does, so that narrow and wide layers weigh alike.
 *
 * @param realFeatures f(x), shape [N, …]; @param fakeFeatures f(G(z)), the same shape up to N.
 * @param options masks of shape [N]; filler is in neither mean.
 * @returns Scalar, non-negative; (1² + 2²) / 2 = 2.5 for means (1, 0) and (0, 2). 0 where a mask leaves one side empty.
 * @throws UserError where shapes do not fit.
 */
export function featureMatchingLoss(
  realFeatures: tf.Tensor,
  fakeFeatures: tf.Tensor,
  {realPresent, fakePresent, modality}: ScoreOptions = {},
): tf.Scalar {
  const of = modality ? ` of ${modality}` : '';
  assertShape(`fakeFeatures${of}`, fakeFeatures.shape, [null, ...realFeatures.shape.slice(1)]);
  return tf.tidy(() => {
    const distance = maskedRowMean(realFeatures, realPresent).sub(maskedRowMean(fakeFeatures, fakePresent));
    const loss = distance.square().mean();
    if (!realPresent && !fakePresent) return loss as tf.Scalar;
    return loss.mul(anyObserved(realPresent)).mul(anyObserved(fakePresent)) as tf.Scalar;
  });
}

/** The activations of each modality's trunk, layer by layer. */
export type LayersByModality = Readonly<Record<string, readonly tf.Tensor[]>>;

/**
 * The mean of `featureMatchingLoss` over the layers of each modality, then over the modalities.
 *
 * @param present by modality, 1 where the real part was observed, shape [N].
 * @throws UserError where modalities, numbers of layers or shapes differ; it names the modality.
 */
export function multimodalFeatureMatchingLoss(
  real: LayersByModality,
  fake: LayersByModality,
  present: Readonly<Record<string, tf.Tensor>> = {},
): tf.Scalar {
  const names = Object.keys(real);
  if (names.length === 0) throw expected('the number of modalities', 'at least 1', 0);
  return tf.tidy(() => {
    const losses = names.map(modality => {
      const [layers, made] = [real[modality]!, fake[modality]];
      if (layers.length === 0 || made?.length !== layers.length)
        throw expected(
          `the layers of ${modality}`,
          `as many for fake as for real (${layers.length})`,
          made?.length ?? 0,
        );
      const options = {realPresent: present[modality], modality};
      return tf.addN(layers.map((layer, i) => featureMatchingLoss(layer, made[i]!, options))).div(layers.length);
    });
    return tf.addN(losses).div(losses.length) as tf.Scalar;
  });
}
