/** The prior: over content a mixture of Gaussians fitted, without labels, to the codes of the training data; over style one width a modality. */
import {badInput, expected} from '../core/checks';
import type {RandomStream} from '../core/random';
import type {StoredTensor} from './weights';

/** K Gaussians with diagonal covariance over D dimensions. Matrices row by row. */
export interface GaussianMixture {
  readonly components: number;
  readonly dim: number;
  /** [K], sum 1. */
  readonly weights: Float32Array;
  /** [K, D]. */
  readonly means: Float32Array;
  /** [K, D], of the same values as `means`. */
  readonly deviations: Float32Array;
}

/** Keeps a component from shrinking onto one point. */
const varianceFloor = 1e-6;

/**
 * Expectation–maximisation from k-means++ centres, until the mean log-likelihood gains less than `tolerance`; the best of
 * several starts.
 *
 * Source: Bishop 2006, section 9.2.2; k-means++: Arthur & Vassilvitskii 2007, section 2.2.
 *
 * @param codes N codes of D values, row by row.
 * @throws UserError when there are fewer codes than components.
 */
export function fitGaussianMixture(
  codes: Float32Array,
  dim: number,
  components: number,
  stream: RandomStream,
  {starts = 3, maxIterations = 60, tolerance = 1e-3} = {},
): GaussianMixture {
  const count = codes.length / dim;
  if (count < components)
    throw expected('the number of codes', `at least ${components}, one for each component of the prior`, count);
  let best: {mixture: GaussianMixture; logLikelihood: number} | null = null;
  for (let start = 0; start < starts; start++) {
    const fitted = fitOnce(codes, dim, components, stream, maxIterations, tolerance);
    if (!best || fitted.logLikelihood > best.logLikelihood) best = fitted;
  }
  return best!.mixture;
}

/** Draws codes of unit length, [count, D] row by row. */
export function sampleMixture(mixture: GaussianMixture, count: number, stream: RandomStream): Float32Array {
  const {dim, weights, means, deviations} = mixture;
  const shares = Array.from(weights);
  const out = new Float32Array(count * dim);
  for (let i = 0; i < count; i++) {
    const k = stream.weighted(shares);
    const noise = stream.normals(dim);
    let squared = 0;
    for (let d = 0; d < dim; d++) {
      const value = means[k * dim + d]! + deviations[k * dim + d]! * noise[d]!;
      out[i * dim + d] = value;
      squared += value * value;
    }
    const length = Math.sqrt(squared);
    for (let d = 0; d < dim; d++) out[i * dim + d]! /= length;
  }
  return out;
}

/** What new examples are drawn from. */
export interface Prior {
  readonly content: GaussianMixture;
  /** Standard deviation of the style, a modality; 1 is what G met in training. */
  readonly styleDeviations: Readonly<Record<string, number>>;
  /**
   * G's words are drawn one by one, as D met them in a training with `wordSampling.hard`; a head that reads its own words would
   * otherwise read in use what it never did, probabilities. False unless told.
   */
  readonly hardWords?: boolean;
}

export function priorToTensors({content, styleDeviations, hardWords}: Prior): Record<string, StoredTensor> {
  const {components, dim, weights, means, deviations} = content;
  return {
    'content/weights': {shape: [components], data: weights},
    'content/means': {shape: [components, dim], data: means},
    'content/deviations': {shape: [components, dim], data: deviations},
    ...Object.fromEntries(
      Object.entries(styleDeviations).map(([name, deviation]) => [
        `style/${name}`,
        {shape: [], data: Float32Array.of(deviation)},
      ]),
    ),
    ...(hardWords && {'words/hard': {shape: [], data: Float32Array.of(1)}}),
  };
}

/** @param modalities whose style deviations must be there. @throws UserError that names the file. */
export function priorFromTensors(
  file: string,
  tensors: Readonly<Record<string, StoredTensor>>,
  modalities: readonly string[],
): Prior {
  const [weights, means, deviations] = ['weights', 'means', 'deviations'].map(name => tensors[`content/${name}`]);
  const dim = means?.shape[1];
  if (
    !weights ||
    !means ||
    !deviations ||
    !dim ||
    deviations.data.length !== means.data.length ||
    weights.data.length * dim !== means.data.length
  ) {
    throw badInput(file, 'a prior with weights [K], means [K, D] and deviations [K, D]', Object.keys(tensors));
  }
  const content = {
    components: weights.data.length,
    dim,
    weights: weights.data,
    means: means.data,
    deviations: deviations.data,
  };
  const styleDeviations = Object.fromEntries(
    modalities.map(name => {
      const stored = tensors[`style/${name}`];
      if (stored?.data.length !== 1) throw badInput(file, `a prior with the style deviation of ${name}`, 'none');
      return [name, stored.data[0]!];
    }),
  );
  return {content, styleDeviations, ...(tensors['words/hard']?.data[0] === 1 && {hardWords: true})};
}

