/** Distant parts of a picture or a spectrogram look at one another. */
import type {tf} from '../../core/tensorflow';
import type {Parameters} from '../parameters';
import {watched} from '../watch';
import {attend} from './attention';
import {dense} from './dense';
import type {NormMode} from './norm-mode';

/**
 *   y = x + γ · Wₒ·attention(W_q x, W_k x, W_v x)  over the H·W places of one example; γ starts at 0
 *
 * Source: Zhang et al. 2019, section 3, equations 1–3 (arXiv:1805.08318), queries and keys of C/8 and values of C/2 channels
 * as in their code. Differs from it: scores are divided by the root of their width.
 *
 * @returns a function of x [N, H, W, C] with its shape; x itself before training.
 */
export function selfAttention(parameters: Parameters, path: string, channels: number, {spectral = false} = {}) {
  const [narrow, half] = [Math.max(1, channels >> 3), Math.max(1, channels >> 1)];
  const options = {bias: false, spectral};
  const query = dense(parameters, `${path}/query`, channels, narrow, options);
  const key = dense(parameters, `${path}/key`, channels, narrow, options);
  const value = dense(parameters, `${path}/value`, channels, half, options);
  const output = dense(parameters, `${path}/output`, half, channels, options);
  const gamma = parameters.constant(`${path}/gamma`, [], 0);
  return watched(path, (x: tf.Tensor4D, mode: NormMode = 'stored'): tf.Tensor4D => {
    const [n, height, width] = x.shape;
    const places = x.reshape([n * height * width, channels]);
    const project = (by: typeof query, size: number) =>
      by(places, mode).reshape([n, height * width, size]) as tf.Tensor3D;
    const seen = attend(project(query, narrow), project(key, narrow), project(value, half));
    return x.add(
      output(seen.reshape([n * height * width, half]), mode)
        .reshape(x.shape)
        .mul(gamma),
    ) as tf.Tensor4D;
  });
}
