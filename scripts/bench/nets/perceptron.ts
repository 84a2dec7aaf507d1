/** Two perceptrons, 100-256-512-784 and 784-512-256-1: 1.09 M parameters. */

import {tf} from '../../../src/core/tensorflow';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../../src/losses/adversarial';
import {dense} from '../../../src/networks/layers/dense';
import type {Parameters} from '../../../src/networks/parameters';
import type {Game} from './game';
import {leaky} from './layers';

export function perceptronGame({D, G}: Game['players'], batch: number): Game {
  const generate = perceptron(G, 'G', [100, 256, 512, 784], tf.tanh);
  const judge = perceptron(D, 'D', [784, 512, 256, 1], x => x);
  return {players: {D, G}, ...adversarial(generate, judge, [batch, 784], [batch, 100])};
}

/** D moves, then G: the non-saturating game, each on noise of its own. */
export function adversarial(
  generate: (z: tf.Tensor) => tf.Tensor,
  judge: (x: tf.Tensor) => tf.Tensor,
  realShape: readonly number[],
  noiseShape: readonly number[],
): Pick<Game, 'inputs' | 'moves'> {
  return {
    inputs: {
      x: {kind: 'picture', shape: realShape},
      z1: {kind: 'normal', shape: noiseShape},
      z2: {kind: 'normal', shape: noiseShape},
    },
    moves: [
      {player: 'D', loss: ({x, z1}) => minimaxDiscriminatorLoss(judge(x!), judge(generate(z1!)))},
      {player: 'G', loss: ({z2}) => nonSaturatingGeneratorLoss(judge(generate(z2!)))},
    ],
  };
}

function perceptron(parameters: Parameters, path: string, widths: number[], last: (x: tf.Tensor) => tf.Tensor) {
  const layers = widths.slice(1).map((to, i) => dense(parameters, `${path}/${i}`, widths[i]!, to));
  return (input: tf.Tensor): tf.Tensor =>
    layers.reduce<tf.Tensor>((x, layer, i) => (i < layers.length - 1 ? leaky : last)(layer(x)), input);
}
