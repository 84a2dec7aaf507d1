/** How embeddings of several modalities can become one, by level; what stands in `fusion` and `discriminatorFusion` of a model config. */

/** The first of a level is what the level's own name stands for. */
export const fusionsByLevel = {
  /** The embeddings are mixed as vectors. */
  featureLevel: ['gated', 'concatenation'],
  /** Each modality decides alone, and the decisions are combined. */
  decisionLevel: ['productOfExperts', 'mixtureOfExperts', 'weightedScores'],
  /** The modalities look at one another inside the network. */
  structureLevel: ['crossModalAttention', 'tensorFusion', 'hierarchical'],
} as const;

export type FusionLevel = keyof typeof fusionsByLevel;
/** One way of fusing. */
export type FusionMethod = (typeof fusionsByLevel)[FusionLevel][number];
/** A method, or a level for the usual method of it. */
export type FusionName = FusionLevel | FusionMethod;

export const fusionLevels = Object.keys(fusionsByLevel) as readonly FusionLevel[];
/** Every method, level by level. */
export const fusionMethods: readonly FusionMethod[] = Object.values(fusionsByLevel).flat();
/** Every name that a config may hold. */
export const fusionChoices = [...fusionLevels, ...fusionMethods] as const;

/** methodOf('featureLevel') is 'gated'; a method is itself. */
export function methodOf(name: FusionName): FusionMethod {
  return name in fusionsByLevel ? fusionsByLevel[name as FusionLevel][0] : (name as FusionMethod);
}
