/** A text GAN: both players are long short-term memories over 16 tokens of 64 words; G's words are softmax probabilities. */

import {tf} from '../../../src/core/tensorflow';
import {minimaxDiscriminatorLoss, nonSaturatingGeneratorLoss} from '../../../src/losses/adversarial';
import {dense} from '../../../src/networks/layers/dense';
import {lstmCell} from '../../../src/networks/layers/lstm';
import type {Parameters} from '../../../src/networks/parameters';
import type {Game} from './game';

const tokens = 16;
const words = 64;
const units = 128;
/** Length of the noise of each token. */
const noise = 32;

export function textGame({D, G}: Game['players'], batch: number): Game {
  const write = memory(G, 'G/lstm', noise);
  const word = dense(G, 'G/word', units, words);
  const read = memory(D, 'D/lstm', words);
  const score = dense(D, 'D/score', units, 1);
  const generate = (z: tf.Tensor): tf.Tensor =>
    tf.softmax(word(tf.concat(write(z), 1).reshape([-1, units])).reshape([batch, tokens, words]));
  const judge = (x: tf.Tensor): tf.Tensor => score(read(x).at(-1)!);
  return {
    players: {D, G},
    inputs: {
      x: {kind: 'words', shape: [batch, tokens, words]},
      z1: {kind: 'normal', shape: [batch, tokens, noise]},
      z2: {kind: 'normal', shape: [batch, tokens, noise]},
    },
    moves: [
      {player: 'D', loss: ({x, z1}) => minimaxDiscriminatorLoss(judge(x!), judge(generate(z1!)))},
      {player: 'G', loss: ({z2}) => nonSaturatingGeneratorLoss(judge(generate(z2!)))},
    ],
  };
}

/** [N, T, inputs] → T outputs [N, units]. */
function memory(parameters: Parameters, path: string, inputs: number) {
  const next = lstmCell(parameters, path, inputs, units);
  return (x: tf.Tensor): tf.Tensor2D[] => {
    let state = tf.zeros([x.shape[0]!, 2 * units]) as tf.Tensor2D;
    return (tf.unstack(x, 1) as tf.Tensor2D[]).map(token => {
      state = next(token, state);
      return state.slice([0, 0], [-1, units]);
    });
  };
}
