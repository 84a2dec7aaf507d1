/** How many Gaussians the prior over content gets where its config leaves that to the data. */
import type {RandomStream} from '../core/random';
import {fitGaussianMixture, type GaussianMixture} from './prior';

const fewest = 20;
const most = 320;
/** Codes for each Gaussian, at least. */
const codesEach = 8;

/**
 * 20 Gaussians, doubled as long as that makes codes that were held out likelier by more than twice the standard error of the gain: a
 * prior with too few lays its mass between the groups of codes, where G has never been. Every fifth code is held out.
 *
 * @param codes N codes of D values, row by row, in random order and none twice. @returns at most 320, one for every 8 of the codes that
 * are fitted, and 20 at most where fewer than 160 are there; at least 1.
 */
export function chooseComponents(codes: Float32Array, dim: number, stream: RandomStream): number {
  const rows = Array.from({length: codes.length / dim}, (_, i) => codes.subarray(i * dim, (i + 1) * dim));
  const held = rows.filter((_, i) => i % 5 === 4);
  const fitted = rows.filter((_, i) => i % 5 !== 4);
  if (fitted.length < 2 * fewest * codesEach) return Math.max(1, Math.min(fewest, rows.length));
  const joined = Float32Array.from(fitted.flatMap(row => Array.from(row)));
  const likelihoods = (components: number): number[] => {
    const mixture = fitGaussianMixture(joined, dim, components, stream, {starts: 1});
    return held.map(code => logLikelihood(mixture, code));
  };
  let chosen = fewest;
  let best = likelihoods(chosen);
  while (2 * chosen <= Math.min(most, fitted.length / codesEach)) {
    const next = likelihoods(2 * chosen);
    if (!isGain(next.map((value, i) => value - best[i]!))) break;
    chosen *= 2;
    best = next;
  }
  return chosen;
}

/** log p of one code, in nats: log Σₖ wₖ N(code; μₖ, σₖ²). -0.919 for a standard normal of one dimension at 0. */
export function logLikelihood(
  {components, dim, weights, means, deviations}: GaussianMixture,
  code: Float32Array,
): number {
  const logs = Array.from({length: components}, (_, k) => {
    let log = Math.log(weights[k]!);
    for (let d = 0, j = k * dim; d < dim; d++, j++) {
      const z = (code[d]! - means[j]!) / deviations[j]!;
      log -= 0.5 * z * z + Math.log(deviations[j]!) + 0.5 * Math.log(2 * Math.PI);
    }
    return log;
  });
  const highest = Math.max(...logs);
  return highest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - highest), 0));
}

function isGain(gains: readonly number[]): boolean {
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1);
  return mean > 2 * Math.sqrt(variance / gains.length);
}
