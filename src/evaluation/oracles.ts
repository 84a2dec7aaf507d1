/**
 * Oracles: frozen classifiers, one a modality, that judge what a model makes. They are trained once, on the training split of real
 * data, by `scripts/train-oracles.ts`, and their weights are shipped. Nothing that trains a GAN may import this file.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {badInput, exitCodes, UserError} from '../core/checks';
import {tf} from '../core/tensorflow';
import {type ModalitySpec, partShape} from '../core/types';
import {VerifiedFolder} from '../datasets/checksums';
import {readSafetensors, writeSafetensors} from '../model/weights';
import type {Interval} from './intervals';
import type {MatrixLike} from './matrix';
import {applyOracleNetwork, type OracleArchitecture, oracleShapes} from './oracle-network';

/** What is known about an oracle; stored in the metadata of its weights. */
export interface OracleDescription {
  /** The modality's name, for example 'image'. */
  readonly modality: string;
  readonly spec: ModalitySpec;
  readonly classNames: readonly string[];
  /** Goes into the name of a distance: 'digit features' gives 'Fréchet distance, digit features'. */
  readonly featureName: string;
  readonly architecture: OracleArchitecture;
  /** On parts of the test split, each counted once; null before it was measured. */
  readonly test: {readonly accuracy: number; readonly ci95: Interval; readonly count: number} | null;
  /** How it was trained, in words. */
  readonly training: string;
}

export interface Oracle extends OracleDescription {
  /** Class scores [N, classes] and the values before the last layer [N, featureCount] of parts in the modality's units. */
  apply(parts: tf.Tensor): {logits: tf.Tensor2D; features: tf.Tensor2D};
  dispose(): void;
}

/** Oracles by modality name. */
export type Oracles = Readonly<Record<string, Oracle>>;

/** What an oracle says about N parts. */
export interface Judgement {
  /** The most probable class of each part. */
  readonly labels: Int32Array;
  /** [N, featureCount]. */
  readonly features: MatrixLike & {readonly data: Float32Array; readonly shape: readonly [number, number]};
  /** [N, classes] row by row, each row sums to 1. */
  readonly probabilities: Float32Array;
}

const batchSize = 256;

/** Judges parts [N, …] in batches; `judge(oracle, parts).labels[2]` is the class index of the third. */
export function judge(oracle: Oracle, parts: tf.Tensor): Judgement {
  const count = parts.shape[0] ?? 0;
  const [numClasses, width] = [oracle.classNames.length, oracle.architecture.features];
  const labels = new Int32Array(count);
  const features = new Float32Array(count * width);
  const probabilities = new Float32Array(count * numClasses);
  for (let from = 0; from < count; from += batchSize) {
    tf.tidy(() => {
      const out = oracle.apply(tf.slice(parts, from, Math.min(batchSize, count - from)));
      features.set(out.features.dataSync(), from * width);
      probabilities.set(out.logits.softmax().dataSync(), from * numClasses);
      labels.set(out.logits.argMax(1).dataSync(), from);
    });
  }
  return {labels, features: {data: features, shape: [count, width]}, probabilities};
}

/** An oracle over these weights, which it then owns; every tensor that the architecture needs must be there, in its shape. */
export function buildOracle(description: OracleDescription, weights: Readonly<Record<string, tf.Tensor>>): Oracle {
  const shape = partShape(description.spec);
  for (const [name, wanted] of Object.entries(
    oracleShapes(description.architecture, shape, description.classNames.length),
  )) {
    const got = weights[name]?.shape;
    if (!got || got.join() !== wanted.join()) {
      throw new UserError(
        `Expected weight "${name}" of the ${description.modality} oracle of shape [${wanted.join(', ')}], got ${got ? `[${got.join(', ')}]` : 'none'}.`,
        exitCodes.input,
      );
    }
  }
  return {
    ...description,
    apply(parts) {
      if (parts.shape.slice(1).join() !== shape.join()) {
        throw new UserError(
          `Expected ${description.modality} of shape [N, ${shape.join(', ')}], got [${parts.shape.join(', ')}].`,
        );
      }
      return tf.tidy(() => applyOracleNetwork(description.architecture, weights, parts));
    },
    dispose: () => tf.dispose(Object.values(weights)),
  };
}

