/** What `checkLoss` is told about a loss, and what it answers. */
import type {RandomStream} from '../core/random';
import type {tf} from '../core/tensorflow';

/** One tensor that a loss takes, in the order of its parameters. */
export interface LossArgument {
  readonly name: string;
  /** Shape of one row; [] unless told: one score for each example, handed over as [N] and as [N, 1]. */
  readonly rowShape?: readonly number[];
  /** Whose rows these are. Arguments of one name have as many rows, in one order, and one mask; the argument's own name unless told. */
  readonly rowsOf?: string;
  /** How the loss changes when scores rise that are far on the wrong side; not checked unless told. */
  readonly direction?: 'falls' | 'rises';
  /** Typical values, an Int32Array for an int32 tensor; normal with a spread of 1.5 unless told. */
  readonly draw?: (stream: RandomStream, count: number, rows: number) => Float32Array | Int32Array;
  /** Labels, amounts, noise: handed over, but not differentiated nor taken to extremes. */
  readonly constant?: boolean;
  /** Whether the loss must hold at ±80; true unless told. */
  readonly extremes?: boolean;
  /** False for what has no rows, such as weights: neither reordered nor masked, and its shape is `rowShape`. */
  readonly perExample?: boolean;
}

/** Masks of shape [N] by `rowsOf`, 1 observed, 0 filler. */
export type MasksByRows = Readonly<Record<string, tf.Tensor1D>>;

/** Which player a loss of scores is for: it tells the arguments, their directions and how masks are handed over. */
export type LossRole = 'discriminator' | 'generator' | 'relativisticGenerator';

export interface CheckLossOptions {
  /** Stands in the messages; the function's name unless told. */
  readonly name?: string;
  /** In place of `arguments` and `masked`. */
  readonly role?: LossRole;
  readonly arguments?: readonly LossArgument[];
  /** Calls the loss with masks; null for a loss that takes none. Left out with `arguments`, masks are not checked. */
  readonly masked?: ((inputs: readonly tf.Tensor[], masks: MasksByRows) => tf.Scalar) | null;
  /** The same loss in plain numbers, argument by argument, row after row: values and gradients are held against it in float64. */
  readonly formula?: (...inputs: (readonly number[])[]) => number;
  /** The slope may vanish where the scores are far on the wrong side, as the minimax generator's does. */
  readonly saturates?: boolean;
  /** The loss may change by less than 10 between scores of -80 and 80. */
  readonly bounded?: boolean;
  /** The mean may be over something else than rows, so that an order of rows matters. */
  readonly ordered?: boolean;
  /** Examples in the check; 5 unless told. */
  readonly rows?: number;
  readonly seed?: number;
  /** Returns the report of a loss that fails too, instead of throwing. */
  readonly report?: boolean;
}

export interface LossCheck {
  readonly check: string;
  /** null: not checked, `detail` says why. */
  readonly passed: boolean | null;
  readonly detail: string;
  /** The largest relative error met, where the check measures one. */
  readonly error?: number;
}

export interface LossReport {
  readonly name: string;
  /** No check failed; some may not apply. */
  readonly passed: boolean;
  readonly results: readonly LossCheck[];
}

/** A loss is a function of tensors; what else it takes stands after them. */
export type AnyLoss = (...inputs: never[]) => tf.Scalar;
