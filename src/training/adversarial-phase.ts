/** Second phase: G and D play, on content that E reads from random subsets of real examples. */
import {compileStep} from '../backend/compile';
import type {ModelConfig, TrainConfig} from '../core/config';
import {RandomStream} from '../core/random';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import {type Example, type Modalities, partShape} from '../core/types';
import {presenceOf, stackParts} from '../features/stack-parts';
import type {Generator} from '../model/players';
import {drawShifts, shiftLimits} from './augment';
import type {StepBudget} from './budget';
import type {CodeTable} from './code-table';
import {ExponentialMovingAverage} from './ema';
import {ExampleStream, type PartEncoder, type TrainingData} from './example-stream';
import {Adam} from './optimizers/adam';
import type {TrainingReporter} from './progress';
import {drawSubsets} from './random-subsets';
import {linearFall} from './schedules';
import {
  type AdversarialBatch,
  discriminatorStep,
  type GeneratorBatch,
  generatorStep,
  movable,
  type Players,
  type SeenCodes,
  type ShiftsByModality,
} from './steps';

export interface AdversarialPlayers extends Players {
  /** Receives the moving average of the generator's weights. */
  readonly average: Generator;
}

/** Draws what the steps work on. Each use of chance has its own stream. */
export class BatchSource {
  private readonly examples: ExampleStream;
  private readonly subsets: RandomStream;
  private readonly styles: RandomStream;
  private readonly shifts: RandomStream;

  constructor(
    private readonly data: TrainingData,
    private readonly features: PartEncoder,
    private readonly codes: CodeTable,
    private readonly model: ModelConfig,
    private readonly train: TrainConfig,
    purpose: string,
  ) {
    this.examples = new ExampleStream(data, new RandomStream(train.seed, `${purpose}/examples`));
    this.subsets = new RandomStream(train.seed, `${purpose}/subsets`);
    this.styles = new RandomStream(train.seed, `${purpose}/styles`);
    this.shifts = new RandomStream(train.seed, `${purpose}/shifts`);
  }

  get modalities(): Modalities {
    return this.data.modalities;
  }

  /** A whole batch for D; the caller's tidy owns its tensors. */
  next(): AdversarialBatch {
    const chosen = this.examples.next(this.train.batchSize);
    const present = presenceOf(chosen, this.data.modalities);
    return {
      parts: stackParts(chosen, this.data.modalities, (name, part) => this.features.encode(name, part)),
      present: mapRecord(present, mask => tf.tensor1d(mask)),
      seen: this.see(chosen),
      styles: this.drawStyles(),
      realShifts: this.drawShifts(),
      fakeShifts: this.drawShifts(),
    };
  }

  /** New content and style, for G alone. */
  nextForGenerator(): GeneratorBatch {
    return {
      seen: this.see(this.examples.next(this.train.batchSize)),
      styles: this.drawStyles(),
      fakeShifts: this.drawShifts(),
    };
  }

  private see(chosen: readonly Example[]): SeenCodes {
    const shown = drawSubsets(this.subsets, presenceOf(chosen, this.data.modalities), this.train.fullSubsetWeight);
    return {codes: this.codes.stack(chosen), subset: mapRecord(shown, mask => tf.tensor1d(mask))};
  }

  private drawStyles(): Record<string, tf.Tensor2D> {
    const {batchSize} = this.train;
    const {styleDim} = this.model;
    return mapRecord(this.data.modalities, () =>
      tf.tensor2d(this.styles.normals(batchSize * styleDim), [batchSize, styleDim]),
    );
  }

  private drawShifts(): ShiftsByModality {
    return Object.fromEntries(
      movable(this.data.modalities).map(name => {
        const spec = this.data.modalities[name]!;
        const [height, width] = partShape(spec) as [number, number];
        return [name, drawShifts(this.shifts, this.train.batchSize, height, width, shiftLimits(spec)!)];
      }),
    );
  }
}

/** @returns the steps done. `average` then holds the averaged weights; its batch statistics are still to be measured. */
export async function trainAdversarially(
  players: AdversarialPlayers,
  source: BatchSource,
  config: TrainConfig,
  budget: StepBudget,
  reporter: TrainingReporter,
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
  );
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
  let step = 0;
  try {
    for (; step < budget.total(step) && !reporter.stopped; step++) {
      const losses = tf.tidy(() => {
        const learningRate = tf.scalar(config.learningRate * linearFall(budget.done(step), config.finalRateShare));
        const r1Gamma = step % config.r1Interval === 0 ? config.r1Gamma * config.r1Interval : 0;
        const tensors = move(source.next(), source.nextForGenerator(), learningRate, r1Gamma);
        return mapRecord(tensors, loss => loss.dataSync()[0]!);
      });
      await reporter.report('adversarial', step + 1, budget.total(step + 1), losses, budget.secondsLeft(step + 1));
    }
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
export function measureStatistics(
  {encoder, average, discriminator}: Pick<AdversarialPlayers, 'encoder' | 'average' | 'discriminator'>,
  source: BatchSource,
  batches: number,
): void {
  for (const {parameters} of [average, discriminator]) {
    for (const variable of Object.values(parameters.state)) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
  }
  const mode = {accumulate: 1 / batches};
  for (let i = 0; i < batches; i++) {
    tf.tidy(() => {
      const {seen, styles, parts, present} = source.next();
      average.apply(encoder.fuse(seen.codes, seen.subset), styles, mode);
      discriminator.judge(parts, mode, present);
    });
  }
}
