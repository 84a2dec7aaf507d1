/** What is measured: a step on prepared batches, plain or compiled, on whichever engine computes. */
import type {CompiledStep} from '../../src/backend/compile';
import type {tf} from '../../src/core/tensorflow';
import type {StoredTensor} from '../../src/model/weights';

export interface Subject {
  /** Runs `stepsPerCall` whole training steps; their losses, read on the host. Batches follow one another. */
  run(): number[];
  readonly stepsPerCall: number;
  readonly compiled: CompiledStep<never[], unknown>;
  /** Arguments of each step in the compiled program, in the order of recording. */
  arguments(): readonly (readonly tf.Tensor[])[];
  /** Weights, moments and whatever else a step changes. */
  state(): Record<string, Float32Array>;
  /** At the present weights, for every batch; nothing moves. Null where the step does not tell them. */
  readonly slopes: (() => Slopes) | null;
  dispose(): void;
}

export interface Slopes {
  /** For each batch, the loss of each move. */
  readonly losses: readonly (readonly number[])[];
  /** Gradients of every move's loss, by number of the batch and path: `0/D/1/kernel`. */
  readonly gradients: Readonly<Record<string, StoredTensor>>;
}

export interface SubjectOptions {
  readonly compile: boolean;
  /** As in compileStep: replays between audits. */
  readonly audit?: number;
  /** The flagship's R1 penalty: in every eighth step, as in training, unless told. Others have none. */
  readonly r1?: 'as trained' | 'always' | 'never';
}
