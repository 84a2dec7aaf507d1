/** The flagship's training: E from pairs, the prior from E's codes, then G against D. No label is looked at. */
import {isDeepStrictEqual} from 'node:util';
import {expected} from '../core/checks';
import {assertConfigsFit, type ModelConfig, modelConfig, type TrainConfig, trainConfig} from '../core/config';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import type {Example, Modalities} from '../core/types';
import {presenceOf} from '../features/stack-parts';
import {MultimodalGan} from '../model/multimodal-gan';
import {CrossModalEncoder, Discriminator, Generator} from '../model/players';
import {fitGaussianMixture, type GaussianMixture} from '../model/prior';
import {chooseComponents} from '../model/prior-size';
import {measureStatistics, trainAdversarially} from './adversarial-phase';
import {BatchSource} from './batch-source';
import {StepBudget} from './budget';
import {type Checkpoint, type DataOrigin, writeCheckpoint} from './checkpoint';
import {CodeTable} from './code-table';
import {dataFingerprint} from './data-fingerprint';
import {trainEncoder} from './encoder-phase';
import type {PartEncoder, TrainingData} from './example-stream';
import {repeatByPairs} from './pairs';
import {type History, type Progress, TrainingReporter} from './progress';

export interface FlagshipOptions {
  readonly model?: Partial<Omit<ModelConfig, 'modalities'>>;
  readonly train?: Partial<TrainConfig>;
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Aborting ends the training early; what was reached so far is returned, whole and usable. In a notebook it defaults to the
   * signal of the running cell, so that the stop button ends the training.
   */
  readonly signal?: AbortSignal;
  /** Saves a checkpoint in this folder after every so many steps of G and D, and when the training is stopped meanwhile. */
  readonly checkpoints?: {readonly folder: string; readonly everySteps: number; readonly origin?: DataOrigin};
}

export interface FlagshipResult {
  readonly model: MultimodalGan;
  readonly history: History;
  readonly trainConfig: TrainConfig;
  /** Steps of G and D, and of E: given as `steps` and `encoderSteps`, they repeat this run. */
  readonly steps: number;
  readonly encoderSteps: number;
  /** Wall-clock seconds of each phase, and in all. */
  readonly seconds: {
    readonly encoder: number;
    readonly prior: number;
    readonly adversarial: number;
    readonly total: number;
  };
  /** Mean of a step of D and G together, in milliseconds. */
  readonly msPerStep: number;
  readonly interrupted: boolean;
}

/** Share of a time budget that E gets. */
const encoderShare = 0.2;
/** Share of the rest that G and D plan with: their later steps may be slower than their first, and statistics follow. */
const adversarialShare = 0.96;

/**
 * Trains the flagship on whatever modalities the data have.
 *
 * @throws UserError for a wrong setting; DivergenceError when a loss stops being finite.
 */
export async function trainFlagship(
  data: TrainingData,
  features: PartEncoder,
  options: FlagshipOptions = {},
): Promise<FlagshipResult> {
  const config = trainConfig(options.train);
  const model = modelConfig(data.modalities, options.model);
  assertConfigsFit(config, model);
  return train(data, features, config, model, options, null);
}

/**
 * Goes on with a training from its checkpoint, with the settings that it began with. On the same engine with as many
 * threads, the result is the one of a training that was never stopped, bit for bit.
 *
 * @throws UserError when the data have other modalities or training examples than the checkpoint's, or others of their parts are hidden.
 */
export async function resumeFlagship(
  data: TrainingData,
  features: PartEncoder,
  checkpoint: Checkpoint,
  options: Omit<FlagshipOptions, 'model' | 'train'> = {},
): Promise<FlagshipResult> {
  if (!isDeepStrictEqual(checkpoint.model.modalities, data.modalities)) {
    const names = (modalities: Modalities) => Object.keys(modalities).join(', ');
    throw expected(
      'the data',
      `those of the checkpoint (${names(checkpoint.model.modalities)}, in the same shapes)`,
      names(data.modalities),
    );
  }
  if (dataFingerprint(data) !== checkpoint.fingerprint)
    throw expected('the data', 'those of the checkpoint', 'other training examples, or others of their parts');
  return train(data, features, checkpoint.train, checkpoint.model, options, checkpoint);
}

