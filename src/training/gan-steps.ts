/**
 * One step of D and one of G in an ordinary GAN, z → x → score, with the tricks that keep it from collapsing. Chance is drawn by
 * operations, so that a step is a function of weights and of real examples alone and can be recorded.
 */
import {RandomCounter} from '../backend/stateless-random';
import {expected, UserError} from '../core/checks';
import {tf} from '../core/tensorflow';
import {draganNoise, draganPenalty, wganGpPenalty} from '../losses/lipschitz-penalties';
import {type AdversarialLossName, adversarialPair, type LossChoice} from '../losses/pairs';
import {r1Penalty} from '../losses/penalties';
import type {ScoreOptions} from '../losses/scores';
import type {ScoreFunction} from '../losses/slopes';
import {clipWeights} from '../losses/weight-clipping';
import type {NormMode} from '../networks/layers/norm-mode';
import type {Parameters} from '../networks/parameters';
import type {Augmentation} from './drawn-augmentation';
import {clipByGlobalNorm} from './gradient-clipping';
import {addInstanceNoise} from './instance-noise';
import type {Optimizer} from './optimizers/optimizer';
import {packRows} from './packing';
import {valueAndGradients} from './value-and-gradients';

/** G and D as functions of tensors, with their variables. */
export interface GanPlayers {
  readonly generator: {
    readonly parameters: Parameters;
    readonly latentDim: number;
    /** z [N, Z], standard normal → x [N, …]. */
    readonly generate: (z: tf.Tensor2D) => tf.Tensor;
  };
  readonly discriminator: {
    readonly parameters: Parameters;
    /** x [N, …], or N packs of m with last axes side by side → scores [N] or [N, 1]. In 'stored' mode layers keep their state. */
    readonly score: (x: tf.Tensor, mode: NormMode) => tf.Tensor;
  };
}

/** What bounds the slope of D. */
export type SlopeBound =
  | {readonly kind: 'wganGp'; readonly weight: number}
  | {readonly kind: 'dragan'; readonly weight: number}
  | {readonly kind: 'r1'; readonly gamma: number}
  /** Each weight of D is kept within ± limit. */
  | {readonly kind: 'clipping'; readonly limit: number}
  /** D's own layers, such as spectral norm: nothing is added to the loss. */
  | {readonly kind: 'network'};

export interface GanGame {
  /** A game by name, or its two losses; losses of two games are refused. */
  readonly loss: LossChoice;
  /** What D judges at once, N: examples, or packs of them. */
  readonly batchSize: number;
  /** m: D judges so many examples together; 1 unless told. */
  readonly packing?: number;
  /** The Wasserstein game must have one: without it D can earn any amount by growing steeper. */
  readonly bound?: SlopeBound;
  /**
   * T, by which all that D sees is changed, real or generated, in either player's step, so that D cannot learn few examples by heart:
   * L_D(T(x), T(G(z))) and L_G(T(G(z))). For a modality `diffAugment(spec)`; none unless told.
   * Source: DiffAugment, Zhao et al. 2020, section 3.2 (arXiv:2006.10738).
   */
  readonly augment?: Augmentation;
  /** One-sided label smoothing; 1 unless told. Of the minimax, non-saturating and least-squares games. */
  readonly realTarget?: number;
  /** Gradients of either player are scaled down to this norm; not unless told. */
  readonly maxGradientNorm?: number;
}

/** What changes from step to step. */
export interface StepNumbers {
  readonly learningRate: tf.Scalar;
  /** Standard deviation of instance noise. */
  readonly noise: tf.Scalar;
}

export class GanSteps {
  private readonly chance: RandomCounter;
  private readonly pair;
  private readonly packing: number;

  /** @param noisy whether instance noise is used at all. */
  constructor(
    private readonly players: GanPlayers,
    private readonly game: GanGame,
    private readonly optimizers: {readonly discriminator: Optimizer; readonly generator: Optimizer},
    seed: number,
    private readonly noisy: boolean,
  ) {
    this.pair = adversarialPair(game.loss);
    this.packing = game.packing ?? 1;
    assertPlayable(game);
    this.chance = new RandomCounter(seed, 'gan/steps');
  }

