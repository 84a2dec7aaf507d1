/** Trains an ordinary GAN of any two networks: n_D steps of D for n_G of G, each with its own learning rate. */
import {compileStep, Program} from '../backend/compile';
import {assertInRange, assertPositiveInteger, expected} from '../core/checks';
import {interruptSignal, nextTurn} from '../core/interruption';
import {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import {AveragedWeights} from './averaged-weights';
import {assertPlayable, type GanGame, type GanPlayers, GanSteps, type StepNumbers} from './gan-steps';
import {Adam} from './optimizers/adam';
import {DivergenceError} from './progress';

export interface GanTrainingOptions extends GanGame {
  /** Rounds. In each, n_D steps of D, then n_G of G. */
  readonly rounds: number;
  /** n_D; 1 unless told, 5 in WGAN-GP. */
  readonly discriminatorSteps?: number;
  /** n_G; 1 unless told. */
  readonly generatorSteps?: number;
  /** Two time scales, where they differ: Heusel et al. 2017, section 2 (arXiv:1706.08500). */
  readonly discriminatorRate: number;
  readonly generatorRate: number;
  /** Of Adam, for both players; 0.5 and 0.999 unless told, as in Radford et al. 2016, section 4 (arXiv:1511.06434). */
  readonly beta1?: number;
  readonly beta2?: number;
  /** Factor of both learning rates at a share of the training, 0 to 1; 1 unless told. */
  readonly rateSchedule?: (done: number) => number;
  /** Standard deviation of instance noise at a share of the training; none unless told. */
  readonly instanceNoise?: (done: number) => number;
  /**
   * d of a moving average of G's weights, which G has in the end: w̄ ← d·w̄ + (1 - d)·w after each of its steps, with a warm-up
   * (`ExponentialMovingAverage`); 0.999 is usual. Not unless told. Statistics that G's layers store are the caller's to measure anew.
   * Source: Yazıcı et al. 2019, section 3 (arXiv:1806.04498).
   */
  readonly emaDecay?: number;
  readonly seed: number;
  /** False runs every operation by itself. */
  readonly compile?: boolean;
  /** Losses are read and told every so many rounds; 100 unless told. */
  readonly reportEvery?: number;
  readonly onReport?: (report: GanReport) => void;
  /** Aborting ends the training after this round. In a notebook it defaults to the signal of the running cell. */
  readonly signal?: AbortSignal;
}

export interface GanReport {
  /** Rounds done. */
  readonly round: number;
  /** Of the last step of each player. */
  readonly discriminator: number;
  readonly generator: number;
}

export interface GanTraining {
  readonly history: readonly GanReport[];
  /** Fewer than asked for where the training was stopped. */
  readonly rounds: number;
}

/**
 * Trains both players in place, with Adam; with `emaDecay` G ends with the average of its weights, also where it was stopped.
 *
 * @param drawReal real examples [count, …], drawn with the stream; the trainer disposes them.
 * @throws UserError for options out of range; DivergenceError when a loss that is read is not finite.
 */
export async function trainGan(
  players: GanPlayers,
  drawReal: (count: number, stream: RandomStream) => tf.Tensor,
  options: GanTrainingOptions,
): Promise<GanTraining> {
  assertOptions(options);
  const {discriminatorSteps = 1, generatorSteps = 1, beta1 = 0.5, beta2 = 0.999, reportEvery = 100} = options;
  const {rounds, rateSchedule = () => 1, instanceNoise, onReport, signal = interruptSignal()} = options;
  const optimizers = {
    discriminator: new Adam(players.discriminator.parameters.trainable, {beta1, beta2}),
    generator: new Adam(players.generator.parameters.trainable, {beta1, beta2}),
  };
  const average =
    options.emaDecay === undefined
      ? null
      : new AveragedWeights(players.generator.parameters.trainable, options.emaDecay);
  const steps = new GanSteps(players, options, optimizers, options.seed, instanceNoise !== undefined);
  const compiled = {enabled: options.compile, program: new Program()};
  const moveD = compileStep((x: tf.Tensor, n: StepNumbers) => steps.discriminatorStep(x, n), compiled);
  const stepG = (x: tf.Tensor, n: StepNumbers) => {
    const loss = steps.generatorStep(x, n);
    average?.update();
    return loss;
  };
  const moveG = compileStep(stepG, compiled);
  const stream = new RandomStream(options.seed, 'gan/real');
  const history: GanReport[] = [];
  let round = 0;
  try {
    for (; round < rounds && !signal?.aborted; round++) {
      const done = round / rounds;
      tf.tidy(() => {
        const noise = tf.scalar(instanceNoise?.(done) ?? 0);
        const numbers = (rate: number) => ({learningRate: tf.scalar(rate * rateSchedule(done)), noise});
        const [forD, forG] = [numbers(options.discriminatorRate), numbers(options.generatorRate)];
        let real = drawReal(steps.realCount, stream);
        let discriminator = moveD(real, forD);
        for (let i = 1; i < discriminatorSteps; i++) {
          real = drawReal(steps.realCount, stream);
          discriminator = moveD(real, forD);
        }
        let generator = moveG(real, forG);
        for (let i = 1; i < generatorSteps; i++) generator = moveG(real, forG);
        if ((round + 1) % reportEvery !== 0 && round + 1 !== rounds) return;
        const [d, g] = [discriminator.dataSync()[0]!, generator.dataSync()[0]!];
        assertFinite(round + 1, {discriminator: d, generator: g});
        history.push({round: round + 1, discriminator: d, generator: g});
        onReport?.(history[history.length - 1]!);
      });
      if (round % turnEvery === 0) await nextTurn();
    }
    average?.adopt();
  } finally {
    moveD.dispose();
    moveG.dispose();
    steps.dispose();
    optimizers.discriminator.dispose();
    optimizers.generator.dispose();
    average?.dispose();
  }
  return {history, rounds: round};
}

/** Rounds between two turns of timers and signals. */
const turnEvery = 20;

function assertFinite(round: number, losses: Readonly<Record<string, number>>): void {
  for (const [name, loss] of Object.entries(losses))
    if (!Number.isFinite(loss)) throw new DivergenceError(name, loss, `round ${round}`);
}

function assertOptions(options: GanTrainingOptions): void {
  const {rounds, batchSize, discriminatorSteps = 1, generatorSteps = 1, packing = 1, reportEvery = 100} = options;
  const counts = {rounds, batchSize, discriminatorSteps, generatorSteps, packing, reportEvery};
  for (const [name, value] of Object.entries(counts)) assertPositiveInteger(name, value);
  for (const name of ['discriminatorRate', 'generatorRate'] as const) {
    const rate = options[name];
    if (!(rate > 0 && Number.isFinite(rate))) throw expected(name, 'a number above 0', rate);
  }
  assertPlayable(options);
  if (options.emaDecay !== undefined) assertInRange('emaDecay', options.emaDecay, 0, 1);
  if (options.realTarget !== undefined) assertInRange('realTarget', options.realTarget, Number.MIN_VALUE, 1);
}