async function train(
  data: TrainingData,
  features: PartEncoder,
  config: TrainConfig,
  model: ModelConfig,
  options: FlagshipOptions,
  resumed: Checkpoint | null,
): Promise<FlagshipResult> {
  const reporter = new TrainingReporter(options.onProgress, options.signal, resumed?.history);
  const clock = stopwatch(resumed?.seconds.total ?? 0);
  const budgetSeconds = config.steps === null ? config.minutes * 60 : null;

  const encoder = new CrossModalEncoder(model, config.seed);
  const generator = new Generator(model, config.seed);
  const average = new Generator(model, config.seed);
  const discriminator = new Discriminator(model, config.seed);
  const players = {encoder, generator, average, discriminator};
  try {
    resumed?.fill(players);
    const encoderSeconds = budgetSeconds === null ? null : budgetSeconds * encoderShare;
    const encoderSteps =
      resumed?.encoderSteps ?? (await trainEncoder(encoder, data, features, config, encoderSeconds, reporter));
    const encoderTook = clock.lap() + (resumed?.seconds.encoder ?? 0);

    await reporter.report('prior', 0, 1, {}, 1);
    const codes = new CodeTable(encoder, data, features, model.contentDim);
    const content = await fitPrior(encoder, data, codes, model, config.seed);
    const priorTook = clock.lap();

    const sourceOf = (purpose: string) => new BatchSource(data, features, codes, model, config, purpose);
    const budget = resumed
      ? new StepBudget({steps: resumed.state.totalSteps})
      : new StepBudget(
          budgetSeconds === null
            ? {steps: config.steps!}
            : {seconds: (budgetSeconds - clock.total()) * adversarialShare},
        );
    const {checkpoints} = options;
    const steps = await trainAdversarially(players, sourceOf('adversarial'), config, budget, reporter, {
      from: resumed?.state,
      checkpoints: checkpoints && {
        everySteps: checkpoints.everySteps,
        save: state =>
          writeCheckpoint(checkpoints.folder, players, {
            fingerprint: dataFingerprint(data),
            origin: checkpoints.origin,
            model,
            train: config,
            encoderSteps,
            seconds: {encoder: encoderTook, total: clock.total()},
            history: reporter.history,
            state,
          }),
      },
    });
    const adversarialTook = clock.lap();

    await reporter.report('statistics', 0, 1, {}, 1);
    await measureStatistics(players, sourceOf('statistics'), config.statisticsBatches);
    const styleDeviations = mapRecord(data.modalities, ({kind}) => config.styleDeviations[kind]);
    const prior = {content, styleDeviations, ...(config.wordSampling?.hard && {hardWords: true})};
    generator.parameters.dispose();
    return {
      model: new MultimodalGan(model, encoder, average, discriminator, prior),
      history: reporter.history,
      trainConfig: config,
      steps,
      encoderSteps,
      seconds: {encoder: encoderTook, prior: priorTook, adversarial: adversarialTook, total: clock.total()},
      msPerStep: (1000 * adversarialTook) / Math.max(1, steps - (resumed?.state.step ?? 0)),
      interrupted: reporter.stopped,
    };
  } catch (error) {
    for (const player of Object.values(players)) player.parameters.dispose();
    throw error;
  }
}

/** More codes would only take longer: a component has some 30 of them even where there are 320. */
const mostPriorCodes = 10_000;

/** A mixture over the codes of one epoch of training examples, each as whole as it is, and of as much weight as it holds pairs. */
async function fitPrior(
  encoder: CrossModalEncoder,
  data: TrainingData,
  codes: CodeTable,
  model: ModelConfig,
  seed: number,
): Promise<GaussianMixture> {
  const stream = new RandomStream(seed, 'encoder/all-parts');
  const all = data.pair('train', stream);
  await codes.learn(all);
  // They come in random order: the first are a fair sample.
  const examples = repeatByPairs(all, stream).slice(0, mostPriorCodes);
  const fusedOf = (chosen: readonly Example[]) =>
    tf.tidy(() => {
      const present = mapRecord(presenceOf(chosen, data.modalities), mask => tf.tensor1d(mask));
      return encoder.fuse(codes.stack(chosen), present).dataSync() as Float32Array;
    });
  const fused = fusedOf(examples);
  // A code that stands twice could be fitted and held out.
  const wanted =
    model.priorComponents ??
    chooseComponents(fusedOf([...new Set(examples)]), model.contentDim, new RandomStream(seed, 'prior/components'));
  const components = Math.min(wanted, examples.length);
  return fitGaussianMixture(fused, model.contentDim, components, new RandomStream(seed, 'prior'));
}

/** @param before seconds that an earlier process has spent. */
function stopwatch(before: number) {
  const startedAt = performance.now();
  let lapAt = startedAt;
  return {
    /** Seconds since the last lap. */
    lap(): number {
      const now = performance.now();
      const seconds = (now - lapAt) / 1000;
      lapAt = now;
      return seconds;
    },
    total: () => before + (performance.now() - startedAt) / 1000,
  };
}
