/** Mode collapse, measured: how many of the known modes of toy data a GAN still draws from, with and without what is said to cure it. */
import {unknownChoice} from '../core/checks';
import {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import {drawPoints, type GaussianModes} from '../datasets/gaussian-mixtures';
import {gridCentres, type ModeCoverage, modeCoverage, ringCentres} from '../evaluation/mode-coverage';
import {Parameters} from '../networks/parameters';
import {type PointDiscriminatorOptions, pointDiscriminator, pointGenerator} from '../networks/point-networks';
import {type GanTrainingOptions, trainGan} from '../training/gan-trainer';
import {linearFall} from '../training/schedules';

/**
 * The ring of 8 and the grid of 25, with places and spread of the authors' code of PacGAN (github.com/fjxmlzn/PacGAN,
 * synthetic_data_experiments): radius 1 and deviation 0.01; distance 2 and deviation 0.05.
 */
export const modeProblems = {
  ring: {centres: ringCentres(8, 1), deviation: 0.01},
  grid: {centres: gridCentres(5, 2), deviation: 0.05},
} satisfies Record<string, GaussianModes>;

export type ModeProblem = keyof typeof modeProblems;

/** What a setting adds to the plain GAN. */
export interface ModeSetting {
  /** In words, for a table. */
  readonly title: string;
  readonly game: Pick<GanTrainingOptions, 'loss'> & Partial<GanTrainingOptions>;
  readonly discriminator?: Pick<PointDiscriminatorOptions, 'spectral' | 'scale' | 'stddevGroup'>;
}

/** The plain GAN and five cures; all else is the same. */
export const modeSettings = {
  plain: {title: 'plain GAN (non-saturating)', game: {loss: 'nonSaturating'}},
  stddev: {
    title: 'minibatch standard deviation (groups of 4)',
    game: {loss: 'nonSaturating'},
    discriminator: {stddevGroup: 4},
  },
  packing: {title: 'packing 2', game: {loss: 'nonSaturating', packing: 2}},
  wganGp: {
    title: 'WGAN-GP (λ = 0.1)',
    game: {loss: 'wasserstein', bound: {kind: 'wganGp', weight: 0.1}, beta1: 0, beta2: 0.9},
  },
  r1: {title: 'R1 (γ = 0.1)', game: {loss: 'nonSaturating', bound: {kind: 'r1', gamma: 0.1}}},
  // A slope of 1, as in the paper for pictures, is too flat to tell modes of this width: G gets nowhere.
  spectral: {
    title: 'spectral norm (slope at most 10)',
    game: {loss: 'nonSaturating'},
    discriminator: {spectral: true, scale: 10},
  },
} satisfies Record<string, ModeSetting>;

export type ModeSettingName = keyof typeof modeSettings;

export interface ModeRunOptions {
  /** By name, or one's own. */
  readonly problem: ModeProblem | GaussianModes;
  readonly setting: ModeSettingName | ModeSetting;
  readonly seed: number;
  /** Steps of D and G together: the same budget for every n_D : n_G. 20,000 unless told. */
  readonly updates?: number;
  readonly signal?: AbortSignal;
}

export interface ModeRun extends ModeCoverage {
  /** What G draws in the end, as many points as are counted. */
  readonly points: readonly (readonly [number, number])[];
  readonly updates: number;
}

/** Points that are counted; the paper's number. */
export const countedPoints = 2500;

/** The same in every setting. */
const shared = {
  latentDim: 2,
  network: {units: 128, hiddenLayers: 3},
  batchSize: 100,
  discriminatorRate: 1e-3,
  generatorRate: 1e-3,
} as const;

/**
 * Trains a GAN of two perceptrons on toy data and counts its modes: a mode counts when one of 2,500 points lies within three standard
 * deviations of it.
 *
 * Source: Lin et al. 2018, section 4.1 (arXiv:1712.04086), after Srivastava et al. 2017, section 4.1 (arXiv:1705.07761).
 */
export async function runModes({problem, setting, seed, updates = 20_000, signal}: ModeRunOptions): Promise<ModeRun> {
  const modes = typeof problem === 'string' ? entry<GaussianModes>('problem', modeProblems, problem) : problem;
  const {game, discriminator} =
    typeof setting === 'string' ? entry<ModeSetting>('setting', modeSettings, setting) : setting;
  const {latentDim, network, ...rates} = shared;
  const [packing, perRound] = [game.packing ?? 1, (game.discriminatorSteps ?? 1) + (game.generatorSteps ?? 1)];
  const [forG, forD] = ['generator', 'discriminator'].map(
    name => new Parameters(new RandomStream(seed, `modes/${name}`)),
  );
  try {
    const generate = pointGenerator(forG!, 'generator', latentDim, 2, network);
    const score = pointDiscriminator(forD!, 'discriminator', 2 * packing, {...network, ...discriminator});
    const {rounds} = await trainGan(
      {generator: {parameters: forG!, latentDim, generate}, discriminator: {parameters: forD!, score}},
      (count, stream) => tf.tensor2d(drawPoints(modes, count, stream), [count, 2]),
      {
        ...rates,
        rateSchedule: done => linearFall(done, 0.02),
        ...game,
        rounds: Math.max(1, Math.round(updates / perRound)),
        seed,
        signal,
      },
    );
    const points = tf.tidy(() => {
      const z = new RandomStream(seed, 'modes/samples').normals(countedPoints * latentDim);
      return generate(tf.tensor2d(z, [countedPoints, latentDim])).arraySync() as [number, number][];
    });
    return {
      ...modeCoverage(points, modes.centres as number[][], {deviation: modes.deviation}),
      points,
      updates: rounds * perRound,
    };
  } finally {
    forG!.dispose();
    forD!.dispose();
  }
}

function entry<T>(what: string, table: Readonly<Record<string, T>>, name: string): T {
  if (!Object.hasOwn(table, name)) throw unknownChoice(what, name, Object.keys(table));
  return table[name]!;
}
