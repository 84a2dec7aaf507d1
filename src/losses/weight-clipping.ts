import {expected} from '../core/checks';
import {type NamedVariables, tf} from '../core/tensorflow';

/**
 * Weight clipping, the first way to bound a critic's slope: after each of its steps every weight goes back into [-limit, limit].
 *
 *   w ← min(max(w, -c), c)
 *
 * A weight that is not finite becomes NaN on every backend, so that a training that diverged is seen.
 *
 * Source: Arjovsky et al. 2017, section 3, algorithm 1 (arXiv:1701.07875), where c = 0.01.
 *
 * @param variables changed in place; @param limit c > 0. (0.005, -0.3) becomes (0.005, -0.01).
 * @throws UserError where `limit` is not above 0.
 */
export function clipWeights(variables: NamedVariables, limit: number): void {
  if (!(limit > 0 && Number.isFinite(limit))) throw expected('limit', 'a number above 0', limit);
  tf.tidy(() => {
    for (const variable of Object.values(variables)) {
      // Clipping alone turns NaN into 0 on WebAssembly; 0 · NaN keeps it.
      variable.assign(tf.clipByValue(variable, -limit, limit).add(variable.mul(0)));
    }
  });
}
