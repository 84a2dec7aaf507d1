/** RMSProp, plain or centered, as an update of one variable. */
import {tf} from '../../core/tensorflow';
import {applyResourceOp} from '../resource-variable';
import type {Formula} from './formula';
import type {UpdateRule} from './rule';

export interface RmsPropNumbers {
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
}

/**
 *   v ← v + (1-ρ)(g² - v),  a ← a + (1-ρ)(g - a),  u ← μu + α·g / √(v - a² + ε),  w ← w - u;  a = 0 unless centered
 *
 * TensorFlow's op takes 1-ρ of a ρ in float32, so 1e-5 off where ρ is .999; its v is then s times the textbook's, with
 * s = (1-ρ')/(1-ρ), which a rate of α·√s and an ε of s·ε undo.
 */
export function rmsPropRule({rho, momentum, epsilon, centered}: RmsPropNumbers): UpdateRule {
  const r = Math.fround(rho);
  const excess = (1 - r) / (1 - rho);
  const [rateFactor, e] = [Math.sqrt(excess), epsilon * excess];
  return {
    formula: centered ? centeredFormula : formula,
    scalars: (_step, learningRate) => ({rate: learningRate * rateFactor, rise: 1 - r, momentum, epsilon: e}),
    tensors: (_step, learningRate) => ({
      rates: {rate: learningRate.mul(rateFactor)},
      constants: {rho: tf.scalar(r), momentum: tf.scalar(momentum), epsilon: tf.scalar(e)},
    }),
    apply(target, slots, g, {rate, rho: share, momentum: keep, epsilon: floor}) {
      const op = centered ? 'ResourceApplyCenteredRMSProp' : 'ResourceApplyRMSProp';
      // The op's order: w, a where centered, v, u.
      applyResourceOp(op, flags, [target, ...slots, rate!, share!, keep!, floor!, g], [target.variable]);
    },
  };
}

const flags = {T: {type: 'float32'}, use_locking: false} as const;
const scalars = ['rate', 'rise', 'momentum', 'epsilon'];

const squares = ['v', ['add', 'v', ['mul', ['sub', ['mul', 'g', 'g'], 'v'], 'rise']]] as const;
const means = ['a', ['add', 'a', ['mul', ['sub', 'g', 'a'], 'rise']]] as const;
const move = ['w', ['sub', 'w', 'u']] as const;

const formula: Formula = {
  arrays: ['w', 'g', 'v', 'u'],
  scalars,
  lines: [
    squares,
    ['u', ['add', ['mul', 'u', 'momentum'], ['div', ['mul', 'g', 'rate'], ['sqrt', ['add', 'v', 'epsilon']]]]],
    move,
  ],
};

const variance = ['add', ['sub', 'v', ['mul', 'a', 'a']], 'epsilon'] as const;
const centeredFormula: Formula = {
  arrays: ['w', 'g', 'a', 'v', 'u'],
  scalars,
  lines: [
    squares,
    means,
    ['u', ['add', ['mul', 'u', 'momentum'], ['div', ['mul', 'g', 'rate'], ['sqrt', variance]]]],
    move,
  ],
};
