/**
 * out[s, …] = Σ x[i, …] over all i with segmentIds[i] = s: the gradient of a look-up (gather), so of every embedding.
 * Missing in the backend (tensorflow/tfjs#8082); the cpu backend's takes rows × segments steps, this one rows.
 */
import {expected} from '../../core/checks';
import {tf} from '../../core/tensorflow';
import {release, type WasmKernel} from './heap';

/** Negative ids are left out; ids of numSegments or more are refused: both as TensorFlow does. */
export const unsortedSegmentSum: WasmKernel = ({x, segmentIds}, attributes, backend) => {
  const numSegments = attributes['numSegments'] as number;
  const rowShape = x!.shape.slice(segmentIds!.shape.length);
  const rowLength = tf.util.sizeFromShape(rowShape);
  const out = backend.makeOutput([numSegments, ...rowShape], x!.dtype);
  const from = backend.typedArrayFromHeap(x!);
  const ids = backend.typedArrayFromHeap(segmentIds!);
  const to = backend.typedArrayFromHeap(out);
  to.fill(0);
  for (let i = 0, source = 0; i < ids.length; i++) {
    const segment = ids[i]!;
    if (segment < 0) {
      source += rowLength;
      continue;
    }
    if (segment >= numSegments) {
      release(out, backend);
      throw expected(`segmentIds[${i}]`, `below numSegments ${numSegments}`, segment);
    }
    let target = segment * rowLength;
    for (const end = target + rowLength; target < end; ) to[target++] += from[source++]!;
  }
  return out;
};
