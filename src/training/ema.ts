/** A moving average of weights: what G has been lately, smoother than what it is. */
import {expected} from '../core/checks';
import {type NamedVariables, tf} from '../core/tensorflow';

/**
 *   w̄ ← d·w̄ + (1 - d)·w,  d = min(decay, (1 + t) / (10 + t))
 *
 * The rise of d lets the start be forgotten. Source: Yazıcı et al. 2019, section 3 (arXiv:1806.04498); warm-up as in
 * TensorFlow's ExponentialMovingAverage with num_updates. The first update replaces 9/11 of the start.
 */
export class ExponentialMovingAverage {
  updates = 0;

  constructor(
    private readonly live: NamedVariables,
    private readonly average: NamedVariables,
    private readonly decay: number,
  ) {
    for (const [name, variable] of Object.entries(live)) {
      if (!average[name]) throw expected(`the averaged copy of ${name}`, 'given', 'none');
      average[name].assign(variable as unknown as tf.Tensor);
    }
  }

  update(): void {
    this.updates++;
    const keep = Math.min(this.decay, (1 + this.updates) / (10 + this.updates));
    tf.tidy(() => {
      for (const [name, variable] of Object.entries(this.live)) {
        const average = this.average[name]!;
        average.assign(average.add(variable.sub(average).mul(1 - keep)));
      }
    });
  }
}
