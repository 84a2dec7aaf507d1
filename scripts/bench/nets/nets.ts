/** The networks that are measured, by name. Adding one is adding a row here, and one in each of peers/. */
import {RandomStream} from '../../../src/core/random';
import {Parameters} from '../../../src/networks/parameters';
import {criticGame, dcgan28Game, dcgan32Game} from './convolutional';
import type {Game} from './game';
import {perceptronGame} from './perceptron';
import {textGame} from './text';

const builders = {
  'dcgan-28': dcgan28Game,
  'dcgan-32': dcgan32Game,
  perceptron: perceptronGame,
  'lstm-text': textGame,
  'wgan-gp-critic': criticGame,
} as const satisfies Record<string, (players: Game['players'], batch: number) => Game>;

export type GameName = keyof typeof builders;
/** The flagship is no small game of its own: its steps are those of src/training, and no peer has them. */
export type NetName = GameName | 'flagship';

export const gameNames = Object.keys(builders) as GameName[];
export const netNames: readonly NetName[] = ['flagship', ...gameNames];

/** The game with weights from a fixed seed. */
export function buildGame(name: GameName, batch: number): Game {
  const players = {
    D: new Parameters(new RandomStream(1, `bench/${name}/D`)),
    G: new Parameters(new RandomStream(1, `bench/${name}/G`)),
  };
  return builders[name](players, batch);
}
