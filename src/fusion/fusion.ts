/** Fusion: the embeddings of whatever modalities are present become one code. */
import {unknownChoice} from '../core/checks';
import type {Parameters} from '../networks/parameters';
import {decisionLevelFusion} from './decision-level';
import {featureLevelFusion} from './feature-level';
import type {Fusion, FusionOptions} from './fusion-type';
import {structureLevelFusion} from './structure-level';

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

export type {Fusion, FusionInput, FusionOptions} from './fusion-type';
