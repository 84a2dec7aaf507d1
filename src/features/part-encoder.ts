/** Encoded parts for training: kept in memory, or read ahead from files in threads. */

import type {Dataset} from '../datasets/dataset';
import {isStreamedFolder} from '../datasets/folder/folder';
import {FeatureCache} from './batch';
import {type PreparingEncoder, StreamedFeatures} from './streamed-features';

/** Threads that read ahead where the parts of a folder stay in their files; a cache in memory for all other data. */
export function partEncoderFor(dataset: Dataset): PreparingEncoder {
  if (isStreamedFolder(dataset)) return new StreamedFeatures(dataset);
  const cache = new FeatureCache(dataset.modalities);
  return {encode: (name, part) => cache.encode(name, part), close: async () => {}};
}
