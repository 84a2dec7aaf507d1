/**
 * Convolutional games without normalisation: pictures of 28×28×1 (0.82 M parameters) and of 32×32×3, and one step of a
 * WGAN-GP critic. The layout is Radford et al.'s (arXiv:1511.06434): strides in the place of pools, leaky units in D.
 */

import {tf} from '../../../src/core/tensorflow';
import {wassersteinDiscriminatorLoss} from '../../../src/losses/adversarial';
import {wganGpPenalty} from '../../../src/losses/lipschitz-penalties';
import {dense} from '../../../src/networks/layers/dense';
import type {Parameters} from '../../../src/networks/parameters';
import type {Game} from './game';
import {doubling, halving, leaky} from './layers';
import {adversarial} from './perceptron';

export function dcgan28Game({D, G}: Game['players'], batch: number): Game {
  return {players: {D, G}, ...adversarial(generator28(G), discriminator28(D), [batch, 28, 28, 1], [batch, 100])};
}

export function dcgan32Game({D, G}: Game['players'], batch: number): Game {
  return {players: {D, G}, ...adversarial(generator32(G), discriminator32(D), [batch, 32, 32, 3], [batch, 100])};
}

/** The critic alone moves: E[D(G(z))] - E[D(x)] + 10·E[(‖∇D‖ - 1)²] between them. */
export function criticGame({D, G}: Game['players'], batch: number): Game {
  const [generate, judge] = [generator28(G), discriminator28(D)];
  return {
    players: {D, G},
    inputs: {
      x: {kind: 'picture', shape: [batch, 28, 28, 1]},
      z1: {kind: 'normal', shape: [batch, 100]},
      amounts: {kind: 'uniform', shape: [batch]},
    },
    moves: [
      {
        player: 'D',
        loss: ({x, z1, amounts}) => {
          const fake = generate(z1!);
          const distance = wassersteinDiscriminatorLoss(judge(x!), judge(fake));
          return distance.add(wganGpPenalty(judge, [x!], [fake], amounts!)) as tf.Scalar;
        },
      },
    ],
  };
}

function generator28(parameters: Parameters) {
  const start = dense(parameters, 'G/start', 100, 7 * 7 * 128);
  const middle = doubling(parameters, 'G/middle', 4, 128, 64);
  const end = doubling(parameters, 'G/end', 4, 64, 1);
  return (z: tf.Tensor): tf.Tensor => {
    // [N, 100] → [N, 7, 7, 128] → [N, 14, 14, 64] → [N, 28, 28, 1]
    const x = leaky(start(z)).reshape([z.shape[0]!, 7, 7, 128]);
    return tf.tanh(end(leaky(middle(x))));
  };
}

function discriminator28(parameters: Parameters) {
  const first = halving(parameters, 'D/first', 5, 1, 32);
  const second = halving(parameters, 'D/second', 5, 32, 64);
  const score = dense(parameters, 'D/score', 7 * 7 * 64, 1);
  return (x: tf.Tensor): tf.Tensor => score(leaky(second(leaky(first(x)))).reshape([x.shape[0]!, 7 * 7 * 64]));
}

function generator32(parameters: Parameters) {
  const start = dense(parameters, 'G/start', 100, 4 * 4 * 128);
  const first = doubling(parameters, 'G/first', 4, 128, 64);
  const second = doubling(parameters, 'G/second', 4, 64, 32);
  const end = doubling(parameters, 'G/end', 4, 32, 3);
  return (z: tf.Tensor): tf.Tensor => {
    // [N, 100] → [N, 4, 4, 128] → [N, 8, 8, 64] → [N, 16, 16, 32] → [N, 32, 32, 3]
    const x = leaky(start(z)).reshape([z.shape[0]!, 4, 4, 128]);
    return tf.tanh(end(leaky(second(leaky(first(x))))));
  };
}

function discriminator32(parameters: Parameters) {
  const first = halving(parameters, 'D/first', 4, 3, 32);
  const second = halving(parameters, 'D/second', 4, 32, 64);
  const third = halving(parameters, 'D/third', 4, 64, 128);
  const score = dense(parameters, 'D/score', 4 * 4 * 128, 1);
  return (x: tf.Tensor): tf.Tensor =>
    score(leaky(third(leaky(second(leaky(first(x)))))).reshape([x.shape[0]!, 4 * 4 * 128]));
}
