/** Features of real data, kept: a large network reads the same pictures only once. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type {tf} from '../core/tensorflow';
import {readSafetensors, writeSafetensors} from '../model/weights';
import {extractFeatures, type FeatureExtractor, type Features, fingerprintOf} from './feature-extractors';

/** $XDG_CACHE_HOME or ~/.cache, then multimodal-gan/features. */
export function defaultFeatureFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache');
  return path.join(cache, 'multimodal-gan', 'features');
}

/**
 * extractFeatures that keeps what it found in a folder, under a hash of the extractor and of every value of the parts: other data,
 * other weights or another layer never meet an older answer. What cannot be read or written is computed again.
 */
export function storedFeatures(
  extractor: FeatureExtractor,
  parts: tf.Tensor,
  folder: string = defaultFeatureFolder(),
): Features {
  const values = parts.dataSync();
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const key = fingerprintOf(extractor.fingerprint, parts.shape, parts.dtype, bytes);
  const file = path.join(folder, `${key}.safetensors`);
  const kept = read(file, parts.shape[0] ?? 0);
  if (kept) return kept;
  const features = extractFeatures(extractor, parts);
  try {
    fs.mkdirSync(folder, {recursive: true});
    writeSafetensors(file, {features: {data: features.data, shape: [...features.shape]}}, {name: extractor.name});
  } catch {
    // A full or read-only disk costs time, not the score.
  }
  return features;
}

function read(file: string, count: number): Features | null {
  if (!fs.existsSync(file)) return null;
  try {
    const {features} = readSafetensors(file).tensors;
    if (features?.shape.length !== 2 || features.shape[0] !== count) return null;
    return {data: features.data, shape: [features.shape[0]!, features.shape[1]!]};
  } catch {
    return null;
  }
}
