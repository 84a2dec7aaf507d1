/** What every fusion gets in the ablation: the same small networks, steps, data and seeds. */
import type {ModelConfig, TrainConfig} from '../../src/core/config';

export const ablationModel = {
  encoderChannels: 16,
  encoderHiddenUnits: 64,
  generatorChannels: 16,
  generatorHiddenUnits: 64,
  discriminatorChannels: 8,
  discriminatorHiddenUnits: 64,
} as const satisfies Partial<ModelConfig>;

/** Rates are higher than the flagship's, for few steps; without R1, whose steps take as long to record as a hundred take to run. */
export const ablationTraining = {
  encoderSteps: 300,
  encoderBatchSize: 64,
  encoderLearningRate: 3e-3,
  encoderDropout: 0.1,
  steps: 400,
  batchSize: 24,
  learningRate: 2e-3,
  r1Gamma: 0,
  statisticsBatches: 10,
} as const satisfies Partial<TrainConfig>;

/** Rows of the test split that are completed, and examples that are generated. */
export const ablationCount = 500;
/** Share of the training parts of each modality that is hidden, at random. */
export const missingRates = [0, 0.5] as const;
export const ablationSeeds = [1, 2, 3] as const;