function fitOnce(
  codes: Float32Array,
  dim: number,
  components: number,
  stream: RandomStream,
  maxIterations: number,
  tolerance: number,
) {
  const count = codes.length / dim;
  const means = Float64Array.from(plusPlusCentres(codes, dim, components, stream));
  const variances = new Float64Array(components * dim).fill(overallVariance(codes, dim) / components + varianceFloor);
  const weights = new Float64Array(components).fill(1 / components);
  const logShares = new Float64Array(components);
  let last = Number.NEGATIVE_INFINITY;
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const massSum = new Float64Array(components);
    const meanSum = new Float64Array(components * dim);
    const squareSum = new Float64Array(components * dim);
    const logNorm = weights.map((weight, k) => {
      let sum = Math.log(weight);
      for (let d = 0; d < dim; d++) sum -= 0.5 * Math.log(2 * Math.PI * variances[k * dim + d]!);
      return sum;
    });
    const inverse = variances.map(variance => 0.5 / variance);
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = i * dim;
      let highest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < components; k++) {
        let log = logNorm[k]!;
        for (let d = 0, j = k * dim; d < dim; d++, j++) {
          const gap = codes[at + d]! - means[j]!;
          log -= gap * gap * inverse[j]!;
        }
        logShares[k] = log;
        if (log > highest) highest = log;
      }
      let sum = 0;
      for (let k = 0; k < components; k++) sum += Math.exp(logShares[k]! - highest);
      const logSum = highest + Math.log(sum);
      total += logSum;
      for (let k = 0; k < components; k++) {
        const mass = Math.exp(logShares[k]! - logSum);
        if (mass < 1e-8) continue;
        massSum[k]! += mass;
        for (let d = 0, j = k * dim; d < dim; d++, j++) {
          const value = codes[at + d]!;
          meanSum[j]! += mass * value;
          squareSum[j]! += mass * value * value;
        }
      }
    }
    for (let k = 0; k < components; k++) {
      const mass = massSum[k]! + 1e-10;
      weights[k] = mass / count;
      for (let d = 0, j = k * dim; d < dim; d++, j++) {
        means[j] = meanSum[j]! / mass;
        variances[j] = Math.max(squareSum[j]! / mass - means[j]! ** 2, 0) + varianceFloor;
      }
    }
    const logLikelihood = total / count;
    if (logLikelihood - last < tolerance) {
      last = logLikelihood;
      break;
    }
    last = logLikelihood;
  }
  const mixture: GaussianMixture = {
    components,
    dim,
    weights: Float32Array.from(weights),
    means: Float32Array.from(means),
    deviations: Float32Array.from(variances, Math.sqrt),
  };
  return {mixture, logLikelihood: last};
}

/** Centres far apart: each next one is drawn in proportion to its squared distance from those already chosen. */
function plusPlusCentres(codes: Float32Array, dim: number, components: number, stream: RandomStream): Float32Array {
  const count = codes.length / dim;
  const centres = new Float32Array(components * dim);
  const nearest = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
  let chosen = stream.integer(count);
  for (let k = 0; k < components; k++) {
    centres.set(codes.subarray(chosen * dim, (chosen + 1) * dim), k * dim);
    for (let i = 0; i < count; i++) {
      let squared = 0;
      for (let d = 0; d < dim; d++) squared += (codes[i * dim + d]! - centres[k * dim + d]!) ** 2;
      nearest[i] = Math.min(nearest[i]!, squared);
    }
    chosen = stream.weighted(nearest);
  }
  return centres;
}

function overallVariance(codes: Float32Array, dim: number): number {
  const count = codes.length / dim;
  let sum = 0;
  for (let d = 0; d < dim; d++) {
    let mean = 0;
    let square = 0;
    for (let i = d; i < codes.length; i += dim) {
      mean += codes[i]! / count;
      square += codes[i]! ** 2 / count;
    }
    sum += square - mean * mean;
  }
  return sum / dim;
}
