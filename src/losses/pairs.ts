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
  /** 'own' for two functions. */
  readonly name: AdversarialLossName | 'own';
  readonly discriminatorLoss: DiscriminatorLoss;
  readonly generatorLoss: (realLogits: tf.Tensor, fakeLogits: tf.Tensor, options?: ScoreOptions) => tf.Scalar;
  /** Real scores matter to the generator's loss, so its step must judge real examples too. */
  readonly generatorNeedsReal: boolean;
  /** The critic needs a bound on its slope beside the loss: WGAN-GP, DRAGAN, weight clipping or spectral norm; `trainGan` asks for one. */
  readonly needsBoundedSlope: boolean;
}

/** What a player's loss may be as a function: of two kinds of scores or of one. */
export type AdversarialLoss = (...scores: never[]) => tf.Scalar;

/** Two losses chosen as functions, of the house or a user's own. */
export interface LossPair {
  readonly discriminator: DiscriminatorLoss;
  /** (fakeLogits), or (realLogits, fakeLogits) with `generatorNeedsReal`. */
  readonly generator: AdversarialLoss;
  /** Whether a user's own generator loss looks at real scores too; false unless told. The house's are known. */
  readonly generatorNeedsReal?: boolean;
}

/** What a configuration may say: the name of a game, or its two losses. */
export type LossChoice = AdversarialLossName | LossPair;

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
 * The pair that a configuration chose: by the name of the game, or as two functions that must belong together (`assertLossPair`).
 *
 * @throws UserError for a name that is not on the list, and for losses of two games. adversarialPair('hinge').generatorNeedsReal is false.
 */
export function adversarialPair(choice: LossChoice): AdversarialPair {
  if (typeof choice === 'object') return ownPair(choice);
  const row = Object.hasOwn(rows, choice) ? rows[choice] : undefined;
  if (!row) throw unknownChoice('adversarial loss', choice, adversarialLossNames);
  return pairOf(choice, row.discriminator, row.generator, row);
}

function ownPair({discriminator, generator, generatorNeedsReal}: LossPair): AdversarialPair {
  assertLossPair(discriminator, generator);
  const all = Object.values(rows);
  return pairOf('own', discriminator, generator, {
    needsReal: all.find(row => row.generator === generator)?.needsReal ?? generatorNeedsReal,
    needsBoundedSlope: all.find(row => row.discriminator === discriminator)?.needsBoundedSlope,
  });
}

function pairOf(
  name: AdversarialPair['name'],
  discriminatorLoss: DiscriminatorLoss,
  loss: AdversarialLoss,
  {needsReal = false, needsBoundedSlope = false}: Pick<Row, 'needsReal' | 'needsBoundedSlope'>,
): AdversarialPair {
  const generator = loss as (...scores: unknown[]) => tf.Scalar;
  return {
    name,
    discriminatorLoss,
    generatorLoss: needsReal
      ? (real, fake, options) => generator(real, fake, options)
      : (_, fake, options) => generator(fake, options),
    generatorNeedsReal: needsReal,
    needsBoundedSlope,
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
