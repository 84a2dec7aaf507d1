/** The flagship's training: E from pairs, the prior from E's codes, then G against D. No label is looked at. */
import {type ModelConfig, modelConfig, type TrainConfig, trainConfig} from '../core/config';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {isPresent, presenceOf} from '../features/stack-parts';
import {MultimodalGan} from '../model/multimodal-gan';
import {CrossModalEncoder, Discriminator, Generator} from '../model/players';
import {fitGaussianMixture, type GaussianMixture} from '../model/prior';
import {BatchSource, measureStatistics, trainAdversarially} from './adversarial-phase';
import {StepBudget} from './budget';
import {type CodeTable, encodeAllParts, trainEncoder} from './encoder-phase';
import type {PartEncoder, TrainingData} from './example-stream';
import {type History, type Progress, TrainingReporter} from './progress';
import {fitStyleDeviations} from './style-prior';

export interface FlagshipOptions {
  readonly model?: Partial<Omit<ModelConfig, 'modalities'>>;
  readonly train?: Partial<TrainConfig>;
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting ends the training early; what was reached so far is returned, whole and usable. */
  readonly signal?: AbortSignal;
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
  const reporter = new TrainingReporter(options.onProgress, options.signal);
  const clock = stopwatch();
  const budgetSeconds = config.steps === null ? config.minutes * 60 : null;

  const encoder = new CrossModalEncoder(model, config.seed);
  const encoderSteps = await trainEncoder(
    encoder,
    data,
    features,
    config,
    budgetSeconds === null ? null : budgetSeconds * encoderShare,
    reporter,
  );
  const encoderSeconds = clock.lap();

  await reporter.report('prior', 0, 1, {}, 1);
  const codes = encodeAllParts(encoder, data, features, config.seed);
  const prior = fitPrior(encoder, data, codes, model, config.seed);
  const priorSeconds = clock.lap();

  const players = {
    encoder,
    generator: new Generator(model, config.seed),
    average: new Generator(model, config.seed),
    discriminator: new Discriminator(model, config.seed),
  };
  const source = new BatchSource(data, features, encoder, codes, model, config, 'adversarial');
  const budget = new StepBudget(
    budgetSeconds === null ? {steps: config.steps!} : {seconds: (budgetSeconds - clock.total()) * adversarialShare},
  );
  const steps = await trainAdversarially(players, source, config, budget, reporter);
  const adversarialSeconds = clock.lap();

  await reporter.report('statistics', 0, 1, {}, 1);
  measureStatistics(
    players.average,
    new BatchSource(data, features, encoder, codes, model, config, 'statistics'),
    config.statisticsBatches,
  );
  const styleDeviations = fitStyleDeviations(encoder, players.average, prior, data, features, model, config.seed);
  players.generator.parameters.dispose();
  return {
    model: new MultimodalGan(model, encoder, players.average, players.discriminator, {content: prior, styleDeviations}),
    history: reporter.history,
    trainConfig: config,
    steps,
    encoderSteps,
    seconds: {encoder: encoderSeconds, prior: priorSeconds, adversarial: adversarialSeconds, total: clock.total()},
    msPerStep: (1000 * adversarialSeconds) / Math.max(1, steps),
    interrupted: reporter.stopped,
  };
}

/** A mixture over the codes of whole training examples. */
function fitPrior(
  encoder: CrossModalEncoder,
  data: TrainingData,
  codes: CodeTable,
  model: ModelConfig,
  seed: number,
): GaussianMixture {
  const examples = data.pair('train', new RandomStream(seed, 'encoder/all-parts'));
  const fused = tf.tidy(() => {
    const present = mapRecord(presenceOf(examples, data.modalities), mask => tf.tensor1d(mask));
    const stacked = mapRecord(data.modalities, (_, name) => {
      const rows = new Float32Array(examples.length * model.contentDim);
      examples.forEach((example, i) => {
        if (isPresent(example, name)) rows.set(codes[name]!.get(example.parts[name]!)!, i * model.contentDim);
      });
      return tf.tensor2d(rows, [examples.length, model.contentDim]);
    });
    return encoder.fuse(stacked, present).dataSync() as Float32Array;
  });
  const components = Math.min(model.priorComponents, examples.length);
  return fitGaussianMixture(fused, model.contentDim, components, new RandomStream(seed, 'prior'));
}

function stopwatch() {
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
    total: () => (performance.now() - startedAt) / 1000,
  };
}
