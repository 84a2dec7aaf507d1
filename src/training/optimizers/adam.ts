/** Adam with an integer step and moments that can be read and restored, so that a run can be resumed exactly. */
import {type AdamScalars, type AdamSlot, adamScalars, createAdamSlot} from '../../backend/adam-slot';
import {UserError} from '../../core/checks';
import {type NamedVariables, tf} from '../../core/tensorflow';

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  /** Added to √v. */
  readonly epsilon?: number;
  /** A variable's own share of the learning rate, by name; 1 unless told. */
  readonly rateScale?: (name: string) => number;
}

/** What a resumed run needs: the number of updates, and m and v of each variable. */
export interface AdamState {
  readonly step: number;
  readonly moments: Readonly<Record<string, {readonly m: Float32Array; readonly v: Float32Array}>>;
}

/**
 *   m ← β₁m + (1-β₁)g,  v ← β₂v + (1-β₂)g²,  w ← w - α·√(1-β₂ᵗ)/(1-β₁ᵗ) · m / (√v + ε)
 *
 * Source: Kingma & Ba 2015, section 2, the more efficient order of computation (arXiv:1412.6980); ε is theirs with a hat.
 * The first step moves every weight by about α against its gradient's sign.
 */
export class Adam {
  private readonly slots: Record<string, AdamSlot> = {};
  private updates = 0;

  constructor(
    private readonly variables: NamedVariables,
    private readonly options: AdamOptions,
  ) {
    for (const [name, variable] of Object.entries(variables)) this.slots[name] = createAdamSlot(variable);
  }

  /** Moves every variable once. @param gradients by name, all of them; @param learningRate α. @throws UserError when one is missing. */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, learningRate: number): void {
    const missing = Object.keys(this.variables).find(name => !gradients[name]);
    if (missing) throw new UserError(`Expected a gradient for every variable, got none for ${missing}.`);
    this.updates++;
    tf.tidy(() => {
      const {beta1, beta2, epsilon = 1e-8, rateScale = () => 1} = this.options;
      const scalars = new Map<number, AdamScalars>();
      for (const [name, slot] of Object.entries(this.slots)) {
        const rate = learningRate * rateScale(name);
        if (!scalars.has(rate))
          scalars.set(rate, adamScalars(this.updates, {learningRate: rate, beta1, beta2, epsilon}));
        slot.update(gradients[name]!, scalars.get(rate)!);
      }
    });
  }

  state(): AdamState {
    const moments = Object.entries(this.slots).map(([name, slot]) => {
      const {m, v} = slot.moments();
      const values = {m: m.dataSync().slice() as Float32Array, v: v.dataSync().slice() as Float32Array};
      tf.dispose([m, v]);
      return [name, values] as const;
    });
    return {step: this.updates, moments: Object.fromEntries(moments)};
  }

  restore(state: AdamState): void {
    this.updates = state.step;
    tf.tidy(() => {
      for (const [name, slot] of Object.entries(this.slots)) {
        const {m, v} = state.moments[name] ?? {};
        if (!m || !v) throw new UserError(`Expected the moments of ${name} in the optimizer's state, got none.`);
        const shape = this.variables[name]!.shape;
        slot.restore(tf.tensor(m, shape), tf.tensor(v, shape));
      }
    });
  }

  dispose(): void {
    for (const slot of Object.values(this.slots)) slot.dispose();
  }
}
