/** How widely style is drawn after training: as wide as makes generated parts as varied as real ones. No label is looked at. */
import type {ModelConfig} from '../core/config';
import {RandomStream} from '../core/random';
import {tf} from '../core/tensorflow';
import type {Part} from '../core/types';
import {isPresent, stackParts} from '../features/stack-parts';
import type {CrossModalEncoder, Generator} from '../model/players';
import {type GaussianMixture, sampleMixture} from '../model/prior';
import type {PartEncoder, TrainingData} from './example-stream';

/** Parts that are compared; more only costs time. */
const maxParts = 512;
/** Deviations that are tried first; then the neighbours of the best, halfway. */
const candidates = [0.8, 1, 1.2, 1.4, 1.6, 1.8];
const halfStep = 0.1;

/**
 * G meets N(0, 1) in training, and its averaged weights draw a little less variety from it than there is. For each
 * modality this finds the deviation σ of the style at which E's features of generated parts lie nearest those of training parts,
 *
 *   Σ_d (μ_d - μ'_d)² + (σ_d - σ'_d)²,
 *
 * the Fréchet distance between Gaussians with diagonal covariance. Text keeps 1: its style chooses among sentences.
 */
export function fitStyleDeviations(
  encoder: CrossModalEncoder,
  generator: Generator,
  content: GaussianMixture,
  data: TrainingData,
  features: PartEncoder,
  model: ModelConfig,
  seed: number,
): Record<string, number> {
  const stream = new RandomStream(seed, 'style-prior');
  const examples = data.pair('train', stream);
  return Object.fromEntries(
    Object.entries(data.modalities).map(([name, spec]) => {
      const parts = [...new Set(examples.filter(example => isPresent(example, name)).map(({parts}) => parts[name]!))];
      if (spec.kind === 'text' || parts.length < 2) return [name, 1];
      const shown = parts.slice(0, maxParts);
      const real = momentsOf(() => encoder.encoders[name]!.features(stack(name, shown, data, features)));
      // The same content and noise for every candidate, so that only the width differs.
      const codes = sampleMixture(content, maxParts, stream);
      const noise = stream.normals(maxParts * model.styleDim);
      const distance = (deviation: number) => {
        const made = momentsOf(() => {
          const style = tf.tensor2d(noise, [maxParts, model.styleDim]).mul(deviation) as tf.Tensor2D;
          return encoder.encoders[name]!.features(
            generator.part(name, tf.tensor2d(codes, [maxParts, content.dim]), style, 'stored'),
          );
        });
        return diagonalFrechetDistance(real, made);
      };
      const coarse = nearest(candidates, distance);
      return [name, nearest([coarse, coarse - halfStep, coarse + halfStep], distance)];
    }),
  );
}

/** Means and standard deviations of each feature. */
interface Moments {
  readonly means: Float32Array;
  readonly deviations: Float32Array;
}

/** Σ_d (μ_d - μ'_d)² + (σ_d - σ'_d)²; 0 when all moments agree, 1 + 4 for gaps of 1 and 2. */
export function diagonalFrechetDistance(a: Moments, b: Moments): number {
  return a.means.reduce(
    (sum, mean, d) => sum + (mean - b.means[d]!) ** 2 + (a.deviations[d]! - b.deviations[d]!) ** 2,
    0,
  );
}

function momentsOf(features: () => tf.Tensor2D): Moments {
  const [means, deviations] = tf.tidy(() => {
    const {mean, variance} = tf.moments(features(), 0);
    return [mean, variance.sqrt()].map(values => values.dataSync().slice() as Float32Array);
  });
  return {means: means!, deviations: deviations!};
}

function nearest(choices: readonly number[], distance: (choice: number) => number): number {
  const distances = choices.map(distance);
  return choices[distances.indexOf(Math.min(...distances))]!;
}

function stack(name: string, parts: readonly Part[], data: TrainingData, features: PartEncoder): tf.Tensor {
  const examples = parts.map((part, i) => ({id: String(i), parts: {[name]: part}}));
  return stackParts(examples, {[name]: data.modalities[name]!}, (_, part) => features.encode(name, part))[name]!;
}
