/** A picture and its caption as one vector of ten numbers. */
import {EigenvalueDecomposition, Matrix} from 'ml-matrix';
import {quantile} from '../../core/quantile';
import {TfIdf} from '../../features/bag-of-words';
import {pooledPicture} from '../measures';
import type {PictureTexts} from '../picture-texts';

/**
 * Feature-level fusion as the sketch has it: the picture as 7×7 mean brightnesses and the caption as TF-IDF, side by side,
 * reduced to the ten directions in which the examples differ most, and scaled so that all but the outermost hundredth on
 * either side lie in [0, 1], which a sigmoid can reach; those beyond are cut.
 *
 * Source of the reduction: principal components, Hotelling 1933 (DOI 10.1037/h0071325).
 *
 * @returns one row of `size` values in [0, 1] an example.
 */
export function fusedVectors(data: PictureTexts, size = 10): Float32Array[] {
  const words = new TfIdf(data.captions);
  const rows = data.pixels.map((pixels, i) => [
    ...pooledPicture(pixels, data.image),
    ...words.vector(data.captions[i]!),
  ]);
  const x = new Matrix(rows).center('column');
  const covariance = x.transpose().mmul(x).div(rows.length);
  const {eigenvectorMatrix: vectors} = new EigenvalueDecomposition(covariance, {assumeSymmetric: true});
  // Eigenvalues come in rising order.
  const directions = Array.from({length: size}, (_, i) => vectors.columns - 1 - i);
  const scores = x.mmul(vectors.subMatrixColumn(directions));
  const limits = directions.map((_, i) => {
    const sorted = scores.getColumn(i).sort((a, b) => a - b);
    return {low: quantile(sorted, 0.01), high: quantile(sorted, 0.99)};
  });
  return rows.map((_, n) =>
    Float32Array.from(limits, ({low, high}, i) => {
      const scaled = (scores.get(n, i) - low) / (high - low || 1);
      return Math.min(1, Math.max(0, scaled));
    }),
  );
}
