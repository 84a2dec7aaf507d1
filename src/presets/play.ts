/** How the presets train: steps of one player each, in turns, epoch by epoch. */
import {type CompiledStep, compileStep} from '../backend/compile';
import {nextTurn} from '../core/interruption';
import {mapRecord} from '../core/records';
import {tf} from '../core/tensorflow';
import type {Parameters} from '../networks/parameters';
import type {Optimizer} from '../training/optimizers/optimizer';
import {DivergenceError} from '../training/progress';
import type {EpochRecord, PresetOptions} from './preset-type';

/** Moves one player once. Takes and returns tensors; the loss is the caller's. */
export type PlayerStep = CompiledStep<tf.Tensor[], tf.Scalar>;

/**
 * A step of one player: gradients of its loss in its own weights, and an update of those alone. Recorded and replayed where the
 * engine can.
 */
export function playerStep(
  {trainable}: Pick<Parameters, 'trainable'>,
  optimizer: Optimizer,
  learningRate: number,
  loss: (...inputs: tf.Tensor[]) => tf.Scalar,
): PlayerStep {
  const variables = Object.entries(trainable);
  return compileStep((...inputs: tf.Tensor[]) => {
    const {value, grads} = tf.variableGrads(
      () => loss(...inputs),
      variables.map(([, variable]) => variable),
    );
    // A loss that does not depend on a weight leaves it where it is.
    const gradients = variables.map(([name, variable]) => [name, grads[variable.name] ?? tf.zerosLike(variable)]);
    optimizer.apply(Object.fromEntries(gradients), learningRate);
    return value;
  });
}

/** What one turn of the game costs each player, by name. */
export type Turn = () => Record<string, tf.Scalar>;

/** Their rates are their own; what a person has is the seed, and a closer look. */
const adviceForPresets = 'another seed may do, and --debug-nan names the layer where it begins';

/** Turns between two chances for timers and signals. */
const turnsBetweenBreaths = 10;

/**
 * Plays `turns` turns an epoch, and tells the means of the losses after each; aborted, after those of the epoch that were played.
 *
 * @throws DivergenceError after the first turn with a loss that is not finite: what is measured after it would be no number either.
 */
export async function playEpochs(
  turn: Turn,
  epochs: number,
  turns: number,
  {onEpoch, signal}: Pick<PresetOptions, 'onEpoch' | 'signal'>,
): Promise<EpochRecord[]> {
  const history: EpochRecord[] = [];
  for (let epoch = 1; epoch <= epochs && !signal?.aborted; epoch++) {
    const sums: Record<string, number> = {};
    let played = 0;
    for (; played < turns && !signal?.aborted; played++) {
      const losses = tf.tidy(() => mapRecord(turn(), loss => loss.dataSync()[0]!));
      for (const [name, loss] of Object.entries(losses)) {
        if (!Number.isFinite(loss))
          throw new DivergenceError(name, loss, `turn ${played + 1} of epoch ${epoch}`, adviceForPresets);
        sums[name] = (sums[name] ?? 0) + loss;
      }
      if (played % turnsBetweenBreaths === 0) await nextTurn();
    }
    const record = {epoch, losses: mapRecord(sums, sum => sum / played)};
    history.push(record);
    onEpoch?.(record, epochs);
    await nextTurn();
  }
  return history;
}
