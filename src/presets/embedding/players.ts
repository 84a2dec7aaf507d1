/** G that makes embeddings and D that judges them, saved and loaded. */
import * as path from 'node:path';
import {RandomStream} from '../../core/random';
import {mapRecord} from '../../core/records';
import type {tf} from '../../core/tensorflow';
import {fillVariables} from '../../model/serialization';
import {readSafetensors} from '../../model/weights';
import {leakyRelu} from '../../networks/layers/activations';
import {dense} from '../../networks/layers/dense';
import {Parameters} from '../../networks/parameters';

/** Z and D (of each modality), and the units of a hidden layer. */
export const embeddingSizes = {latentDim: 100, embeddingDim: 128, units: 256};

export interface EmbeddingPlayers {
  readonly generator: Parameters;
  readonly discriminator: Parameters;
  /** z [N, Z] → the embedding of a picture and that of its text side by side, [N, 2·D]. */
  readonly generate: (z: tf.Tensor) => tf.Tensor2D;
  /** Logits [N, 1]. */
  readonly score: (x: tf.Tensor) => tf.Tensor2D;
}

export function embeddingPlayers(seed: number): EmbeddingPlayers {
  const {latentDim, embeddingDim} = embeddingSizes;
  const [generator, discriminator] = ['generator', 'discriminator'].map(
    player => new Parameters(new RandomStream(seed, `embedding/${player}`)),
  ) as [Parameters, Parameters];
  const generate = embeddingStack(generator, 'generator', latentDim, 2 * embeddingDim);
  const score = embeddingStack(discriminator, 'discriminator', 2 * embeddingDim, 1);
  return {generator, discriminator, generate, score};
}

/** inputs – 256 – 256 – outputs with leaky ReLU: [N, inputs] → [N, outputs]. */
export function embeddingStack(parameters: Parameters, path: string, inputs: number, outputs: number) {
  const {units} = embeddingSizes;
  const widths = [inputs, units, units, outputs];
  const layers = widths.slice(1).map((width, i) => {
    const std = Math.sqrt((i < 2 ? 2 : 1) / widths[i]!);
    return dense(parameters, `${path}/dense${i + 1}`, widths[i]!, width, {std});
  });
  return (x: tf.Tensor) => layers.reduce((h, layer, i) => layer(i === 0 ? h : leakyRelu(h)), x) as tf.Tensor2D;
}

/**
 * Both players from a folder that `train --preset embedding` wrote.
 *
 * @throws UserError for a folder without their files, or files of other players.
 */
export function loadEmbeddingPlayers(folder: string): EmbeddingPlayers {
  const players = embeddingPlayers(0);
  for (const name of ['generator', 'discriminator'] as const) {
    const file = path.join(folder, `${name}.safetensors`);
    fillVariables(file, players[name].all(), readSafetensors(file).tensors);
  }
  return players;
}

/**
 * How far a piece of training moved each variable: the largest change of any value, by name. What a test of a training loop asks
 * first: a player that trains has some above 0, the other player none.
 */
export async function changesDuring(parameters: Parameters, work: () => unknown): Promise<Record<string, number>> {
  const copies = () => mapRecord(parameters.all(), variable => Float32Array.from(variable.dataSync()));
  const before = copies();
  await work();
  return mapRecord(copies(), (values, name) =>
    values.reduce((most, value, i) => Math.max(most, Math.abs(value - before[name]![i]!)), 0),
  );
}
