/** A moving average of weights: what G has been lately, smoother than what it is. */
import {averageRule} from '../backend/fused/average';
import {FusedStep, type FusedVariable, fuse} from '../backend/fused/rule';
import {assertInRange, assertShape, expected} from '../core/checks';
import {type NamedVariables, tf} from '../core/tensorflow';

/**
 *   w̄ ← d·w̄ + (1 - d)·w,  d = min(decay, (1 + t) / (10 + t))
 *
 * The rise of d lets the start be forgotten. Source: Yazıcı et al. 2019, section 3 (arXiv:1806.04498); warm-up as in
 * TensorFlow's ExponentialMovingAverage with num_updates. The first update replaces 9/11 of the start.
 * t is counted by an op, so a recorded step that updates the average goes on counting.
 */
export class ExponentialMovingAverage {
  private readonly targets: Readonly<Record<string, FusedVariable>>;
  private readonly counter: tf.Variable;

  /**
   * @param average copies of `live` by the same names. @param decay 0 to 1.
   * @param start the copies start from the live values, or, in a run that goes on, as they are.
   */
  constructor(
    private readonly live: NamedVariables,
    average: NamedVariables,
    decay: number,
    {start = 'live'}: {readonly start?: 'live' | 'as it is'} = {},
  ) {
    assertInRange('decay', decay, 0, 1);
    for (const [name, {shape}] of Object.entries(live)) {
      if (!average[name]) throw expected(`the averaged copy of ${name}`, 'given', 'none');
      assertShape(`the averaged copy of ${name}`, average[name].shape, shape);
    }
    const copies = Object.fromEntries(Object.keys(live).map(name => [name, average[name]!]));
    if (start === 'live')
      for (const [name, copy] of Object.entries(copies)) copy.assign(live[name] as unknown as tf.Tensor);
    const rule = averageRule(decay);
    this.targets = fuse(copies, () => rule);
    this.counter = tf.tidy(() => tf.variable(tf.scalar(0, 'int32'), false));
  }

  /** t: updates so far. Reads the counter: not to be asked for inside a recorded step. */
  get updates(): number {
    return this.counter.dataSync()[0]!;
  }

  /** Goes on from where `updates` was this number; the averages themselves are the caller's variables. */
  restore(updates: number): void {
    if (!Number.isInteger(updates) || updates < 0) throw expected('updates', 'an integer of at least 0', updates);
    tf.tidy(() => this.counter.assign(tf.scalar(updates, 'int32')));
  }

  update(): void {
    tf.tidy(() => {
      this.counter.assign(tf.add(this.counter as unknown as tf.Scalar, tf.scalar(1, 'int32')));
      const step = new FusedStep(this.counter as unknown as tf.Scalar, tf.scalar(1));
      for (const [name, target] of Object.entries(this.targets)) {
        target.update(this.live[name] as unknown as tf.Tensor, step);
      }
    });
  }

  /** Frees what the average needed besides the variables, which stay. */
  dispose(): void {
    for (const target of Object.values(this.targets)) target.dispose();
    this.counter.dispose();
  }
}
