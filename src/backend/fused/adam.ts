/** Adam and AdamW as an update of one variable. */
import {tf} from '../../core/tensorflow';
import {applyResourceOp} from '../resource-variable';
import type {UpdateRule} from './rule';

export interface AdamNumbers {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** λ of decoupled decay; 0 for Adam. */
  readonly decay: number;
}

const flags = {T: {type: 'float32'}, use_locking: false, use_nesterov: false} as const;
const descentFlags = {T: {type: 'float32'}, use_locking: false} as const;

/**
 *   w ← w - α·λ·w,  m ← m + (1-β₁)(g - m),  v ← v + (1-β₂)(g² - v),  w ← w - α·m̂ / (√v̂ + ε)
 *
 * With m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ) that is w - α·(√c₂/c₁)·m/(√v + ε·√c₂), c = 1-βᵗ: the form of TensorFlow's op, whose
 * own correction is switched off (powers of β of 0), because 1-βᵗ from a float32 power loses 1e-5 at t = 2.
 * β₁ and β₂ are rounded to float32 before anything is derived from them, as 1-β in the op is: then v̂ of one step is g².
 *
 * @param decayed whether λ applies to this variable; otherwise it costs no op.
 */
export function adamRule({beta1, beta2, epsilon, decay}: AdamNumbers, decayed: boolean): UpdateRule {
  const [b1, b2] = [Math.fround(beta1), Math.fround(beta2)];
  // ln 0 · t is -∞ for every t, and expm1 of it -1: β = 0 remembers nothing.
  const logarithms = [Math.log(b1), Math.log(b2)] as const;
  const shrinks = decayed && decay > 0;
  return {
    formula: shrinks ? decayedFormula : formula,
    scalars(step, learningRate) {
      const [c1, c2] = logarithms.map(logarithm => -Math.expm1(step * logarithm)) as [number, number];
      const rate = (learningRate * Math.sqrt(c2)) / c1;
      return {
        rate,
        epsilon: epsilon * Math.sqrt(c2),
        rise1: 1 - b1,
        rise2: 1 - b2,
        keep: 1 - learningRate * decay,
      };
    },
    tensors(step, learningRate) {
      const powers = step.cast('float32').mul(tf.tensor1d(logarithms.slice()));
      const [c1, c2] = tf.unstack(tf.neg(tf.expm1(powers))) as [tf.Tensor, tf.Tensor];
      const root = tf.sqrt(c2);
      return {
        rates: {rate: learningRate.mul(root.div(c1)), ...(decay > 0 ? {shrink: learningRate.mul(decay)} : {})},
        constants: {
          epsilon: root.mul(epsilon),
          beta1: tf.scalar(b1),
          beta2: tf.scalar(b2),
          zero: tf.scalar(0),
        },
      };
    },
    apply(target, slots, g, {rate, epsilon: corrected, beta1: b1, beta2: b2, zero, shrink}) {
      if (shrinks) {
        const w = target.variable as unknown as tf.Tensor;
        applyResourceOp('ResourceApplyGradientDescent', descentFlags, [target, shrink!, w], []);
      }
      const inputs = [target, ...slots, zero!, zero!, rate!, b1!, b2!, corrected!, g];
      applyResourceOp('ResourceApplyAdam', flags, inputs, [target.variable]);
    },
  };
}

const adamLines = [
  ['m', ['add', 'm', ['mul', ['sub', 'g', 'm'], 'rise1']]],
  ['v', ['add', 'v', ['mul', ['sub', ['mul', 'g', 'g'], 'v'], 'rise2']]],
  ['w', ['sub', 'w', ['div', ['mul', 'm', 'rate'], ['add', ['sqrt', 'v'], 'epsilon']]]],
] as const;
const arrays = ['w', 'g', 'm', 'v'] as const;
const scalars = ['rate', 'epsilon', 'rise1', 'rise2'] as const;
const formula = {arrays, scalars, lines: adamLines};
const decayedFormula = {
  arrays,
  scalars: [...scalars, 'keep'],
  lines: [['w', ['mul', 'w', 'keep']], ...adamLines],
} as const;
