/** Fusion: the embeddings of whatever modalities are present become one code. */
import {assertPositiveInteger, assertShape, UserError, unknownChoice} from '../core/checks';
import {type FusionMethod, type FusionName, fusionChoices, fusionLevels, methodOf} from '../core/fusion-names';
import {tf} from '../core/tensorflow';
import {unitLength} from '../networks/layers/unit-length';
import type {Parameters} from '../networks/parameters';
import {concatenation} from './concatenation';
import {crossModalAttention} from './cross-modal-attention';
import type {Embeddings, Fusion, FusionMethodDefinition, FusionOptions, Presence, Shown} from './fusion-type';
import {gated} from './gated';
import {hierarchical} from './hierarchical';
import {mixtureOfExperts} from './mixture-of-experts';
import {productOfExperts} from './product-of-experts';
import {tensorFusion} from './tensor-fusion';
import {weightedScores} from './weighted-scores';

/** Every method by its name; `docs/fusion.md` is printed from it. */
export const fusions: Readonly<Record<FusionMethod, FusionMethodDefinition>> = {
  gated,
  concatenation,
  productOfExperts,
  mixtureOfExperts,
  weightedScores,
  crossModalAttention,
  tensorFusion,
  hierarchical,
};

/**
 * Builds a fusion with its weights under `path`.
 *
 * Names are taken in alphabetical order, whatever the order in `options`, so that neither the start nor a sum depends on it.
 *
 * @param name a method, or a level for its usual method: 'featureLevel' is 'gated'.
 * @throws UserError for a name that is not in `fusionChoices`, and for modalities that are none or not different.
 */
export function buildFusion(name: FusionName, parameters: Parameters, path: string, options: FusionOptions): Fusion {
  if (!fusionChoices.includes(name)) throw unknownChoice('fusion', String(name), fusionChoices);
  const {embeddingDim, tokens} = options;
  assertPositiveInteger('embeddingDim', embeddingDim);
  const modalities = [...options.modalities].sort();
  if (modalities.length === 0 || new Set(modalities).size !== modalities.length) {
    throw new UserError(`Expected modalities of a fusion to be different names, got [${modalities.join(', ')}].`);
  }
  const join = fusions[methodOf(name)].build(parameters, path, {modalities, embeddingDim, tokens});
  const fuse: Fusion['fuse'] = (embeddings, present) =>
    tf.tidy(() => {
      const code = unitLength(join(shownOf(embeddings, present, modalities, embeddingDim)));
      const anyone = anyonePresent(embeddings, present);
      return anyone ? (code.mul(anyone) as tf.Tensor2D) : code;
    });
  return {fuse, apply: ({codes, present}) => fuse(codes, present)};
}

/**
 * 1 for a row with a modality, 0 for one without, [N, 1]: biases and fillers of a method would make a code of nothing. null where an
 * embedding has no mask, and so stands in every row.
 */
function anyonePresent(embeddings: Embeddings, present: Presence): tf.Tensor2D | null {
  const masks = Object.keys(embeddings).map(name => present[name]);
  if (!masks.every(mask => mask !== undefined)) return null;
  return tf.addN(masks).greater(0).cast('float32').expandDims(1) as tf.Tensor2D;
}

/** Embeddings with 0 for whatever is absent, and masks as columns. */
function shownOf(embeddings: Embeddings, present: Presence, modalities: readonly string[], dim: number): Shown {
  for (const name of Object.keys({...embeddings, ...present}))
    if (!modalities.includes(name)) throw unknownChoice('modality of a fusion', name, modalities);
  const given = modalities.filter(name => embeddings[name]);
  if (given.length === 0) {
    throw new UserError(`Expected embeddings of at least 1 of ${modalities.join(', ')} to be fused, got none.`);
  }
  const count = embeddings[given[0]!]!.shape[0];
  const z: Record<string, tf.Tensor2D> = {};
  const p: Record<string, tf.Tensor2D> = {};
  for (const name of modalities) {
    const embedding = embeddings[name];
    if (!embedding) {
      z[name] = tf.zeros([count, dim]);
      p[name] = tf.zeros([count, 1]);
      continue;
    }
    assertShape(`the embedding of ${name}`, embedding.shape, [count, dim]);
    const mask = present[name];
    if (mask) assertShape(`the mask of ${name}`, mask.shape, [count]);
    p[name] = mask ? (mask.reshape([count, 1]) as tf.Tensor2D) : tf.ones([count, 1]);
    // A choice, not a product: filler may be anything, NaN included.
    z[name] = mask
      ? tf.where(p[name].greater(0).broadcastTo(embedding.shape), embedding, tf.zerosLike(embedding))
      : embedding;
  }
  return {z, p};
}

/** The levels, each of which stands for its usual method. */
export const fusionNames = fusionLevels;
export {type FusionLevel, type FusionMethod, type FusionName, fusionChoices, fusionMethods} from '../core/fusion-names';
export type {Embeddings, Fusion, FusionInput, FusionOptions, Presence} from './fusion-type';
