/** What compares generated parts with real ones as clouds of features, in the features that are asked for. */
import type {RandomStream} from '../core/random';
import type {tf} from '../core/tensorflow';
import type {Modalities} from '../core/types';
import {extractFeatures, type FeatureExtractor, type Features} from './feature-extractors';
import {storedFeatures} from './feature-store';
import type {FrechetScore} from './metrics-record';
import type {Judgement, Oracles} from './oracles';
import {partsOf, type RealRows} from './real-rows';
import {frechetInFeatures, type JudgedParts, type RealismScores, realismScores} from './realism';

export interface ComparedParts {
  /** Rows of the split, and training rows that stand for perfect samples. */
  readonly real: RealRows;
  readonly reference: RealRows;
  readonly generated: Readonly<Record<string, tf.Tensor>>;
  /** What the classifiers say of the generated parts. */
  readonly judged: Readonly<Record<string, Judgement>>;
  readonly fitting: Oracles;
  readonly modalities: Modalities;
}

/**
 * Scores in the features of the classifiers, or of the extractor where a modality has one. Sentences have them only with an
 * extractor; a modality without a classifier has no classes, so with an extractor it has a Fréchet distance and nothing else.
 *
 * @param folder where features of real parts by extractors are kept; null for nowhere, undefined for the user's cache.
 */
export function distributionScores(
  compared: ComparedParts,
  extractors: Readonly<Record<string, FeatureExtractor>>,
  folder: string | null | undefined,
  stream: RandomStream,
): {realism: Record<string, RealismScores>; distances: Record<string, FrechetScore>} {
  const {real, reference, generated, judged, fitting, modalities} = compared;
  const names = Object.keys(modalities).filter(
    name =>
      Math.min(real.rowsWith[name]!.length, reference.rowsWith[name]!.length) >= 2 &&
      (name in extractors || (name in fitting && modalities[name]!.kind !== 'text')),
  );
  const ofReal = (name: string, rows: RealRows): Features | null => {
    const extractor = extractors[name];
    if (!extractor) return null;
    return folder === null
      ? extractFeatures(extractor, partsOf(rows, name))
      : storedFeatures(extractor, partsOf(rows, name), folder);
  };
  const ofGenerated = (name: string): Features | null =>
    extractors[name] ? extractFeatures(extractors[name], generated[name]!) : null;
  const seen = (judgement: Judgement, features: Features | null): Judgement =>
    features ? {...judgement, features} : judgement;
  const judgedReal = (name: string, rows: RealRows): JudgedParts => {
    const parts = rows.judgements[name]!;
    return {...parts, judgement: seen(parts.judgement, ofReal(name, rows))};
  };
  const realism: Record<string, RealismScores> = {};
  const distances: Record<string, FrechetScore> = {};
  for (const name of names) {
    const oracle = fitting[name];
    const featureName = extractors[name]?.name ?? oracle!.featureName;
    if (oracle) {
      const [a, b] = [judgedReal(name, real), judgedReal(name, reference)];
      realism[name] = realismScores({...oracle, featureName}, a, b, seen(judged[name]!, ofGenerated(name)), stream);
      distances[name] = realism[name].frechet;
    } else {
      const [a, b, c] = [ofReal(name, real)!, ofReal(name, reference)!, ofGenerated(name)!];
      distances[name] = frechetInFeatures(featureName, a, b, c, stream);
    }
  }
  return {realism, distances};
}
