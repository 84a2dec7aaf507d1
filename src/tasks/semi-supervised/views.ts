/** Changed copies of pictures and sounds: strong enough to teach what does not matter, weak enough to keep the class. */
import type {RandomStream} from '../../core/random';
import {tf} from '../../core/tensorflow';
import {partShape} from '../../core/types';
import {augmentationFor} from '../../evaluation/oracle-augmentation';
import type {GridModality} from './networks';

/** Places along each side at which the bending of a picture is drawn. */
const knots = 5;

/** Parts as they are, [N, H, W, C]. */
export function stackGrids(parts: readonly Float32Array[], spec: GridModality): tf.Tensor4D {
  return written(parts, spec, (part, out, offset) => out.set(part, offset));
}

/**
 * A view of each part, [N, H, W, C] in [-1, 1]: turned, sheared, scaled, moved, made lighter or noisier at random as the oracles see
 * theirs; pictures are bent before that, so that strokes run a little differently.
 *
 * Source of the bending: elastic distortions, Simard et al. 2003 (DOI 10.1109/ICDAR.2003.1227801). Differs from it: drawn at 5×5
 * places and linear between them, instead of drawn at each pixel and smoothed.
 *
 * @param bending standard deviation at those places, in pixels of 28.
 */
export function randomViews(
  parts: readonly Float32Array[],
  spec: GridModality,
  stream: RandomStream,
  bending: number,
): tf.Tensor4D {
  const change = augmentationFor(spec);
  const bent = new Float32Array(parts[0]!.length);
  return written(parts, spec, (part, out, offset) => {
    if (spec.kind !== 'image' || bending === 0) return change(part, out, offset, stream);
    const scale = (bending * Math.max(spec.height, spec.width)) / 28;
    const pull = stream.normals(2 * knots * knots).map(value => value * scale);
    bendPicture(part, bent, spec, pull);
    change(bent, out, offset, stream);
  });
}

/**
 * Each pixel comes from where a field points to that is linear between 5×5 places; outside the picture is -1.
 *
 * @param pull rows down and columns to the right, for each place in turn, 50 numbers; all (1, 0) moves a picture up by one.
 */
export function bendPicture(part: Float32Array, out: Float32Array, spec: GridModality, pull: Float32Array): void {
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const [down, across] = [(knots - 1) / Math.max(1, height - 1), (knots - 1) / Math.max(1, width - 1)];
  for (let row = 0, at = 0; row < height; row++) {
    const top = Math.min(knots - 2, Math.floor(row * down));
    const v = row * down - top;
    for (let column = 0; column < width; column++) {
      const left = Math.min(knots - 2, Math.floor(column * across));
      const u = column * across - left;
      const [a, b] = [2 * (top * knots + left), 2 * ((top + 1) * knots + left)];
      const upper = (1 - v) * (1 - u);
      const upperNext = (1 - v) * u;
      const lower = v * (1 - u);
      const lowerNext = v * u;
      const r = row + upper * pull[a]! + upperNext * pull[a + 2]! + lower * pull[b]! + lowerNext * pull[b + 2]!;
      const c =
        column + upper * pull[a + 1]! + upperNext * pull[a + 3]! + lower * pull[b + 1]! + lowerNext * pull[b + 3]!;
      const [r0, c0] = [Math.floor(r), Math.floor(c)];
      const [rowPart, columnPart] = [r - r0, c - c0];
      // Paper is -1: what lies above it is weighed, so that places outside need nothing added.
      const [rowIn, nextRowIn] = [r0 >= 0 && r0 < height, r0 >= -1 && r0 < height - 1];
      const [columnIn, nextColumnIn] = [c0 >= 0 && c0 < width, c0 >= -1 && c0 < width - 1];
      const from = (r0 * width + c0) * channels;
      for (let channel = 0; channel < channels; channel++, at++) {
        const place = from + channel;
        let ink = 0;
        if (rowIn && columnIn) ink += (1 - rowPart) * (1 - columnPart) * (part[place]! + 1);
        if (rowIn && nextColumnIn) ink += (1 - rowPart) * columnPart * (part[place + channels]! + 1);
        if (nextRowIn && columnIn) ink += rowPart * (1 - columnPart) * (part[place + width * channels]! + 1);
        if (nextRowIn && nextColumnIn) ink += rowPart * columnPart * (part[place + (width + 1) * channels]! + 1);
        out[at] = ink - 1;
      }
    }
  }
}

function written(
  parts: readonly Float32Array[],
  spec: GridModality,
  write: (part: Float32Array, out: Float32Array, offset: number) => void,
): tf.Tensor4D {
  const shape = partShape(spec) as [number, number, number];
  const size = shape[0] * shape[1] * shape[2];
  const values = new Float32Array(parts.length * size);
  parts.forEach((part, i) => {
    write(part, values, i * size);
  });
  return tf.tensor4d(values, [parts.length, ...shape]);
}