  /** Real examples that a step takes. */
  get realCount(): number {
    return this.game.batchSize * this.packing;
  }

  /** Moves D once. @param real [N·m, …]. @returns its loss, penalty included. */
  discriminatorStep(real: tf.Tensor, {learningRate, noise}: StepNumbers): tf.Scalar {
    return tf.tidy(() => {
      const {parameters, score} = this.players.discriminator;
      const shown = this.shown(real, noise);
      const fake = this.shown(this.generated(), noise);
      const {value, gradients} = valueAndGradients(parameters.trainable, () => {
        const options = this.game.realTarget === undefined ? {} : {realTarget: this.game.realTarget};
        const loss = this.pair.discriminatorLoss(score(shown, 'batch'), score(fake, 'batch'), options as ScoreOptions);
        return loss.add(this.penalty(shown, fake)) as tf.Scalar;
      });
      this.optimizers.discriminator.apply(this.clipped(gradients), learningRate);
      if (this.game.bound?.kind === 'clipping') clipWeights(parameters.trainable, this.game.bound.limit);
      return value;
    });
  }

  /** Moves G once. @param real [N·m, …], looked at by the relativistic game only. */
  generatorStep(real: tf.Tensor, {learningRate, noise}: StepNumbers): tf.Scalar {
    return tf.tidy(() => {
      const {score} = this.players.discriminator;
      const {value, gradients} = valueAndGradients(this.players.generator.parameters.trainable, () => {
        const fake = score(this.shown(this.generated(), noise), 'stored');
        const compared = this.pair.generatorNeedsReal ? score(this.shown(real, noise), 'stored') : fake;
        return this.pair.generatorLoss(compared, fake);
      });
      this.optimizers.generator.apply(this.clipped(gradients), learningRate);
      return value;
    });
  }

  dispose(): void {
    this.chance.dispose();
  }

  private generated(): tf.Tensor {
    const {latentDim, generate} = this.players.generator;
    return generate(this.chance.normal([this.realCount, latentDim]) as tf.Tensor2D);
  }

  /** As D sees them: augmented, blurred and packed. */
  private shown(x: tf.Tensor, noise: tf.Scalar): tf.Tensor {
    const changed = this.game.augment?.(x, this.chance) ?? x;
    const blurred = this.noisy ? addInstanceNoise(changed, this.chance.normal(x.shape), noise) : changed;
    return this.packing === 1 ? blurred : packRows(blurred, this.packing);
  }

  private penalty(real: tf.Tensor, fake: tf.Tensor): tf.Scalar {
    const {bound} = this.game;
    const score: ScoreFunction = x => this.players.discriminator.score(x!, 'stored');
    switch (bound?.kind) {
      case 'wganGp':
        return wganGpPenalty(score, [real], [fake], this.chance.uniform([real.shape[0]!]), bound.weight);
      case 'dragan':
        return draganPenalty(score, [real], [draganNoise(real, this.chance.uniform(real.shape))], bound.weight);
      case 'r1':
        return r1Penalty(score, [real], bound.gamma);
      default:
        return tf.scalar(0);
    }
  }

  private clipped(gradients: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    const {maxGradientNorm} = this.game;
    return maxGradientNorm === undefined ? gradients : clipByGlobalNorm(gradients, maxGradientNorm).gradients;
  }
}

/** @throws UserError for label smoothing in a game whose loss has no target, and for a game without the bound that it needs. */
export function assertPlayable({loss, realTarget, bound}: GanGame): void {
  const {name, needsBoundedSlope} = adversarialPair(loss);
  if (needsBoundedSlope && !bound)
    throw new UserError(
      'Expected the Wasserstein loss with a bound, wganGp, dragan, r1 or clipping, or network where D bounds its own slope, got none.',
    );
  if (realTarget !== undefined && !smoothable.includes(name))
    throw expected('the loss with a realTarget', `one of ${smoothable.join(', ')}`, name);
}

const smoothable: readonly (AdversarialLossName | 'own')[] = ['minimax', 'nonSaturating', 'leastSquares'];
