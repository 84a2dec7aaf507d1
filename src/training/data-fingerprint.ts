/** Which examples a training learns from, as a few letters that a checkpoint holds. */
import {createHash} from 'node:crypto';
import {RandomStream} from '../core/random';
import type {TrainingData} from './example-stream';

/**
 * SHA-256 of the ids of an epoch's examples with the names of the parts that each shows: other rows and other hidden parts
 * differ, the content of a file does not count.
 */
export function dataFingerprint(data: TrainingData): string {
  const hash = createHash('sha256');
  for (const {id, parts} of data.pair('train', new RandomStream(0, 'fingerprint')))
    hash.update(`${JSON.stringify([id, ...Object.keys(parts).sort()])}\n`);
  return hash.digest('hex');
}
