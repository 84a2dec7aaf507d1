/** Gradient descent, with or without momentum, as an update of one variable. */
import {tf} from '../../core/tensorflow';
import {applyResourceOp} from '../resource-variable';
import type {Formula} from './formula';
import type {UpdateRule} from './rule';

/** w ← w - α·g; no slots. */
export function descentRule(): UpdateRule {
  return {
    formula: descentFormula,
    scalars: (_step, rate) => ({rate}),
    tensors: (_step, rate) => ({rates: {rate}, constants: {}}),
    apply(target, _slots, g, {rate}) {
      applyResourceOp('ResourceApplyGradientDescent', flags, [target, rate!, g], [target.variable]);
    },
  };
}

/** u ← μu + g,  w ← w - α·u; with Nesterov's look ahead w ← w - α·(g + μu). */
export function momentumRule(momentum: number, nesterov: boolean): UpdateRule {
  return {
    formula: nesterov ? nesterovFormula : momentumFormula,
    scalars: (_step, rate) => ({rate, momentum}),
    tensors: (_step, rate) => ({rates: {rate}, constants: {momentum: tf.scalar(momentum)}}),
    apply(target, slots, g, {rate, momentum: keep}) {
      const attributes = {...flags, use_nesterov: nesterov};
      applyResourceOp('ResourceApplyMomentum', attributes, [target, ...slots, rate!, g, keep!], [target.variable]);
    },
  };
}

const flags = {T: {type: 'float32'}, use_locking: false} as const;

const descentFormula: Formula = {
  arrays: ['w', 'g'],
  scalars: ['rate'],
  lines: [['w', ['sub', 'w', ['mul', 'g', 'rate']]]],
};

const withMomentum = {arrays: ['w', 'g', 'u'], scalars: ['rate', 'momentum']} as const;
const gather = ['u', ['add', ['mul', 'u', 'momentum'], 'g']] as const;
const momentumFormula: Formula = {...withMomentum, lines: [gather, ['w', ['sub', 'w', ['mul', 'u', 'rate']]]]};
const ahead = ['add', 'g', ['mul', 'u', 'momentum']] as const;
const nesterovFormula: Formula = {...withMomentum, lines: [gather, ['w', ['sub', 'w', ['mul', ahead, 'rate']]]]};
