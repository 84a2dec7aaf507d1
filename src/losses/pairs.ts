/** The adversarial pairs by name, and who may play against whom. */
import {expected, UserError, unknownChoice} from '../core/checks';
import type {tf} from '../core/tensorflow';
import * as pairs from './adversarial';
import {relativisticDiscriminatorLoss, relativisticGeneratorLoss} from './relativistic';
import type {DiscriminatorLoss, ScoreOptions} from './scores';

export type AdversarialLossName =
  | 'minimax'
  | 'nonSaturating'
  | 'leastSquares'
  | 'wasserstein'
  | 'hinge'
  | 'relativistic';

/** Both players' losses, called alike whichever they are: a pair whose generator does not look at real scores ignores them. */
export interface AdversarialPair {
  readonly name: AdversarialLossName;
  readonly discriminatorLoss: DiscriminatorLoss;
  readonly generatorLoss: (realLogits: tf.Tensor, fakeLogits: tf.Tensor, options?: ScoreOptions) => tf.Scalar;
  /** Real scores matter to the generator's loss, so its step must judge real examples too. */
  readonly generatorNeedsReal: boolean;
  /** The critic needs a bound on its slope beside the loss: WGAN-GP, DRAGAN, weight clipping or spectral norm. */
  readonly needsBoundedSlope: boolean;
}

/** What a player's loss may be as a function: of two kinds of scores or of one. */
export type AdversarialLoss = (...scores: never[]) => tf.Scalar;

interface Row {
  readonly discriminator: DiscriminatorLoss;
  readonly generator: AdversarialLoss;
  readonly needsReal?: boolean;
  readonly needsBoundedSlope?: boolean;
  /** Other generators' losses that play the same game. */
  readonly also?: readonly AdversarialLoss[];
}

const rows: Readonly<Record<AdversarialLossName, Row>> = {
  minimax: {
    discriminator: pairs.minimaxDiscriminatorLoss,
    generator: pairs.minimaxGeneratorLoss,
    also: [pairs.nonSaturatingGeneratorLoss],
  },
  nonSaturating: {
    discriminator: pairs.nonSaturatingDiscriminatorLoss,
    generator: pairs.nonSaturatingGeneratorLoss,
    also: [pairs.minimaxGeneratorLoss],
  },
  leastSquares: {discriminator: pairs.leastSquaresDiscriminatorLoss, generator: pairs.leastSquaresGeneratorLoss},
  wasserstein: {
    discriminator: pairs.wassersteinDiscriminatorLoss,
    generator: pairs.wassersteinGeneratorLoss,
    also: [pairs.hingeGeneratorLoss],
    needsBoundedSlope: true,
  },
  hinge: {
    discriminator: pairs.hingeDiscriminatorLoss,
    generator: pairs.hingeGeneratorLoss,
    also: [pairs.wassersteinGeneratorLoss],
  },
  relativistic: {
    discriminator: relativisticDiscriminatorLoss,
    generator: relativisticGeneratorLoss,
    needsReal: true,
  },
};

export const adversarialLossNames = Object.keys(rows) as readonly AdversarialLossName[];

/**
 * The pair of that name, for a configuration that says which game is played.
 *
 * @throws UserError for a name that is not on the list. adversarialPair('hinge').generatorNeedsReal is false.
 */
export function adversarialPair(name: AdversarialLossName): AdversarialPair {
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (!row) throw unknownChoice('adversarial loss', name, adversarialLossNames);
  const generator = row.generator as (...scores: unknown[]) => tf.Scalar;
  return {
    name,
    discriminatorLoss: row.discriminator,
    generatorLoss: row.needsReal
      ? (real, fake, options) => generator(real, fake, options)
      : (_, fake, options) => generator(fake, options),
    generatorNeedsReal: row.needsReal ?? false,
    needsBoundedSlope: row.needsBoundedSlope ?? false,
  };
}

/**
 * Refuses two losses of the house that do not belong together: the players of two games, or the two exchanged. Losses that it does
 * not know, a user's own, pass.
 *
 * @throws UserError that names the partner.
 */
export function assertLossPair(discriminatorLoss: AdversarialLoss, generatorLoss: AdversarialLoss): void {
  const all = Object.values(rows);
  const isOneOf = (loss: AdversarialLoss, side: 'discriminator' | 'generator') => all.some(row => row[side] === loss);
  if (isOneOf(discriminatorLoss, 'generator'))
    throw expected("the discriminator's loss", 'a …DiscriminatorLoss', discriminatorLoss.name);
  if (isOneOf(generatorLoss, 'discriminator'))
    throw expected("the generator's loss", 'a …GeneratorLoss', generatorLoss.name);
  const row = all.find(each => each.discriminator === discriminatorLoss);
  if (!row || !isOneOf(generatorLoss, 'generator')) return;
  if (row.generator === generatorLoss || row.also?.includes(generatorLoss)) return;
  throw new UserError(
    `Expected the generator's loss to be ${row.generator.name}, the partner of ${discriminatorLoss.name}, got ${generatorLoss.name}.`,
  );
}
