/** RMSProp: each weight's step is divided by how large its gradients have been lately. */
import {rmsPropRule} from '../../backend/fused/rms-prop';
import type {NamedVariables} from '../../core/tensorflow';
import {assertNotNegative, assertShare, FusedOptimizer, type SharedOptions} from './fused-optimizer';

export interface RmsPropOptions extends SharedOptions {
  /** ρ: how much of v is kept at each step; 0.9 unless told. */
  readonly rho?: number;
  /** μ: how much of the last step is added to this one; 0 unless told. */
  readonly momentum?: number;
  /** Inside the root; 1e-7 unless told. */
  readonly epsilon?: number;
  /** Divide by the gradients' deviation from their own mean instead of from 0. */
  readonly centered?: boolean;
}

/**
 *   v ← ρv + (1-ρ)g²,  a ← ρa + (1-ρ)g,  u ← μu + α·g / √(v - a² + ε),  w ← w - u;  a = 0 unless centered
 *
 * Source: Graves 2013, equations 38–41 (arXiv:1308.0850); uncentered: Tieleman & Hinton 2012, lecture 6.5. ε is inside the
 * root, as there and in TensorFlow; PyTorch's stands outside. The first step moves a weight by about α/√(1-ρ).
 */
export class RmsProp extends FusedOptimizer {
  /** @throws UserError for a ρ or μ outside [0, 1), or an ε that is negative or no number. */
  constructor(variables: NamedVariables, options: RmsPropOptions = {}) {
    const {rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false} = options;
    assertShare('rho', rho);
    assertShare('momentum', momentum);
    assertNotNegative('epsilon', epsilon);
    const rule = rmsPropRule({rho, momentum, epsilon, centered});
    super('rmsProp', variables, () => rule, options);
  }
}
