/** What the optimizers share: a counter that ops move, one fused update a variable, a state that can be saved. */
import {slotsOf} from '../../backend/fused/formula';
import {FusedStep, type FusedVariable, fuse, type UpdateRule} from '../../backend/fused/rule';
import {assertInRange, assertShape, expected, UserError} from '../../core/checks';
import {type NamedVariables, tf} from '../../core/tensorflow';
import type {Optimizer, OptimizerState} from './optimizer';

export interface SharedOptions {
  /** A variable's own share of the learning rate, by name; 1 unless told. */
  readonly rateScale?: (name: string) => number;
}

export class FusedOptimizer implements Optimizer {
  private readonly targets: Readonly<Record<string, FusedVariable>>;
  private readonly slots: readonly string[];
  private readonly counter: tf.Variable;

  /** @param ruleOf the rule of each variable; all of them have the same slots and take the same scalars. */
  constructor(
    private readonly kind: string,
    private readonly variables: NamedVariables,
    ruleOf: (name: string) => UpdateRule,
    {rateScale = () => 1}: SharedOptions,
  ) {
    const names = Object.keys(variables);
    if (names.length === 0) throw expected('variables', 'at least one', 'none at all');
    for (const name of names) assertInRange(`the rate's share of ${name}`, rateScale(name), 0, Number.MAX_VALUE);
    this.slots = slotsOf(ruleOf(names[0]!).formula);
    this.targets = fuse(variables, ruleOf, rateScale);
    this.counter = tf.tidy(() => tf.variable(tf.scalar(0, 'int32'), false));
  }

  get step(): number {
    return this.counter.dataSync()[0]!;
  }

  apply(gradients: Readonly<Record<string, tf.Tensor>>, learningRate: number | tf.Scalar): void {
    for (const [name, variable] of Object.entries(this.variables)) {
      const gradient = gradients[name];
      if (!gradient) throw new UserError(`Expected a gradient for every variable, got none for ${name}.`);
      assertShape(`the gradient of ${name}`, gradient.shape, variable.shape);
    }
    if (typeof learningRate === 'number') {
      if (!Number.isFinite(learningRate)) throw expected('learningRate', 'a finite number', learningRate);
    } else assertShape('learningRate', learningRate.shape, []);
    tf.tidy(() => {
      this.counter.assign(tf.add(this.counter as unknown as tf.Scalar, tf.scalar(1, 'int32')));
      const rate = typeof learningRate === 'number' ? tf.scalar(learningRate) : learningRate;
      const step = new FusedStep(this.counter as unknown as tf.Scalar, rate);
      for (const [name, target] of Object.entries(this.targets)) target.update(gradients[name]!, step);
    });
  }

  state(): OptimizerState {
    const slots = Object.entries(this.targets).map(([name, target]) => {
      return [name, Object.fromEntries(this.slots.map(slot => [slot, target.read(slot)] as const))] as const;
    });
    return {kind: this.kind, step: this.step, slots: Object.fromEntries(slots)};
  }

  restore(state: OptimizerState): void {
    this.assertFits(state);
    tf.tidy(() => this.counter.assign(tf.scalar(state.step, 'int32')));
    for (const [name, target] of Object.entries(this.targets)) {
      for (const slot of this.slots) target.write(slot, state.slots[name]![slot]!);
    }
  }

  dispose(): void {
    for (const target of Object.values(this.targets)) target.dispose();
    this.counter.dispose();
  }

  /** Before anything is written, so that a wrong state changes nothing. */
  private assertFits({kind, step, slots}: OptimizerState): void {
    if (kind !== this.kind) throw expected('the state', `one of ${this.kind}`, `one of ${kind}`);
    if (!Number.isInteger(step) || step < 0 || step > maxStep) {
      throw expected("the state's step", `an integer from 0 to ${maxStep}`, step);
    }
    const foreign = Object.keys(slots).find(name => !this.variables[name]);
    if (foreign) throw new UserError(`Expected a state of the same variables, got one with ${foreign}.`);
    for (const [name, variable] of Object.entries(this.variables)) {
      for (const slot of this.slots) {
        const values = slots[name]?.[slot];
        if (!values) throw new UserError(`Expected ${slot} of ${name} in the optimizer's state, got none.`);
        if (values.length !== variable.size) {
          throw expected(`${slot} of ${name} in the state`, `${variable.size} numbers`, `${values.length} numbers`);
        }
      }
    }
  }
}

/** The counter is an int32. */
const maxStep = 2 ** 31 - 1;

/** A share such as β or ρ: 0 forgets at once, and below 1 in float32, or nothing would ever come in. */
export function assertShare(name: string, value: number): void {
  if (!(value >= 0 && Math.fround(value) < 1)) throw expected(name, 'at least 0 and below 1', value);
}

export function assertNotNegative(name: string, value: number): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw expected(name, 'a number of at least 0', value);
}
