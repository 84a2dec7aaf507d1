/** Picture embeddings from a network that learns to say a picture in few numbers. */
import {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import {meanSquaredErrorLoss} from '../../losses/mean-squared-error';
import {leakyRelu} from '../../networks/layers/activations';
import {dense} from '../../networks/layers/dense';
import {Parameters} from '../../networks/parameters';
import {Adam} from '../../training/optimizers/adam';
import {BatchOrder, stackRows} from '../picture-texts';
import {playerStep} from '../play';

export interface PictureNetworkOptions {
  readonly dim: number;
  readonly seed: number;
  /** Steps of 64 pictures; 600 unless told, 0 leaves the network as it starts. */
  readonly steps?: number;
}

export interface PictureNetwork {
  /** The encoder's weights; `pictures/code/kernel` is its last layer, [256, dim]. */
  readonly parameters: Parameters;
  /** Pictures in [-1, 1], row by row, to embeddings, row by row. */
  embed(pictures: readonly Float32Array[]): number[][];
}

const units = 256;

/**
 * The first half of an autoencoder: pixels – 256 – dim – 256 – pixels, L = E[(x - x')²].
 *
 * Source: Hinton & Salakhutdinov 2006 (DOI 10.1126/science.1127647), with two layers on either side.
 */
export function learnPictureNetwork(
  pictures: readonly Float32Array[],
  {dim, seed, steps = 600}: PictureNetworkOptions,
): PictureNetwork {
  const size = pictures[0]!.length;
  const parameters = new Parameters(new RandomStream(seed, 'embedding/pictures'));
  const encode = twoLayers(parameters, ['pictures/hidden', 'pictures/code'], size, dim);
  const decoder = new Parameters(new RandomStream(seed, 'embedding/decoder'));
  const decode = twoLayers(decoder, ['decoder/hidden', 'decoder/pixels'], dim, size);
  const both = {trainable: {...parameters.trainable, ...decoder.trainable}};
  const optimizer = new Adam(both.trainable, {beta1: 0.9, beta2: 0.999});
  const step = playerStep(both, optimizer, 1e-3, x => meanSquaredErrorLoss(tf.tanh(decode(encode(x!))), x!));
  const order = new BatchOrder(pictures.length, new RandomStream(seed, 'embedding/picture-batches'));
  for (let i = 0; i < steps; i++) tf.tidy(() => void step(stackRows(order.next(64).map(place => pictures[place]!))));
  for (const each of [step, optimizer, decoder]) each.dispose();
  return {
    parameters,
    embed: rows => {
      const found: number[][] = [];
      for (let from = 0; from < rows.length; from += 500)
        found.push(...tf.tidy(() => encode(stackRows(rows.slice(from, from + 500))).arraySync()));
      return found;
    },
  };
}

/** Either half: inputs – 256 – outputs with leaky ReLU between. */
export function twoLayers(
  parameters: Parameters,
  [hidden, last]: readonly [hidden: string, last: string],
  inputs: number,
  outputs: number,
) {
  const first = dense(parameters, hidden, inputs, units, {std: Math.sqrt(2 / inputs)});
  const second = dense(parameters, last, units, outputs);
  return (x: tf.Tensor) => second(leakyRelu(first(x)));
}
