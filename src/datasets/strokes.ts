/** What can be measured about handwriting in a grey picture: how thick the pen was and how far the writing leans. */
import type {Picture} from '../core/types';

export interface Strokes {
  /** Mean stroke width in pixels. */
  readonly thickness: number;
  /** Degrees from upright; positive leans to the right, as most handwriting does. */
  readonly slant: number;
}

/**
 * With ink p = pixel / 255 in [0, 1]:
 *
 *   thickness = 2 Σ p / Σ |∇p|           a stroke of length L and width w has area L·w and 2·L of edge
 *   slant     = atan(-μ11 / μ02)         μ11 = Σ p (x - x̄)(y - ȳ),  μ02 = Σ p (y - ȳ)²,  y downwards
 *
 * ∇p by central differences, ink 0 outside the picture. A vertical bar 4 pixels wide and 20 high has slant 0; sheared by
 * one pixel to the right each row upwards it has slant 45.
 * Source of the slant: the shear of moment-based deskewing (Teague 1980, "Image analysis via the general theory of moments").
 *
 * @param picture one channel; an empty picture gives 0 and 0.
 */
export function measureStrokes({height, width, pixels}: Picture): Strokes {
  // Two empty pixels on each side, so that differences need no care at the border and the outer edge is counted.
  const row = width + 4;
  const ink = new Float64Array(row * (height + 4));
  for (let i = 0; i < height * width; i++) ink[row * (Math.floor(i / width) + 2) + (i % width) + 2] = pixels[i]! / 255;
  let area = 0;
  let edge = 0;
  let sumX = 0;
  let sumY = 0;
  for (let y = 1; y < height + 3; y++) {
    for (let i = y * row + 1; i < y * row + row - 1; i++) {
      const p = ink[i]!;
      const dx = ink[i + 1]! - ink[i - 1]!;
      const dy = ink[i + row]! - ink[i - row]!;
      area += p;
      sumX += p * (i - y * row);
      sumY += p * y;
      edge += Math.sqrt(dx * dx + dy * dy) / 2;
    }
  }
  if (area === 0) return {thickness: 0, slant: 0};
  const meanX = sumX / area;
  const meanY = sumY / area;
  let moment11 = 0;
  let moment02 = 0;
  for (let y = 2; y < height + 2; y++) {
    for (let x = 2; x < width + 2; x++) {
      const p = ink[y * row + x]!;
      moment11 += p * (x - meanX) * (y - meanY);
      moment02 += p * (y - meanY) ** 2;
    }
  }
  return {thickness: (2 * area) / edge, slant: moment02 === 0 ? 0 : (Math.atan(-moment11 / moment02) * 180) / Math.PI};
}
