/** What a network of one's own must be, so that it can be checked and used. */
import type {RandomStream} from '../../core/random';
import type {tf} from '../../core/tensorflow';
import type {NormMode} from '../layers/norm-mode';
import type {Parameters} from '../parameters';

/** Beside its inputs. */
export interface NetworkContext {
  /** 'batch' in training, 'stored' in use. */
  readonly mode: NormMode;
  /** 1 observed, 0 filler, [N]; all observed unless told. */
  readonly present?: tf.Tensor1D;
}

/** One tensor, or several by name. */
export type NetworkOutput = tf.Tensor | Readonly<Record<string, tf.Tensor>>;

export type NetworkFunction = (inputs: readonly tf.Tensor[], context: NetworkContext) => NetworkOutput;

export interface NetworkDefinition {
  /** As it is called in messages. */
  readonly name: string;
  /** Makes every variable in `parameters`, and returns the function from inputs to outputs. */
  build(parameters: Parameters): NetworkFunction;
  /** The shape of each input, without N. */
  readonly inputs: readonly (readonly number[])[];
  /** The shape of the output, or of each, without N. */
  readonly outputs: readonly number[] | Readonly<Record<string, readonly number[]>>;
  /** Draws inputs for N examples; N(0, 1) unless told. */
  readonly sample?: (stream: RandomStream, count: number) => tf.Tensor[];
  /** N in training; 4 unless told. */
  readonly batchSize?: number;
  /** Whether it respects `present`, so that filler changes nothing for the others. False unless told. */
  readonly masked?: boolean;
  /** Whether gradients of gradients are right too, as penalties on slopes need them. True unless told. */
  readonly secondOrder?: boolean;
}
