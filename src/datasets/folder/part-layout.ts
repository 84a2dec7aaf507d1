import {partShape} from '../../core/types';
import type {FileModality} from './read-part';

/** Bytes of a part in an answer of a worker, a multiple of 4. @param encoded as the values of its tensor, or else as pixels or samples. */
export function partSize(spec: FileModality, encoded: boolean): number {
  if (encoded) return 4 * partShape(spec).reduce((product, axis) => product * axis, 1);
  if (spec.kind === 'image') return 4 * Math.ceil((spec.height * spec.width * spec.channels) / 4);
  return 4 * spec.clipSamples * (spec.channels ?? 1);
}
