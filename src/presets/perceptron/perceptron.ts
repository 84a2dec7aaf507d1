/** The preset `perceptron`: small players on vectors of ten numbers and on points in the plane, signs reversed and right. */
import {RandomStream} from '../../core/random';
import {pictureTexts} from '../picture-texts';
import {assertLossFits, type Finding, type Preset, type PresetOptions, type PresetRun} from '../preset-type';
import {fusedVectors} from './fused-vectors';
import {type PerceptronGame, type PerceptronLoss, playPerceptrons} from './game';
import {toyPoints} from './toy-points';

/** Examples at most, and points of the toy. */
const counts = {examples: 2000, points: 1000};

/** Those with the right signs: binary cross-entropy, and the mean squared error of D's probability. */
const losses = ['crossEntropy', 'meanSquaredError'] as const satisfies readonly PerceptronLoss[];

export const perceptronPreset: Preset = {
  name: 'perceptron',
  description: 'G 128–128–10 and D 128–128–1 play on fused vectors of picture and caption, by plain gradient descent',
  errors: [
    "L_D is printed as the game's value, which D should make large, and is made small: D runs to certainty of one answer to everything, where no slope is left",
    'L_G is printed with the opposite sign and with the real term, which G cannot move: G learns to be found out',
  ],
  losses,
  async train(options: PresetOptions): Promise<PresetRun> {
    assertLossFits(perceptronPreset, options);
    const {variant, dataset, seed, epochs = 50, signal} = options;
    const rows = fusedVectors(
      pictureTexts(dataset, 'train', new RandomStream(seed, 'perceptron/data'), counts.examples),
    );
    const chosen = (options.loss ?? losses[0]) as (typeof losses)[number];
    const loss = variant === 'asPublished' ? 'printed' : chosen;
    const game = await playPerceptrons(rows, {...options, loss, epochs});
    const points = toyPoints(new RandomStream(seed, 'perceptron/toy'), counts.points);
    const toy = await playPerceptrons(points, {loss, epochs, seed, signal});
    for (const player of [toy.generator, toy.discriminator]) player.dispose();
    return {
      preset: 'perceptron',
      variant,
      seed,
      ...(variant === 'corrected' && {loss: chosen}),
      history: game.history,
      findings: [...describe(game, ''), ...describe(toy, 'toy: ')],
      curves: [
        {
          title: 'Two clouds in the plane: what G makes of them',
          xTitle: 'first number',
          yTitle: 'second number',
          points: true,
          lines: [
            {name: 'real', ...columns(points)},
            {name: 'generated', ...columns(toy.generated)},
          ],
        },
      ],
      players: {generator: game.generator, discriminator: game.discriminator},
      interrupted: signal?.aborted ?? false,
    };
  },
};

function describe(game: PerceptronGame, prefix: string): Finding[] {
  return [
    {name: `${prefix}D of real`, value: game.realProbability, meaning: 'mean probability; ½ when D cannot tell'},
    {name: `${prefix}D of generated`, value: game.fakeProbability, meaning: 'mean probability; ½ when D cannot tell'},
    {name: `${prefix}slope of L_D`, value: game.slope, meaning: '0 when nothing can be learnt any more'},
    {
      name: `${prefix}distance before`,
      value: game.distanceBefore,
      meaning: 'Fréchet distance to real vectors, untrained',
    },
    {name: `${prefix}distance`, value: game.distanceAfter, meaning: 'the same after training; 0 is best'},
  ];
}

function columns(rows: readonly Float32Array[]): {x: number[]; y: number[]} {
  return {x: rows.map(row => row[0]!), y: rows.map(row => row[1]!)};
}
