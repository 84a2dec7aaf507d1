/** Variations of real parts that must not change their code: E learns what stays. Plain arrays; no gradient passes here. */
import type {RandomStream} from '../core/random';
import {type ModalitySpec, partShape} from '../core/types';
import {shiftLimits} from './augment';

/**
 * A shifted copy with a square cut out and, for sound, another gain and a little noise; text is returned as it is.
 *
 * @param values one part in its modality's units. @returns values in [-1, 1] of the same length.
 */
export function varyPart(stream: RandomStream, spec: ModalitySpec, values: Float32Array): Float32Array {
  const limits = shiftLimits(spec);
  if (!limits) return values;
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const draw = (limit: number) => stream.integer(2 * limit + 1) - limit;
  const [down, right] = [draw(limits.rows), draw(limits.columns)];
  const side = Math.round(Math.min(height, width) * 0.28);
  const [cutTop, cutLeft] = [stream.integer(height - side + 1), stream.integer(width - side + 1)];
  const isSound = spec.kind === 'audio';
  const gain = isSound ? 1 + 0.15 * (2 * stream.uniform() - 1) : 1;
  const out = new Float32Array(values.length).fill(-1);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [fromRow, fromColumn] = [row - down, column - right];
      const inside = fromRow >= 0 && fromRow < height && fromColumn >= 0 && fromColumn < width;
      const cut = row >= cutTop && row < cutTop + side && column >= cutLeft && column < cutLeft + side;
      if (!inside || cut) continue;
      for (let channel = 0; channel < channels; channel++) {
        const value = values[(fromRow * width + fromColumn) * channels + channel]!;
        out[(row * width + column) * channels + channel] = isSound ? (value + 1) * gain - 1 : value;
      }
    }
  }
  if (isSound) {
    const noise = stream.normals(out.length);
    for (let i = 0; i < out.length; i++) out[i] = Math.max(-1, Math.min(1, out[i]! + 0.05 * noise[i]!));
  }
  return out;
}
