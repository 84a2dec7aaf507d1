/** Fusion: the embeddings of whatever modalities are present become one code. */
import {unknownChoice} from '../core/checks';
import type {tf} from '../core/tensorflow';
import type {Parameters} from '../networks/parameters';
import {decisionLevelFusion} from './decision-level';
import {featureLevelFusion} from './feature-level';
import {structureLevelFusion} from './structure-level';

/** Embeddings by modality, each [N, D], and who is present, each [N] (1 observed, 0 filler). */
export interface FusionInput {
  readonly codes: Readonly<Record<string, tf.Tensor2D>>;
  readonly present: Readonly<Record<string, tf.Tensor1D>>;
}

export interface Fusion {
  /** A code on the unit sphere, [N, D]. The values of absent modalities change nothing. */
  apply(input: FusionInput): tf.Tensor2D;
}

export interface FusionOptions {
  readonly modalities: readonly string[];
  readonly embeddingDim: number;
}

export const fusionNames = ['featureLevel', 'decisionLevel', 'structureLevel'] as const;
export type FusionName = (typeof fusionNames)[number];

/** @throws UserError for a name that is not in `fusionNames`. */
export function buildFusion(name: FusionName, parameters: Parameters, path: string, options: FusionOptions): Fusion {
  switch (name) {
    case 'featureLevel':
      return featureLevelFusion(parameters, path, options);
    case 'decisionLevel':
      return decisionLevelFusion();
    case 'structureLevel':
      return structureLevelFusion(parameters, path, options);
    default:
      throw unknownChoice('fusion', String(name), fusionNames);
  }
}
