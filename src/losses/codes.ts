/** Losses on the codes of the cross-modal encoder E: what G makes is read back. */
import {assertShape} from '../core/checks';
import {tf} from '../core/tensorflow';
import {maskedMean} from './masked-mean';
import {meanSquaredErrorLoss} from './mean-squared-error';

/**
 * Latent regression: the code that went into G is read back from what G made.
 *
 *   L_E = E ‖c - E(G(c, s))‖²
 *
 * Source: the latent regressor of Donahue et al. 2017, section 4.1 (arXiv:1605.09782), on content codes.
 *
 * @param content c, shape [N, D]; @param readBack E(G(c, s)), shape [N, D]; @param present 1 observed, 0 filler, shape [N].
 * @returns Scalar, non-negative; 2 for unit codes at right angles.
 * @throws UserError where shapes do not fit.
 */
export function latentRegressionLoss(content: tf.Tensor2D, readBack: tf.Tensor2D, present?: tf.Tensor): tf.Scalar {
  assertShape('readBack', readBack.shape, content.shape);
  return tf.tidy(() => maskedMean(content.sub(readBack).square().sum(1), present));
}

/**
 * Code matching: codes of real examples and codes of generated ones shall be equal, row by row. Its minimum is trivial, E = constant,
 * which is why latent regression takes its place; the preset `cross-modal-encoder` shows both.
 *
 *   L_E = E[(E(x) - E(G(z)))²],  mean over N and D
 *
 * Source: a loss of textbook sketches; with the mean over the batch inside the square it is feature matching, Salimans et al.
 * 2016, section 3.1 (arXiv:1606.03498).
 *
 * @param realCodes E(x), shape [N, D]; @param fakeCodes E(G(z)), shape [N, D]; @param present 1 observed, 0 filler, shape [N].
 * @returns Scalar, non-negative; 0 when E is constant.
 * @throws UserError where shapes do not fit.
 */
export function codeMatchingLoss(realCodes: tf.Tensor2D, fakeCodes: tf.Tensor2D, present?: tf.Tensor): tf.Scalar {
  assertShape('fakeCodes', fakeCodes.shape, realCodes.shape);
  return meanSquaredErrorLoss(fakeCodes, realCodes, present);
}
