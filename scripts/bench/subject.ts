/** What is measured: a step on prepared batches, plain or compiled, on whichever engine computes. */
import type {CompiledStep} from '../../src/backend/compile';
import type {tf} from '../../src/core/tensorflow';
import type {StoredTensor} from '../../src/model/weights';
import {flagshipSubject} from './nets/flagship';
import {gameSubject} from './nets/game-subject';
import type {NetName} from './nets/nets';

export interface Subject {
  /** Runs `stepsPerCall` whole training steps; their losses, read on the host. Batches follow one another. */
  run(): number[];
  readonly stepsPerCall: number;
  readonly compiled: CompiledStep<never[], unknown>;
  /** Arguments of each step in the compiled program, in the order of recording. */
  arguments(): readonly (readonly tf.Tensor[])[];
  /** Weights, moments and whatever else a step changes. */
  state(): Record<string, Float32Array>;
  /** Losses and gradients of every move at the present weights; nothing moves. Null where the step does not tell them. */
  readonly slopes: (() => {losses: number[]; gradients: Record<string, StoredTensor>}) | null;
  dispose(): void;
}

export interface SubjectOptions {
  readonly compile: boolean;
  /** As in compileStep: replays between audits. */
  readonly audit?: number;
  /** The flagship's R1 penalty: in every eighth step, as in training, unless told. Others have none. */
  readonly r1?: 'as trained' | 'always' | 'never';
}

export async function buildSubject(name: NetName, batch: number, options: SubjectOptions): Promise<Subject> {
  return name === 'flagship' ? flagshipSubject(batch, options) : gameSubject(name, batch, options);
}
