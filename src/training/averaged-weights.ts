/** The moving average of a player's weights while it trains, and the player with that average in the end. */
import {mapRecord} from '../core/records';
import {type NamedVariables, tf} from '../core/tensorflow';
import {ExponentialMovingAverage} from './ema';

/** Keeps the average in copies of its own, so that training goes on with the weights as they are. */
export class AveragedWeights {
  private readonly copies: NamedVariables;
  private readonly average: ExponentialMovingAverage;

  /** @param decay 0 to 1; warmed up, see `ExponentialMovingAverage`. */
  constructor(
    private readonly live: NamedVariables,
    decay: number,
  ) {
    this.copies = mapRecord(live, variable => tf.tidy(() => tf.variable(variable.clone(), false)));
    this.average = new ExponentialMovingAverage(live, this.copies, decay);
  }

  /** After a step; may be recorded with it. */
  update(): void {
    this.average.update();
  }

  /** The weights become their average. */
  adopt(): void {
    for (const [name, variable] of Object.entries(this.live))
      variable.assign(this.copies[name] as unknown as tf.Tensor);
  }

  dispose(): void {
    this.average.dispose();
    for (const copy of Object.values(this.copies)) copy.dispose();
  }
}
