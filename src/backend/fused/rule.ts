/** What an optimizer does to one variable, in the fastest form that the engine has. */
import {expected} from '../../core/checks';
import {mapRecord} from '../../core/records';
import {type NamedVariables, tf} from '../../core/tensorflow';
import {type LinkedResource, ResourceVariable, resourceOf} from '../resource-variable';
import {type Formula, slotsOf} from './formula';
import {runOps} from './formula-ops';
import {offersFusedUpdate, runFusedUpdate} from './kernel';

/** Scalars of one step on native, computed by ops from the step and the rate, so that a recorded step stays right. */
export interface StepTensors {
  /** These are proportional to the learning rate. */
  readonly rates: Readonly<Record<string, tf.Tensor>>;
  readonly constants: Readonly<Record<string, tf.Tensor>>;
}

/** One update rule, on native as TensorFlow's own op and elsewhere as a formula. */
export interface UpdateRule {
  readonly formula: Formula;
  /** The formula's scalars for update number `step` (1 first), in float64. */
  scalars(step: number, learningRate: number): Readonly<Record<string, number>>;
  /** @param step int32, @param learningRate float32, both without axes. */
  tensors(step: tf.Tensor, learningRate: tf.Tensor): StepTensors;
  /** Runs TensorFlow's op. @param slots in the formula's order. */
  apply(
    target: LinkedResource,
    slots: readonly ResourceVariable[],
    g: tf.Tensor,
    tensors: Readonly<Record<string, tf.Tensor>>,
  ): void;
}

/** One variable, its slots and its rule. */
export interface FusedVariable {
  /** Moves the variable once. `step` runs from 1; `g` has the variable's shape. */
  update(g: tf.Tensor, step: FusedStep): void;
  /** A copy of a slot's values. */
  read(slot: string): Float32Array;
  write(slot: string, values: Float32Array): void;
  dispose(): void;
}

/** One update of several variables: what they share is computed once. Inside one tf.tidy. */
export class FusedStep {
  private tensors?: StepTensors;
  private readonly byScale = new Map<string, Readonly<Record<string, tf.Tensor>>>();
  private numbers?: readonly [step: number, learningRate: number];

  constructor(
    private readonly step: tf.Tensor,
    private readonly learningRate: tf.Tensor,
  ) {}

  /** For native: the rule's tensors, rates multiplied by `scale`. All variables of a step have the same `rule`, or one with the same scalars. */
  tensorsFor(rule: UpdateRule, scale: number): Readonly<Record<string, tf.Tensor>> {
    this.tensors ??= rule.tensors(this.step, this.learningRate);
    const key = String(scale);
    let tensors = this.byScale.get(key);
    if (!tensors) {
      const {rates, constants} = this.tensors;
      const scaled =
        scale === 1 ? rates : Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, rate.mul(scale)]));
      tensors = {...scaled, ...constants};
      this.byScale.set(key, tensors);
    }
    return tensors;
  }

  /** For the other engines, which run no recorded steps: the numbers themselves. */
  scalarsFor(rule: UpdateRule, scale: number): Readonly<Record<string, number>> {
    this.numbers ??= [this.step.dataSync()[0]!, this.learningRate.dataSync()[0]!];
    return rule.scalars(this.numbers[0], this.numbers[1] * scale);
  }
}

/**
 * Every variable with its rule, and memory for its slots.
 *
 * @param rateScale a variable's own share of the learning rate. @throws UserError for a variable that is not float32.
 */
export function fuse(
  variables: NamedVariables,
  ruleOf: (name: string) => UpdateRule,
  rateScale: (name: string) => number = () => 1,
): Record<string, FusedVariable> {
  // Before any memory is taken.
  for (const [name, {dtype}] of Object.entries(variables)) {
    if (dtype !== 'float32') throw expected(`the type of ${name}`, 'float32', dtype);
  }
  const Form = tf.getBackend() === 'tensorflow' ? NativeVariable : FormulaVariable;
  return mapRecord(variables, (variable, name) => new Form(variable, ruleOf(name), rateScale(name)));
}

class NativeVariable implements FusedVariable {
  private readonly target: LinkedResource;
  private readonly slots: Readonly<Record<string, ResourceVariable>>;

  constructor(
    variable: tf.Variable,
    private readonly rule: UpdateRule,
    private readonly rateScale: number,
  ) {
    this.target = resourceOf(variable).retain();
    const zeros = tf.zeros(variable.shape);
    const names = slotsOf(rule.formula);
    this.slots = Object.fromEntries(
      names.map(slot => [slot, new ResourceVariable(zeros, `${variable.name}/${slot}`)] as const),
    );
    zeros.dispose();
  }

  update(g: tf.Tensor, step: FusedStep): void {
    this.rule.apply(this.target, Object.values(this.slots), g, step.tensorsFor(this.rule, this.rateScale));
  }

  read(slot: string): Float32Array {
    const value = this.slots[slot]!.read();
    const values = value.dataSync().slice() as Float32Array;
    value.dispose();
    return values;
  }

  write(slot: string, values: Float32Array): void {
    const value = tf.tensor(values.slice(), this.target.shape);
    this.slots[slot]!.write(value);
    value.dispose();
  }

  dispose(): void {
    for (const slot of Object.values(this.slots)) slot.dispose();
    this.target.release();
  }
}

class FormulaVariable implements FusedVariable {
  private readonly slots: Readonly<Record<string, tf.Variable>>;
  private readonly inOnePass = offersFusedUpdate();

  constructor(
    private readonly variable: tf.Variable,
    private readonly rule: UpdateRule,
    private readonly rateScale: number,
  ) {
    this.slots = tf.tidy(() =>
      Object.fromEntries(
        slotsOf(rule.formula).map(slot => [slot, tf.variable(tf.zeros(variable.shape), false)] as const),
      ),
    );
  }

  update(g: tf.Tensor, step: FusedStep): void {
    const {variable, slots} = this;
    const {formula} = this.rule;
    tf.tidy(() => {
      const scalars = step.scalarsFor(this.rule, this.rateScale);
      const arrays = {w: variable as unknown as tf.Tensor, g, ...(slots as Record<string, unknown>)} as Record<
        string,
        tf.Tensor
      >;
      if (this.inOnePass) {
        for (const slot of Object.values(slots)) ownMemory(slot);
        variable.assign(runFusedUpdate(formula, arrays, scalars));
        return;
      }
      const {w, ...changed} = runOps(formula, arrays, scalars);
      variable.assign(w!);
      for (const [name, value] of Object.entries(changed)) slots[name]!.assign(value);
    });
  }

  read(slot: string): Float32Array {
    return this.slots[slot]!.dataSync().slice() as Float32Array;
  }

  write(slot: string, values: Float32Array): void {
    // A copy: the cpu backend would keep the array itself, and updates write in place.
    const value = tf.tensor(values.slice(), this.variable.shape);
    this.slots[slot]!.assign(value);
    value.dispose();
  }

  dispose(): void {
    tf.dispose(Object.values(this.slots));
  }
}

/** Somebody's clone of a slot shares its memory and must not be written. */
function ownMemory(slot: tf.Variable): void {
  if (tf.backend().refCount(slot.dataId) > 1) slot.assign(tf.tensor(slot.dataSync().slice(), slot.shape));
}