export function saveOracle(
  file: string,
  description: OracleDescription,
  weights: Readonly<Record<string, tf.Tensor>>,
): void {
  writeSafetensors(file, weights, {oracle: JSON.stringify(description)});
}

export function loadOracle(file: string): Oracle {
  const {tensors, metadata} = readSafetensors(file);
  const description = parseDescription(file, metadata['oracle']);
  const weights: Record<string, tf.Tensor> = {};
  // Outside any tidy of the caller's: the oracle owns its weights until dispose.
  for (const [name, {shape, data}] of Object.entries(tensors)) weights[name] = tf.keep(tf.tensor(data, shape));
  try {
    return buildOracle(description, weights);
  } catch (error) {
    tf.dispose(Object.values(weights));
    throw error instanceof UserError ? new UserError(`${file}: ${error.message}`, exitCodes.input) : error;
  }
}

/**
 * Every oracle of a folder, by modality name; an empty record when the folder has none. Where a `checksums.json` stands beside
 * the folder, as with the shipped ones, the files are compared with it first.
 */
export function loadOracles(folder: string = digitsOraclesFolder): Oracles {
  if (!fs.existsSync(folder)) return {};
  const names = fs
    .readdirSync(folder)
    .filter(file => file.endsWith('.safetensors'))
    .sort();
  const parent = path.dirname(path.resolve(folder));
  if (fs.existsSync(path.join(parent, 'checksums.json'))) {
    const verified = new VerifiedFolder(parent);
    for (const name of names) verified.read(`${path.basename(folder)}/${name}`);
  }
  const oracles: Record<string, Oracle> = {};
  for (const name of names) {
    const oracle = loadOracle(path.join(folder, name));
    oracles[oracle.modality] = oracle;
  }
  return oracles;
}

/** The oracles shipped for an embedded dataset, by its name ('digits (own images)' has those of digits); none for other data. */
export function oraclesOf({name}: {readonly name: string}): Oracles {
  const known = ['digits', 'shapes'].find(embedded => name === embedded || name.startsWith(`${embedded} (`));
  return known ? loadOracles(shippedOraclesFolder(known)) : {};
}

/** Two folders up from src/evaluation and from dist/evaluation alike. */
export function shippedOraclesFolder(dataset: string): string {
  return path.join(__dirname, '..', '..', 'datasets', dataset, 'oracles');
}

/** The oracles shipped for the embedded digits. */
export const digitsOraclesFolder = shippedOraclesFolder('digits');

export function disposeOracles(oracles: Oracles): void {
  for (const oracle of Object.values(oracles)) oracle.dispose();
}

/** Why an oracle cannot judge a modality, or null when it can: it must have been trained on parts of exactly this kind. */
export function whyOracleDoesNotFit(oracle: Oracle, spec: ModalitySpec, classNames: readonly string[]): string | null {
  const keys = new Set([...Object.keys(oracle.spec), ...Object.keys(spec)]);
  for (const key of keys) {
    const [trained, asked] = [oracle.spec, spec].map(s =>
      JSON.stringify((s as unknown as Record<string, unknown>)[key]),
    );
    if (trained !== asked) {
      return key === 'vocabulary'
        ? 'its classifier was trained with another vocabulary'
        : `its classifier was trained for ${key} ${trained}, not ${asked}`;
    }
  }
  return oracle.classNames.join() === classNames.join() ? null : 'its classifier was trained for other classes';
}

function parseDescription(file: string, text: string | undefined): OracleDescription {
  if (text === undefined) throw badInput(file, 'the weights of an oracle', 'a file without its description');
  try {
    const value = JSON.parse(text) as OracleDescription;
    if (value.modality && value.spec?.kind && Array.isArray(value.classNames) && value.architecture?.kind) return value;
  } catch {
    // Falls through to the same message as a description of another form.
  }
  throw badInput(file, 'the weights of an oracle', 'a description that is not one');
}
