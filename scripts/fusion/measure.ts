/** One run of the ablation: a model with one fusion in E and in D, trained and scored. */
import type {FusionMethod} from '../../src/core/fusion-names';
import {mapRecord} from '../../src/core/records';
import {tf} from '../../src/core/tensorflow';
import type {Dataset} from '../../src/datasets/dataset';
import {withMissing} from '../../src/datasets/missing';
import {crossModalScores, jointCoherence, subsets} from '../../src/evaluation/coherence';
import {drawnRows} from '../../src/evaluation/drawn-rows';
import {judge, type Oracles} from '../../src/evaluation/oracles';
import {type RealRows, realRows} from '../../src/evaluation/real-rows';
import {retrieval} from '../../src/evaluation/retrieval';
import {inScope} from '../../src/evaluation/scope';
import type {FeatureCache} from '../../src/features/batch';
import type {MultimodalGan} from '../../src/model/multimodal-gan';
import {trainFlagship} from '../../src/training/flagship';
import {ablationCount, ablationModel, ablationTraining} from './budget';

export interface AblationScores {
  readonly joint: number;
  readonly oneGiven: number;
  readonly twoGiven: number;
  /** Recall@1: the fused code of all modalities but one finds a row of its class among the codes of that one; mean over the one. */
  readonly retrievalFromOthers: number;
  /** The same from one modality to another, which no fusion joins; mean over the pairs. */
  readonly retrievalFromOne: number;
}

export interface AblationRow extends AblationScores {
  readonly dataset: string;
  readonly fusion: FusionMethod;
  readonly missing: number;
  readonly seed: number;
  readonly steps: number;
  readonly encoderSteps: number;
  readonly cpuSeconds: number;
  readonly backend: string;
}

export async function trainAndScore(
  dataset: Dataset,
  cache: FeatureCache,
  oracles: Oracles,
  {fusion, missing, seed}: Pick<AblationRow, 'fusion' | 'missing' | 'seed'>,
): Promise<AblationScores> {
  const rates = missing === 0 ? {} : mapRecord(dataset.modalities, () => missing);
  const {model} = await trainFlagship(withMissing(dataset, rates, seed), cache, {
    model: {...ablationModel, fusion, discriminatorFusion: fusion},
    train: {...ablationTraining, seed},
  });
  const scores = inScope(() => scoresOf(model, dataset, cache, oracles, seed));
  model.dispose();
  return scores;
}

/** The rows of the test split are whole, and the same for every run. */
function scoresOf(
  model: MultimodalGan,
  dataset: Dataset,
  cache: FeatureCache,
  oracles: Oracles,
  seed: number,
): AblationScores {
  const numClasses = dataset.classNames.length;
  const real = realRows(drawnRows(dataset, 'test', ablationCount, 1).examples, dataset.modalities, oracles, cache);
  const generated = model.generate(ablationCount, {seed});
  const labels = mapRecord(oracles, (oracle, name) => judge(oracle, generated[name]!).labels);
  const complete = (given: readonly string[], rows: ArrayLike<number>) =>
    model.complete({parts: partsOf(real, given, rows)}, {seed});
  const completed = [1, 2].map(given => crossModalScores(complete, real, oracles, numClasses, given).group!.mean);
  return {
    joint: jointCoherence(labels, real.judged, numClasses).value,
    oneGiven: completed[0]!,
    twoGiven: completed[1]!,
    retrievalFromOthers: meanOf(
      real.names.map(to => recallOf(model, real, real.names.filter(name => name !== to), to)), // biome-ignore format: one thing
    ),
    retrievalFromOne: meanOf(
      subsets(real.names, 2).flatMap(([a, b]) => [recallOf(model, real, [a!], b!), recallOf(model, real, [b!], a!)]),
    ),
  };
}

function recallOf(model: MultimodalGan, real: RealRows, from: readonly string[], to: string): number {
  return inScope(() => {
    const [queries, gallery] = [from, [to]].map(names => {
      const codes = model.encode({parts: partsOf(real, names, null)});
      return {data: codes.dataSync() as Float32Array, shape: codes.shape};
    });
    return retrieval(queries!, gallery!, real.labels, real.labels).recall;
  });
}

function partsOf(real: RealRows, names: readonly string[], rows: ArrayLike<number> | null) {
  const chosen = (part: tf.Tensor) => (rows ? tf.gather(part, Int32Array.from(rows)) : part);
  return Object.fromEntries(names.map(name => [name, chosen(real.parts[name]!)]));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
