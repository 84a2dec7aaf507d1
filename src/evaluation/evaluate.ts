/** Scores a model: what it draws from the prior and how it completes the rows of a split, beside real data and chance. */
import {assertPositiveInteger} from '../core/checks';
import {interruptSignal, nextTurn} from '../core/interruption';
import {tf} from '../core/tensorflow';
import type {SplitName} from '../core/types';
import type {Dataset} from '../datasets/dataset';
import {type GenerativeModel, modelAsMaker} from './maker';
import type {EvaluationMetrics} from './metrics-record';
import type {Oracles} from './oracles';
import {inScope} from './scope';
import {type ScoringOptions, scoresOf} from './scores-of';

export interface EvaluateOptions extends Omit<ScoringOptions, 'split' | 'count'> {
  /** Real rows to compare with and to complete. Defaults to 'test'. */
  readonly split?: SplitName;
  /** Same model, data, seed and backend: same scores. */
  readonly seed: number;
  /** Examples to generate, and the most rows of the split and of the training split to use, drawn by the seed. Defaults to 2000. */
  readonly count?: number;
  /** Called when a part of the work begins, for example 'completing from one modality'. */
  readonly onStage?: (stage: string) => void;
}

/**
 * Every score of a model, each beside that of real data.
 *
 * Classes are read by the oracles, so a modality without one that fits gets no class scores and is listed under `unavailable`.
 * Real parts stand for perfect samples: as many parts of the training split against the same rows of the split.
 */
export function evaluateModel(
  model: GenerativeModel,
  dataset: Dataset,
  oracles: Oracles,
  options: EvaluateOptions,
): EvaluationMetrics {
  return inScope(() => {
    const stages = scoresOfModel(model, dataset, oracles, options);
    for (;;) {
      const {done, value} = stages.next();
      if (done) return value;
      options.onStage?.(value);
    }
  });
}

/**
 * evaluateModel that lets timers and signals have their turn between its stages. Null when it was aborted; in a notebook the
 * signal defaults to that of the running cell.
 */
export async function evaluateInterruptibly(
  model: GenerativeModel,
  dataset: Dataset,
  oracles: Oracles,
  {signal = interruptSignal(), ...options}: EvaluateOptions & {readonly signal?: AbortSignal},
): Promise<EvaluationMetrics | null> {
  // A scope by hand, because tf.tidy does not wait. Nothing else may make tensors meanwhile.
  const engine = tf.engine();
  engine.startScope('evaluation');
  try {
    const stages = scoresOfModel(model, dataset, oracles, options);
    for (;;) {
      const {done, value} = stages.next();
      if (done) return value;
      options.onStage?.(value);
      await nextTurn();
      if (signal?.aborted) return null;
    }
  } finally {
    engine.endScope();
  }
}

function scoresOfModel(
  model: GenerativeModel,
  dataset: Dataset,
  oracles: Oracles,
  {split = 'test', seed, count = 2000, extractors, featureFolder}: EvaluateOptions,
): Generator<string, EvaluationMetrics> {
  assertPositiveInteger('count', count);
  const maker = modelAsMaker(model, {count, seed});
  return scoresOf(maker, dataset, oracles, {split, seed, count, extractors, featureFolder});
}

export type {GenerativeModel} from './maker';
