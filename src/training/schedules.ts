/**
 * Numbers that change over the course of a training: learning rates, noise, temperatures, weights of losses. `done` is the share of
 * the steps behind us, 0 to 1. What changes from step to step enters a recorded step as a tensor.
 */
import {expected} from '../core/checks';

/** Full rate for the first half, then straight down to `finalShare` of it. linearFall(0.75, 0.02) is 0.51. */
export function linearFall(done: number, finalShare: number): number {
  if (done <= 0.5) return 1;
  return 1 + (finalShare - 1) * Math.min(1, (done - 0.5) * 2);
}

/**
 * One cycle: a cosine rise from 1/25 to 1 over the first 30 %, then a cosine fall to 1/250,000.
 *
 * Source: Smith & Topin 2018, section 3 (arXiv:1708.07120), in the shape of PyTorch's OneCycleLR. oneCycle(0.3) is 1.
 */
export function oneCycle(done: number): number {
  const rise = 0.3;
  return done < rise
    ? cosineBetween(done / rise, 1 / 25, 1)
    : cosineBetween((done - rise) / (1 - rise), 1, 1 / 250_000);
}

/** Straight from one value to another. linearBetween(0.25, 1, 3) is 1.5. */
export function linearBetween(done: number, from: number, to: number): number {
  return from + (to - from) * share(done);
}

/** Half a cosine wave from one value to another: slow at both ends. cosineBetween(0.5, 1, 3) is 2. Source: Loshchilov & Hutter 2017, section 3, equation 5 (arXiv:1608.03983). */
export function cosineBetween(done: number, from: number, to: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share(done)))) / 2;
}

/** By equal factors; both values above 0. exponentialBetween(0.5, 1, 0.01) is 0.1. */
export function exponentialBetween(done: number, from: number, to: number): number {
  if (!(from > 0 && to > 0)) throw expected('both values', 'above 0', [from, to]);
  return from * (to / from) ** share(done);
}

/** 0 to 1 over the first `over` of the training, then 1; a factor for another schedule. warmUp(0.02, 0.1) is 0.2. */
export function warmUp(done: number, over: number): number {
  if (!(over > 0 && over <= 1)) throw expected('over', 'above 0 and at most 1', over);
  return Math.min(1, share(done) / over);
}

/** The value of the last step whose start is reached. stepwise(0.6, [[0, 1], [0.5, 0.1], [0.9, 0.01]]) is 0.1. */
export function stepwise(done: number, steps: readonly (readonly [start: number, value: number])[]): number {
  const reached = steps.filter(([start]) => start <= share(done));
  if (reached.length === 0) throw expected('the first step', 'one that starts at 0', steps[0]?.[0] ?? 'none');
  return reached[reached.length - 1]![1];
}

function share(done: number): number {
  return Math.min(1, Math.max(0, done));
}
