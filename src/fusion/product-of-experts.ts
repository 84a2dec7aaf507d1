/** Decision level: each modality decides alone; the decisions are multiplied. */
import type {FusionMethodDefinition} from './fusion-type';
import {sumOfShown} from './sum-of-shown';

/**
 * Product of experts on the sphere. Each present modality m is an expert with density ∝ exp(κ·zₘ·c) (von Mises–Fisher);
 * their product is ∝ exp(κ·(Σ zₘ)·c), whose most likely code is
 *
 *   c = Σₘ pₘ·zₘ / ‖Σₘ pₘ·zₘ‖
 *
 * Source: products of experts, Hinton 2002, section 1 (DOI 10.1162/089976602760128018), with von Mises–Fisher experts of equal κ. No parameters.
 * [1, 0] and [0, 1] become [.7071, .7071]; one modality alone is returned as it is.
 */
export const productOfExperts: FusionMethodDefinition = {
  level: 'decisionLevel',
  formula: 'c = unit(Σₘ pₘ·zₘ), the mode of Πₘ exp(κ·zₘ·c)',
  source: 'Hinton 2002, section 1 (DOI 10.1162/089976602760128018)',
  cost: {
    parameters: '0',
    multiplyAdds: '0',
    numParameters: () => 0,
    numMultiplyAdds: () => 0,
  },
  build: () => sumOfShown,
};
