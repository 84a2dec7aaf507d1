/** Adam with an integer step and moments that can be read and restored, so that a run can be resumed exactly. */
import {adamRule} from '../../backend/fused/adam';
import type {NamedVariables} from '../../core/tensorflow';
import {assertNotNegative, assertShare, FusedOptimizer, type SharedOptions} from './fused-optimizer';

export interface AdamOptions extends SharedOptions {
  /** How much of m is kept at each step; 0 to below 1. */
  readonly beta1: number;
  /** How much of v is kept at each step; 0 to below 1. */
  readonly beta2: number;
  /** Added to √v̂; 1e-8 unless told, as in the paper. */
  readonly epsilon?: number;
}

/**
 *   m ← β₁m + (1-β₁)g,  v ← β₂v + (1-β₂)g²,  w ← w - α · m̂ / (√v̂ + ε),  m̂ = m/(1-β₁ᵗ),  v̂ = v/(1-β₂ᵗ)
 *
 * Source: Kingma & Ba 2015, algorithm 1 (arXiv:1412.6980). ε stands beside the corrected √v̂, as there and in PyTorch;
 * TensorFlow and Keras put an ε̂ beside √v instead, which is ε·√(1-β₂ᵗ).
 * The first step moves every weight by about α against its gradient's sign.
 */
export class Adam extends FusedOptimizer {
  /** @throws UserError for a β outside [0, 1), or an ε that is negative or no number. */
  constructor(variables: NamedVariables, options: AdamOptions) {
    const rule = adamRule({...adamNumbers(options), decay: 0}, false);
    super('adam', variables, () => rule, options);
  }
}

export function adamNumbers({beta1, beta2, epsilon = 1e-8}: AdamOptions): {
  beta1: number;
  beta2: number;
  epsilon: number;
} {
  assertShare('beta1', beta1);
  assertShare('beta2', beta2);
  assertNotNegative('epsilon', epsilon);
  return {beta1, beta2, epsilon};
}
