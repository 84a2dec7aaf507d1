/** Numbers about rows that several presets tell. */
import {frechetDistance} from '../evaluation/frechet';

/** Fréchet distance of the rows themselves, without a network: 0 when means and covariances are the same. */
export function rowDistance(real: readonly Float32Array[], generated: readonly Float32Array[]): number {
  return frechetDistance(asMatrix(real), asMatrix(generated));
}

function asMatrix(rows: readonly Float32Array[]): {data: Float32Array; shape: [number, number]} {
  const width = rows[0]!.length;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    data.set(row, i * width);
  });
  return {data, shape: [rows.length, width]};
}
