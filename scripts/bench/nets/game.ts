/** A training step of two players as data: parameters, inputs, and moves that each change one player. */
import type {tf} from '../../../src/core/tensorflow';
import type {Parameters} from '../../../src/networks/parameters';

export type PlayerName = 'D' | 'G';

/** What a tensor of the batch holds: N(0, 1); tanh of that; U(0, 1); or one word of a vocabulary a row, one-hot. */
export type InputKind = 'normal' | 'picture' | 'uniform' | 'words';

export interface InputSpec {
  readonly kind: InputKind;
  readonly shape: readonly number[];
}

export interface Move {
  /** Whose parameters move; the other's stand still. */
  readonly player: PlayerName;
  loss(inputs: Readonly<Record<string, tf.Tensor>>): tf.Scalar;
}

export interface Game {
  readonly players: Readonly<Record<PlayerName, Parameters>>;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** In the order in which they are made. */
  readonly moves: readonly Move[];
}

/** Every engine takes these, so that five steps give the same losses. */
export const adamSettings = {learningRate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7} as const;
