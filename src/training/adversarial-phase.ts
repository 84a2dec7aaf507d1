/** Second phase: G and D play, on content that E reads from random subsets of real examples. */
import {compileStep} from '../backend/compile';
import type {TrainConfig} from '../core/config';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import type {Generator} from '../model/players';
import type {BatchSource, BatchSourceState} from './batch-source';
import type {StepBudget} from './budget';
import {ExponentialMovingAverage} from './ema';
import {Adam} from './optimizers/adam';
import type {OptimizerState} from './optimizers/optimizer';
import type {TrainingReporter} from './progress';
import {linearFall} from './schedules';
import {type AdversarialBatch, discriminatorStep, type GeneratorBatch, generatorStep, type Players} from './steps';

export interface AdversarialPlayers extends Players {
  /** Receives the moving average of the generator's weights. */
  readonly average: Generator;
}

/** All that the phase holds besides the players' weights. */
export interface AdversarialState {
  /** Steps done. */
  readonly step: number;
  /** Steps in all, as far as was known. */
  readonly totalSteps: number;
  readonly optimizers: {readonly generator: OptimizerState; readonly discriminator: OptimizerState};
  readonly averageUpdates: number;
  readonly source: BatchSourceState;
}

export interface AdversarialOptions {
  /** Goes on from here; the players' weights are the caller's to restore. */
  readonly from?: AdversarialState;
  /** `save` is called after every so many steps, and at the end of a run that was stopped. */
  readonly checkpoints?: {readonly everySteps: number; readonly save: (state: AdversarialState) => void};
}

/** @returns the steps done. `average` then holds the averaged weights; its batch statistics are still to be measured. */
export async function trainAdversarially(
  players: AdversarialPlayers,
  source: BatchSource,
  config: TrainConfig,
  budget: StepBudget,
  reporter: TrainingReporter,
  {from, checkpoints}: AdversarialOptions = {},
): Promise<number> {
  const {generator, discriminator} = players;
  const {modalities} = source;
  // Parameters are named PLAYER/MODALITY/…
  const rateScale = (name: string) => (modalities[name.split('/')[1]!]?.kind === 'text' ? config.textRateScale : 1);
  const options = {beta1: config.adamBeta1, beta2: config.adamBeta2, rateScale};
  const generatorOptimizer = new Adam(generator.parameters.trainable, options);
  const discriminatorOptimizer = new Adam(discriminator.parameters.trainable, options);
  const average = new ExponentialMovingAverage(
    generator.parameters.trainable,
    players.average.parameters.trainable,
    config.emaDecay,
    // Its weights are in the players already.
    {start: from ? 'as it is' : 'live'},
  );
  const state = (step: number): AdversarialState => ({
    step,
    totalSteps: budget.total(step),
    optimizers: {generator: generatorOptimizer.state(), discriminator: discriminatorOptimizer.state()},
    averageUpdates: average.updates,
    source: source.saveState(),
  });
  const move = compileStep(
    (batch: AdversarialBatch, forGenerator: GeneratorBatch, learningRate: tf.Scalar, r1Gamma: number) => {
      const {mismatchWeight, informationWeight} = config;
      const settings = {learningRate, mismatchWeight, informationWeight, r1Gamma};
      const losses = {
        discriminator: discriminatorStep(players, discriminatorOptimizer, batch, settings),
        generator: generatorStep(players, generatorOptimizer, forGenerator, settings),
      };
      average.update();
      return losses;
    },
    {enabled: config.compile},
  );
  let step = from?.step ?? 0;
  try {
    if (from) {
      generatorOptimizer.restore(from.optimizers.generator);
      discriminatorOptimizer.restore(from.optimizers.discriminator);
      average.restore(from.averageUpdates);
      source.restore(from.source);
    }
    for (; step < budget.total(step) && !reporter.stopped; step++) {
      await source.prepare();
      const losses = tf.tidy(() => {
        const learningRate = tf.scalar(config.learningRate * linearFall(budget.done(step), config.finalRateShare));
        const r1Gamma = step % config.r1Interval === 0 ? config.r1Gamma * config.r1Interval : 0;
        const done = budget.done(step);
        const tensors = move(source.next(done), source.nextForGenerator(done), learningRate, r1Gamma);
        return mapRecord(tensors, loss => loss.dataSync()[0]!);
      });
      await reporter.report('adversarial', step + 1, budget.total(step + 1), losses, budget.secondsLeft(step + 1));
      if (checkpoints && (step + 1) % checkpoints.everySteps === 0) checkpoints.save(state(step + 1));
    }
    if (checkpoints && reporter.stopped) checkpoints.save(state(step));
  } finally {
    move.dispose();
    average.dispose();
    generatorOptimizer.dispose();
    discriminatorOptimizer.dispose();
  }
  return step;
}

/**
 * Measures, over several batches, what training took from each batch: the statistics of the averaged generator's layers,
 * and how much D's real examples differ. With them stored, both players can be used one example at a time.
 */
export async function measureStatistics(
  {encoder, average, discriminator}: Pick<AdversarialPlayers, 'encoder' | 'average' | 'discriminator'>,
  source: BatchSource,
  batches: number,
): Promise<void> {
  for (const {parameters} of [average, discriminator]) {
    for (const variable of Object.values(parameters.state)) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
  }
  const mode = {accumulate: 1 / batches};
  for (let i = 0; i < batches; i++) {
    await source.prepare();
    tf.tidy(() => {
      const {seen, styles, parts, present} = source.next();
      average.apply(encoder.fuse(seen.codes, seen.subset), styles, mode);
      discriminator.judge(parts, mode, present);
    });
  }
}
