/** Whoever makes examples, seen from outside: a model of ours, or files that another program has written. */
import {UserError} from '../core/checks';
import type {tf} from '../core/tensorflow';
import type {Modalities} from '../core/types';
import {gatherRows, type RealRows} from './real-rows';

/** What evaluation asks of a model; MultimodalGan is one. */
export interface GenerativeModel {
  readonly config: {readonly modalities: Modalities};
  generate(count: number, options: {seed: number}): Record<string, tf.Tensor>;
  complete(partial: {parts: Record<string, tf.Tensor>}, options: {seed: number}): Record<string, tf.Tensor>;
  encode(partial: {parts: Record<string, tf.Tensor>}): tf.Tensor2D;
}

/** D's view of examples, as far as rankings need it: higher = more real, [N] a modality. */
export interface Judgements {
  readonly realism: Readonly<Record<string, tf.Tensor1D>>;
  readonly agreement: Readonly<Record<string, tf.Tensor1D>>;
}

export interface Maker {
  readonly modalities: Modalities;
  /** New examples, every modality; null where there are none. */
  generate(): Record<string, tf.Tensor> | null;
  /**
   * The rows with these indices made whole from some of their modalities; null where this was not made.
   *
   * @param rows indices into `real`, whose parts may be looked at as far as they are given.
   */
  complete(given: readonly string[], rows: ArrayLike<number>, real: RealRows): Record<string, tf.Tensor> | null;
  /** Rows that can be completed from these modalities. */
  canComplete(given: readonly string[], row: number): boolean;
  readonly encode?: (partial: {parts: Record<string, tf.Tensor>}) => tf.Tensor2D;
  readonly discriminate?: (batch: {parts: Record<string, tf.Tensor>}) => Judgements;
}

/** A model that also judges; MultimodalGan is one. */
export interface JudgingModel extends GenerativeModel {
  readonly discriminate?: (batch: {parts: Record<string, tf.Tensor>}) => Judgements;
}

/** @param drawn what `generate` and `complete` are asked of, for example a model that remembers; the rest is asked of the model. */
export function modelAsMaker(
  model: JudgingModel,
  {count, seed, drawn = model}: {readonly count: number; readonly seed: number; readonly drawn?: GenerativeModel},
): Maker {
  return {
    modalities: model.config.modalities,
    generate: () => whole(model, 'generate', drawn.generate(count, {seed})),
    complete(given, rows, real) {
      const parts = Object.fromEntries(given.map(name => [name, gatherRows(real.parts[name]!, rows)]));
      return whole(model, 'complete', drawn.complete({parts}, {seed}));
    },
    canComplete: () => true,
    encode: partial => model.encode(partial),
    ...(model.discriminate ? {discriminate: batch => model.discriminate!(batch)} : {}),
  };
}

/** Samples may lack a modality; a model that leaves one out is wrong. */
function whole({config}: GenerativeModel, verb: string, parts: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  const missing = Object.keys(config.modalities).find(name => !parts[name]);
  if (missing === undefined) return parts;
  throw new UserError(`Expected ${verb}() to return ${missing}, got ${Object.keys(parts).join(', ') || 'nothing'}.`);
}
