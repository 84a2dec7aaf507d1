/** A moving average of a variable as an update of its averaged copy. */
import {tf} from '../../core/tensorflow';
import {applyResourceOp} from '../resource-variable';
import type {Formula} from './formula';
import type {UpdateRule} from './rule';

/** w ← w - s·(w - g) where s = max(1 - d, 9/(10 + t)): a mean of what `g` has been, where t is the step; no slots. The learning rate plays no part. */
export function averageRule(decay: number): UpdateRule {
  return {
    formula: averageFormula,
    scalars: step => ({share: Math.max(1 - decay, 9 / (10 + step))}),
    tensors: step => ({
      rates: {},
      constants: {share: tf.maximum(tf.div(9, step.cast('float32').add(10)), 1 - decay)},
    }),
    apply(target, _slots, g, {share}) {
      const distance = tf.sub(target.variable as unknown as tf.Tensor, g);
      applyResourceOp('ResourceApplyGradientDescent', flags, [target, share!, distance], [target.variable]);
    },
  };
}

const flags = {T: {type: 'float32'}, use_locking: false} as const;

const averageFormula: Formula = {
  arrays: ['w', 'g'],
  scalars: ['share'],
  lines: [['w', ['sub', 'w', ['mul', ['sub', 'w', 'g'], 'share']]]],
};
