/** Runs a formula as ordinary ops of TensorFlow.js, for engines that have nothing better (webgpu). */
import {tf} from '../../core/tensorflow';
import type {Expression, Formula} from './formula';

/** @returns the new `w` and slots by name; the caller's tidy owns them. */
export function runOps(
  formula: Formula,
  arrays: Readonly<Record<string, tf.Tensor>>,
  scalars: Readonly<Record<string, number>>,
): Record<string, tf.Tensor> {
  const values = new Map(Object.entries(arrays));
  for (const name of formula.scalars) values.set(name, tf.scalar(scalars[name]!));
  const evaluate = (expression: Expression): tf.Tensor => {
    if (typeof expression === 'string') return values.get(expression)!;
    const a = evaluate(expression[1]);
    return expression[0] === 'sqrt' ? tf.sqrt(a) : tf[expression[0]](a, evaluate(expression[2]));
  };
  const changed: Record<string, tf.Tensor> = {};
  for (const [target, value] of formula.lines) {
    changed[target] = evaluate(value);
    values.set(target, changed[target]);
  }
  return changed;
}
