/** Cycle consistency: from one modality to another and back, an example shall be what it was. */
import {assertShape, expected} from '../core/checks';
import {tf} from '../core/tensorflow';
import {maskedMean} from './masked-mean';

/**
 * Cycle loss of one modality.
 *
 *   L = E[|F(G(x)) - x|],  mean over the batch and the values of a row
 *
 * Source: Zhu et al. 2017, section 3.2, equation 2 (arXiv:1703.10593). Differs from the norm there by the number of values, as
 * the authors' code does.
 *
 * @param original x, shape [N, …]; @param cycled F(G(x)), the same shape; @param present 1 observed, 0 filler, shape [N].
 * @returns Scalar, non-negative; 1.5 for differences 1 and -2.
 * @throws UserError where shapes do not fit.
 */
export function cycleLoss(original: tf.Tensor, cycled: tf.Tensor, present?: tf.Tensor): tf.Scalar {
  assertShape('cycled', cycled.shape, original.shape);
  return tf.tidy(() => maskedMean(cycled.sub(original).abs(), present));
}

/**
 * The mean of `cycleLoss` over modalities that were each sent through the others and back.
 *
 * @param parts originals by modality, [N, …] each; @param cycled what came back; @param present masks by modality, [N].
 * @returns Scalar, non-negative; 1 where one of two modalities comes back off by 2 everywhere.
 * @throws UserError where a modality is missing or its shapes differ; it names the modality.
 */
export function crossModalCycleLoss(
  parts: Readonly<Record<string, tf.Tensor>>,
  cycled: Readonly<Record<string, tf.Tensor>>,
  present: Readonly<Record<string, tf.Tensor>> = {},
): tf.Scalar {
  const names = Object.keys(cycled);
  if (names.length === 0) throw expected('the number of modalities', 'at least 1', 0);
  return tf.tidy(() => {
    const losses = names.map(modality => {
      const original = parts[modality];
      if (!original) throw expected('cycled', `modalities among ${Object.keys(parts).join(', ')}`, modality);
      assertShape(`cycled ${modality}`, cycled[modality]!.shape, original.shape);
      return cycleLoss(original, cycled[modality]!, present[modality]);
    });
    return tf.addN(losses).div(losses.length) as tf.Scalar;
  });
}
