/** Decision level: each modality decides alone; the decisions are multiplied. */
import {tf} from '../core/tensorflow';
import {unitLength} from '../networks/layers/unit-length';
import type {Fusion} from './fusion-type';

/**
 * Product of experts on the sphere. Each present modality m is an expert with density ∝ exp(κ·zₘ·c) (von Mises–Fisher);
 * their product is ∝ exp(κ·(Σ zₘ)·c), whose most likely code is
 *
 *   c = Σₘ presentₘ·zₘ / ‖Σₘ presentₘ·zₘ‖
 *
 * Source: products of experts, Hinton 2002, section 1 (DOI 10.1162/089976602760128018), with von Mises–Fisher experts of equal κ. No parameters.
 * [1, 0] and [0, 1] become [.7071, .7071]; one modality alone is returned as it is.
 */
export function decisionLevelFusion(): Fusion {
  return {
    apply({codes, present}) {
      return tf.tidy(() => {
        const votes = Object.entries(codes).map(
          ([name, code]) => code.mul(present[name]!.reshape([-1, 1])) as tf.Tensor2D,
        );
        return unitLength(tf.addN(votes));
      });
    },
  };
}
