/** What every optimizer can do. */
import type {tf} from '../../core/tensorflow';

export interface Optimizer {
  /** Updates so far. Reads the counter: not to be asked for inside a recorded step. */
  readonly step: number;
  /**
   * Moves every variable once.
   *
   * @param gradients by the variables' names, all of them, each of its variable's shape.
   * @param learningRate α. Inside a step that is recorded and replayed, a tensor, so that it can change.
   * @throws UserError when a gradient is missing or has another shape; nothing has moved then.
   */
  apply(gradients: Readonly<Record<string, tf.Tensor>>, learningRate: number | tf.Scalar): void;
  /** All that a resumed run needs besides the variables, as copies. */
  state(): OptimizerState;
  /** Goes on from a state bit for bit. @throws UserError for the state of another optimizer, or of other variables. */
  restore(state: OptimizerState): void;
  /** Frees the optimizer's memory; the variables stay. */
  dispose(): void;
}

/** Plain data: `slots[variable][slot]` has a number for each of the variable's. */
export interface OptimizerState {
  /** Which optimizer: 'adam', 'adamW', 'rmsProp' or 'sgd'. */
  readonly kind: string;
  /** Updates so far. */
  readonly step: number;
  readonly slots: Readonly<Record<string, Readonly<Record<string, Float32Array>>>>;
}
