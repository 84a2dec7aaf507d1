/**
 * What a distance between distributions is measured in: the features of an oracle, of a network of your own, or the values themselves.
 * A distance without the name of its features says nothing, so every extractor has one.
 */
import {createHash} from 'node:crypto';
import {UserError} from '../core/checks';
import {tf} from '../core/tensorflow';
import {partShape} from '../core/types';
import type {Oracle} from './oracles';
import {inScope} from './scope';

/** Parts of one modality become rows of features. */
export interface FeatureExtractor {
  /** Goes into the name of a score: 'digit features', 'pixels', 'Inception-v3'. */
  readonly name: string;
  /** Changes whenever the features would; part of the key under which they are kept. */
  readonly fingerprint: string;
  /** Rows that fit into memory at once. */
  readonly batchSize: number;
  /** Parts [N, …] in the modality's units to features [N, d]. */
  extract(parts: tf.Tensor): tf.Tensor2D;
  dispose(): void;
}

/** Features [n, d] as the metrics take them. */
export interface Features {
  readonly data: Float32Array;
  readonly shape: readonly [number, number];
}

/** The name under which scores with the features of Inception-v3 are known; nothing else may be called so. */
export const inceptionName = 'Inception-v3';

/** Those that have a name of their own with Inception-v3. */
const inceptionScores = {
  'Fréchet distance': 'FID',
  'kernel distance': 'KID',
  'inception score': 'inception score',
} as const;

/**
 * What a score is called: scoreName('Fréchet distance', 'digit features') is 'Fréchet distance, digit features', and
 * scoreName('Fréchet distance', 'Inception-v3') is 'FID'.
 */
export function scoreName(metric: keyof typeof inceptionScores, featureName: string): string {
  return featureName === inceptionName ? inceptionScores[metric] : `${metric}, ${featureName}`;
}

/** The values before an oracle's last layer. The oracle stays its owner's: dispose leaves it alone. */
export function oracleFeatures(oracle: Oracle): FeatureExtractor {
  const shape = partShape(oracle.spec);
  const size = shape.reduce((product, n) => product * n, 1);
  // What it makes of one part stands for its weights, which an oracle does not show.
  const answer = inScope(() => oracle.apply(tf.linspace(-1, 1, size).reshape([1, ...shape])).features.dataSync());
  return {
    name: oracle.featureName,
    fingerprint: fingerprintOf('oracle', oracle.modality, Array.from(answer)),
    batchSize: 256,
    extract: parts => tf.tidy(() => oracle.apply(parts).features),
    dispose: () => {},
  };
}

/** The values of a part themselves, in a row: rawFeatures('pixels'). */
export function rawFeatures(name = 'raw values'): FeatureExtractor {
  assertHonestName(name, null);
  return {
    name,
    fingerprint: 'raw',
    batchSize: 4096,
    extract: parts => tf.tidy(() => parts.reshape([parts.shape[0]!, -1]).toFloat() as tf.Tensor2D),
    dispose: () => {},
  };
}

/**
 * Features of N parts, in batches.
 *
 * @throws UserError when there are no parts, or a feature is not finite.
 */
export function extractFeatures(extractor: FeatureExtractor, parts: tf.Tensor): Features {
  const count = parts.shape[0] ?? 0;
  if (count === 0) throw new UserError(`Expected parts for ${extractor.name} of at least 1 row, got 0.`);
  let data = new Float32Array(0);
  let width = 0;
  for (let from = 0; from < count; from += extractor.batchSize) {
    tf.tidy(() => {
      const rows = extractor.extract(tf.slice(parts, from, Math.min(extractor.batchSize, count - from)));
      if (from === 0) {
        width = rows.shape[1];
        assertHonestName(extractor.name, width);
        data = new Float32Array(count * width);
      }
      data.set(rows.dataSync(), from * width);
    });
  }
  const bad = data.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) {
    throw new UserError(`Expected ${extractor.name} of row ${Math.floor(bad / width)} to be finite, got ${data[bad]}.`);
  }
  return {data, shape: [count, width]};
}

/** Of anything that JSON can hold, or of bytes. */
export function fingerprintOf(...contents: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content instanceof Uint8Array ? content : JSON.stringify(content));
  return hash.digest('hex');
}

/** The pooled features of Inception-v3 are 2,048 wide; other widths cannot be theirs. */
export function assertHonestName(name: string, width: number | null): void {
  const claims = /inception/i.test(name);
  if (claims && (name !== inceptionName || (width !== null && width !== 2048))) {
    throw new UserError(
      `Expected features named "${name}" to be the 2048 pooled ones of ${inceptionName}, got ${width === null ? 'others' : `${width} columns`}.`,
    );
  }
}
