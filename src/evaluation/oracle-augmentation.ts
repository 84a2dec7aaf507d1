/** Small changes that leave a digit the same digit: the oracles see each training part anew in every epoch. */
import type {RandomStream} from '../core/random';
import {type ModalitySpec, partShape} from '../core/types';

/** Writes a changed copy of `part` (values in [-1, 1]) to `out` at `offset`. Text is copied as it is. */
export type Augmentation = (part: Float32Array, out: Float32Array, offset: number, stream: RandomStream) => void;

/**
 * Pictures: turned by up to 12°, sheared up to 0.15, scaled 0.88–1.12, moved up to 2 pixels, then gain and noise.
 * Sounds: moved up to 3 frames in time and 2 bands in pitch, gain, noise, and a masked strip of time and of frequency
 * (Park et al. 2019, SpecAugment, arXiv:1904.08779, section 2).
 */
export function augmentationFor(spec: ModalitySpec): Augmentation {
  if (spec.kind === 'text') return (part, out, offset) => out.set(part, offset);
  const [height, width, channels] = partShape(spec) as [number, number, number];
  const warp = spec.kind === 'image' ? randomPictureWarp : randomSoundWarp;
  return (part, out, offset, stream) => {
    resample(part, out, offset, height, width, channels, warp(stream));
    if (spec.kind === 'audio') maskStrips(out, offset, height, width, channels, stream);
    addGainAndNoise(out, offset, part.length, stream);
  };
}

/** Where the value at (row, column) comes from, both relative to the centre: an affine map. */
interface Warp {
  readonly rowFromRow: number;
  readonly rowFromColumn: number;
  readonly columnFromRow: number;
  readonly columnFromColumn: number;
  readonly rowShift: number;
  readonly columnShift: number;
}

function randomPictureWarp(stream: RandomStream): Warp {
  const angle = between(stream, -12, 12) * (Math.PI / 180);
  const shear = between(stream, -0.15, 0.15);
  const [rowScale, columnScale] = [between(stream, 0.88, 1.12), between(stream, 0.88, 1.12)];
  return {
    rowFromRow: Math.cos(angle) * rowScale,
    rowFromColumn: Math.sin(angle),
    columnFromRow: -Math.sin(angle) + shear,
    columnFromColumn: Math.cos(angle) * columnScale,
    rowShift: between(stream, -2, 2),
    columnShift: between(stream, -2, 2),
  };
}

function randomSoundWarp(stream: RandomStream): Warp {
  return {
    rowFromRow: between(stream, 0.94, 1.06),
    rowFromColumn: 0,
    columnFromRow: 0,
    columnFromColumn: between(stream, 0.88, 1.12),
    rowShift: between(stream, -2, 2),
    columnShift: between(stream, -3, 3),
  };
}

/** Bilinear; outside the part is -1, black or silence. */
function resample(
  part: Float32Array,
  out: Float32Array,
  offset: number,
  height: number,
  width: number,
  channels: number,
  warp: Warp,
): void {
  const [middleRow, middleColumn] = [(height - 1) / 2, (width - 1) / 2];
  const valueAt = (row: number, column: number, channel: number): number =>
    row < 0 || row >= height || column < 0 || column >= width ? -1 : part[(row * width + column) * channels + channel]!;
  for (let row = 0, at = offset; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [r, c] = [row - middleRow, column - middleColumn];
      const fromRow = middleRow + warp.rowShift + warp.rowFromRow * r + warp.rowFromColumn * c;
      const fromColumn = middleColumn + warp.columnShift + warp.columnFromRow * r + warp.columnFromColumn * c;
      const [r0, c0] = [Math.floor(fromRow), Math.floor(fromColumn)];
      const [rowPart, columnPart] = [fromRow - r0, fromColumn - c0];
      for (let channel = 0; channel < channels; channel++, at++) {
        const above = (1 - columnPart) * valueAt(r0, c0, channel) + columnPart * valueAt(r0, c0 + 1, channel);
        const below = (1 - columnPart) * valueAt(r0 + 1, c0, channel) + columnPart * valueAt(r0 + 1, c0 + 1, channel);
        out[at] = (1 - rowPart) * above + rowPart * below;
      }
    }
  }
}

/** Silences one strip of up to 4 bands and one of up to 4 frames, each in half of the cases. */
function maskStrips(
  out: Float32Array,
  offset: number,
  bands: number,
  frames: number,
  channels: number,
  stream: RandomStream,
): void {
  const row = frames * channels;
  if (stream.uniform() < 0.5) {
    const [from, count] = [stream.integer(bands), stream.integer(5)];
    for (let band = from; band < Math.min(bands, from + count); band++) {
      out.fill(-1, offset + band * row, offset + (band + 1) * row);
    }
  }
  if (stream.uniform() < 0.5) {
    const [from, count] = [stream.integer(frames), stream.integer(5)];
    for (let band = 0; band < bands; band++) {
      const start = offset + band * row;
      out.fill(-1, start + from * channels, start + Math.min(frames, from + count) * channels);
    }
  }
}

/** The height above -1 times 0.85–1.15, plus noise of standard deviation up to 0.08, kept in [-1, 1]. */
function addGainAndNoise(out: Float32Array, offset: number, size: number, stream: RandomStream): void {
  const gain = between(stream, 0.85, 1.15);
  const deviation = stream.uniform() < 0.5 ? 0 : between(stream, 0, 0.08);
  const noise = deviation > 0 ? stream.normals(size) : null;
  for (let i = 0; i < size; i++) {
    const value = (out[offset + i]! + 1) * gain - 1 + (noise ? deviation * noise[i]! : 0);
    out[offset + i] = Math.max(-1, Math.min(1, value));
  }
}

function between(stream: RandomStream, low: number, high: number): number {
  return low + (high - low) * stream.uniform();
}
