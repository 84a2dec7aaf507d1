/** A game as a subject: both players' moves, each with Adam, in one step. */
import {compileStep} from '../../../src/backend/compile';
import {mapRecord} from '../../../src/core/records';
import {tf} from '../../../src/core/tensorflow';
import type {StoredTensor} from '../../../src/model/weights';
import {Adam} from '../../../src/training/optimizers/adam';
import type {Slopes, Subject, SubjectOptions} from '../subject-type';
import {adamSettings, type Game, type PlayerName} from './game';
import {drawBatches} from './inputs';
import {buildGame, type GameName} from './nets';

export function gameSubject(name: GameName, batch: number, {compile, audit}: SubjectOptions): Subject {
  const game = buildGame(name, batch);
  const moving = [...new Set(game.moves.map(({player}) => player))];
  const optimizers = new Map(moving.map(player => [player, new Adam(game.players[player].trainable, adamSettings)]));
  const options = {enabled: compile, strict: true, audit};
  const step = compileStep((...tensors: tf.Tensor[]) => {
    const inputs = named(game, tensors);
    return game.moves.map(move => {
      const {value, gradients} = slopesOf(game, move.player, () => move.loss(inputs));
      optimizers.get(move.player)!.apply(gradients, adamSettings.learningRate);
      return value;
    });
  }, options);
  const batches = drawBatches(name, game.inputs).map(host =>
    Object.values(host).map(({data, shape}) => tf.tensor(data, shape)),
  );
  let next = 0;
  return {
    stepsPerCall: 1,
    compiled: step as never,
    run: () => {
      const losses = step(...batches[next++ % batches.length]!);
      const values = losses.map(loss => loss.dataSync()[0]!);
      tf.dispose(losses);
      return values;
    },
    arguments: () => [batches[0]!],
    slopes: () => slopesAtStart(game, batches, options),
    state: () => stateOf(game, optimizers),
    dispose: () => {
      step.dispose();
      for (const optimizer of optimizers.values()) optimizer.dispose();
      for (const parameters of Object.values(game.players)) parameters.dispose();
      tf.dispose(batches);
    },
  };
}

/** Every variable and every moment, by name. */
function stateOf(game: Game, optimizers: ReadonlyMap<PlayerName, Adam>): Record<string, Float32Array> {
  const all: Record<string, Float32Array> = {};
  for (const {trainable} of Object.values(game.players)) {
    for (const [path, variable] of Object.entries(trainable)) all[path] = variable.dataSync().slice() as Float32Array;
  }
  for (const optimizer of optimizers.values()) Object.assign(all, momentsOf(optimizer));
  return all;
}

export function momentsOf(optimizer: Adam): Record<string, Float32Array> {
  const moments: Record<string, Float32Array> = {};
  for (const [path, slots] of Object.entries(optimizer.state().slots)) {
    for (const [slot, values] of Object.entries(slots)) moments[`${path}/${slot}`] = values;
  }
  return moments;
}

function named(game: Game, tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.keys(game.inputs).map((name, i) => [name, tensors[i]!]));
}

function slopesOf(game: Game, player: PlayerName, loss: () => tf.Scalar) {
  const {trainable} = game.players[player];
  const {value, grads} = tf.variableGrads(loss, Object.values(trainable));
  return {value, gradients: mapRecord(trainable, variable => grads[variable.name]!)};
}

/** Compiled too where the step is: the values are those of a replay. */
function slopesAtStart(
  game: Game,
  batches: readonly (readonly tf.Tensor[])[],
  options: Parameters<typeof compileStep>[1],
): Slopes {
  const measure = compileStep(
    (...tensors: tf.Tensor[]) =>
      game.moves.map(({player, loss}) => slopesOf(game, player, () => loss(named(game, tensors)))),
    {...options, audit: 0},
  );
  // Calls until it is compiled.
  for (let i = 0; i < 3; i++) tf.tidy(() => void measure(...batches[0]!));
  const gradients: Record<string, StoredTensor> = {};
  const losses = batches.map((batch, i) =>
    tf.tidy(() =>
      measure(...batch).map(found => {
        for (const [path, gradient] of Object.entries(found.gradients)) {
          gradients[`${i}/${path}`] = {shape: gradient.shape, data: gradient.dataSync().slice() as Float32Array};
        }
        return found.value.dataSync()[0]!;
      }),
    ),
  );
  measure.dispose();
  return {losses, gradients};
}
