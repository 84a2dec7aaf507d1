/** Gradient descent, with momentum if wanted. */
import {descentRule, momentumRule} from '../../backend/fused/momentum';
import {expected} from '../../core/checks';
import type {NamedVariables} from '../../core/tensorflow';
import {assertShare, FusedOptimizer, type SharedOptions} from './fused-optimizer';

export interface SgdOptions extends SharedOptions {
  /** μ: how much of the last steps' sum is kept; 0, which needs no memory, unless told. */
  readonly momentum?: number;
  /** Look ahead by one step of momentum; needs momentum. */
  readonly nesterov?: boolean;
}

/**
 *   u ← μu + g,  w ← w - α·u;  with Nesterov  w ← w - α·(g + μu)
 *
 * Source: Sutskever et al. 2013, equations 1–4 (PMLR 28), in the form of PyTorch's SGD with dampening 0, where the rate is
 * outside of u. With μ = 0 the first step moves a weight by α·g exactly.
 */
export class Sgd extends FusedOptimizer {
  /** @throws UserError for a μ outside [0, 1), or nesterov without momentum. */
  constructor(variables: NamedVariables, options: SgdOptions = {}) {
    const {momentum = 0, nesterov = false} = options;
    assertShare('momentum', momentum);
    if (nesterov && momentum === 0) throw expected('momentum', 'above 0 for nesterov', momentum);
    const rule = momentum === 0 ? descentRule() : momentumRule(momentum, nesterov);
    super('sgd', variables, () => rule, options);
  }
}
