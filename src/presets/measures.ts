/** Numbers about rows and pictures that several presets tell. */
import type {ImageModality} from '../core/types';
import {frechetDistance} from '../evaluation/frechet';

/** Fréchet distance of the rows themselves, without a network: 0 when means and covariances are the same. */
export function rowDistance(real: readonly Float32Array[], generated: readonly Float32Array[]): number {
  return frechetDistance(asMatrix(real), asMatrix(generated));
}

/** Mean brightness, 0 to 1, of each of `cells` × `cells` fields of a picture in [-1, 1], for each channel. */
export function pooledPicture(
  pixels: ArrayLike<number>,
  {height, width, channels}: ImageModality,
  cells = 7,
): Float32Array {
  const sums = new Float64Array(cells * cells * channels);
  const counts = new Float64Array(cells * cells * channels);
  for (let i = 0; i < pixels.length; i++) {
    const place = Math.floor(i / channels);
    const row = Math.floor((Math.floor(place / width) * cells) / height);
    const field = row * cells + Math.floor(((place % width) * cells) / width);
    sums[field * channels + (i % channels)]! += (pixels[i]! + 1) / 2;
    counts[field * channels + (i % channels)]! += 1;
  }
  return Float32Array.from(sums, (sum, i) => sum / Math.max(1, counts[i]!));
}

/** Mean over the values of their variance from row to row: 0 when all rows are one and the same. */
export function rowSpread(rows: readonly ArrayLike<number>[]): number {
  const width = rows[0]!.length;
  let sum = 0;
  for (let i = 0; i < width; i++) {
    const mean = rows.reduce((total, row) => total + row[i]!, 0) / rows.length;
    sum += rows.reduce((total, row) => total + (row[i]! - mean) ** 2, 0) / rows.length;
  }
  return sum / width;
}

/** Rows of equal length as the metrics take them. */
export function asMatrix(rows: readonly Float32Array[]): {data: Float32Array; shape: [number, number]} {
  const width = rows[0]!.length;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    data.set(row, i * width);
  });
  return {data, shape: [rows.length, width]};
}
