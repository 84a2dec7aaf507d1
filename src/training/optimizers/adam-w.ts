/** Adam with decoupled weight decay. */
import {adamRule} from '../../backend/fused/adam';
import type {NamedVariables} from '../../core/tensorflow';
import {type AdamOptions, adamNumbers} from './adam';
import {assertNotNegative, FusedOptimizer} from './fused-optimizer';

export interface AdamWOptions extends AdamOptions {
  /** λ: with rate α a weight loses the share α·λ of itself at each step. 0.01 unless told. */
  readonly weightDecay?: number;
  /** Which variables decay, by name; all unless told. Biases and gains are usually left out. */
  readonly decays?: (name: string) => boolean;
}

/**
 *   w ← w - α·λ·w, then Adam's update
 *
 * Source: Loshchilov & Hutter 2019, algorithm 2 (arXiv:1711.05101), with α·λ for their η·λ, as in PyTorch.
 * A weight without gradient of 1 is 0.9 after a step with α = 1 and λ = 0.1.
 */
export class AdamW extends FusedOptimizer {
  /** @throws UserError as Adam's, and for a weightDecay that is negative or no number. */
  constructor(variables: NamedVariables, options: AdamWOptions) {
    const {weightDecay = 0.01, decays = () => true} = options;
    assertNotNegative('weightDecay', weightDecay);
    const numbers = {...adamNumbers(options), decay: weightDecay};
    const [decaying, plain] = [adamRule(numbers, true), adamRule(numbers, false)];
    super('adamW', variables, name => (decays(name) ? decaying : plain), options);
  }
}
