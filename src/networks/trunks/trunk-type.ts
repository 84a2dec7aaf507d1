/** What every trunk takes and gives: the first part of E and D, from an example to a small grid of features. */
import type {tf} from '../../core/tensorflow';
import type {NormMode} from '../layers/norm-mode';

export interface TrunkOptions {
  /** Channels of the largest resolution; they grow as the sides shrink. */
  readonly channels: number;
  /** Units of layers that have no places. */
  readonly hiddenUnits: number;
}

/** Whose trunk it is. E reads each example by itself, with whatever stands beside it, so its trunks have no batch statistics. */
export type TrunkRole = 'encoder' | 'discriminator';

export interface Trunk {
  /**
   * x in the modality's units → [N, height, width, channels]; without places [N, 1, 1, units].
   *
   * @param present 1 observed, 0 filler, [N]: filler counts in no statistics.
   */
  apply(x: tf.Tensor, mode: NormMode, present?: tf.Tensor1D): tf.Tensor4D;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Whether its weights are spectrally normalised; then what stands on it is too. */
  readonly spectral: boolean;
}

/** How often sides can be halved, rounding up, until the smaller one is 4: 28 × 28 three times, 13 × 20 twice. At least once. */
export function planShrink(height: number, width: number): {height: number; width: number; halvings: number} {
  let halvings = 0;
  let sides: [number, number] = [height, width];
  do {
    halvings++;
    sides = [Math.ceil(sides[0] / 2), Math.ceil(sides[1] / 2)];
  } while (Math.ceil(Math.min(...sides) / 2) >= 4);
  return {height: sides[0], width: sides[1], halvings};
}
