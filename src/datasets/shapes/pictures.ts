/** Draws a shape in a colour on a dark ground, 32×32 RGB, edges smoothed. */
import type {RandomStream} from '../../core/random';
import type {Picture} from '../../core/types';
import type {ColourName, Combination, PlaceName, ShapeName, SizeName} from './combinations';

export const pictureSide = 32;

/** What differs between two pictures of one combination. */
export interface Drawing {
  /** Centre in pixels, from the left and from the top. */
  readonly x: number;
  readonly y: number;
  /** Radius in pixels of a circle of about the same area. */
  readonly radius: number;
  /** Degrees clockwise. */
  readonly angle: number;
  /** Red, green and blue, 0 … 255. */
  readonly colour: readonly [number, number, number];
  /** Grey of the ground, 0 … 255. */
  readonly ground: number;
}

/** Place ± 1.2 pixels, radius ± 8 %, turned by up to 12°, each channel of the colour ± 15, a ground of 0 … 24. All uniform. */
export function drawDrawing({colour, size, place}: Combination, stream: RandomStream): Drawing {
  const around = (middle: number, by: number): number => middle + by * (2 * stream.uniform() - 1);
  const [x, y] = centres[place];
  const [red, green, blue] = colours[colour];
  return {
    x: around(x, 1.2),
    y: around(y, 1.2),
    radius: radii[size] * around(1, 0.08),
    angle: around(0, 12),
    colour: [around(red, 15), around(green, 15), around(blue, 15)],
    ground: 24 * stream.uniform(),
  };
}

/** Each pixel is the mean of 4×4 points, which lie in the shape or beside it. */
export function renderShape(shape: ShapeName, {x, y, radius, angle, colour, ground}: Drawing): Picture {
  const pixels = new Uint8Array(pictureSide * pictureSide * 3).fill(Math.round(ground));
  const {corners, outer, inner, flat} = outlines[shape];
  const reach = radius * outer;
  const turn = (angle * Math.PI) / 180 + (flat ? Math.PI / corners : 0);
  // The edge between a corner and the middle of the next edge, or the notch of a star; all others are turns and mirror images of it.
  const half = Math.PI / corners;
  const [edgeX, edgeY] = [inner * Math.cos(half) - outer, inner * Math.sin(half)];
  const isInside = (dx: number, dy: number): boolean => {
    if (corners === 0) return dx * dx + dy * dy < reach * reach;
    const distance = Math.sqrt(dx * dx + dy * dy) / radius;
    // Angle from the nearest corner.
    const around = Math.abs(Math.atan2(dx, -dy) - turn) % (2 * half);
    const theta = Math.min(around, 2 * half - around);
    return edgeX * distance * Math.sin(theta) - edgeY * (distance * Math.cos(theta) - outer) > 0;
  };
  const clip = (value: number): number => Math.max(0, Math.min(pictureSide, value));
  for (let row = Math.floor(clip(y - reach)); row < Math.ceil(clip(y + reach)); row++) {
    for (let column = Math.floor(clip(x - reach)); column < Math.ceil(clip(x + reach)); column++) {
      let covered = 0;
      for (let i = 0; i < 16; i++) {
        if (isInside(column + ((i & 3) + 0.5) / 4 - x, row + ((i >> 2) + 0.5) / 4 - y)) covered += 1 / 16;
      }
      const at = (row * pictureSide + column) * 3;
      for (let c = 0; c < 3; c++) pixels[at + c] = Math.round(ground + covered * (colour[c]! - ground));
    }
  }
  return {height: pictureSide, width: pictureSide, channels: 3, pixels};
}

const centres: Readonly<Record<PlaceName, readonly [number, number]>> = {
  'top left': [9.5, 9.5],
  'bottom left': [9.5, 22.5],
  'bottom right': [22.5, 22.5],
  'top right': [22.5, 9.5],
};
const radii: Readonly<Record<SizeName, number>> = {small: 3.6, large: 6};
const colours: Readonly<Record<ColourName, readonly [number, number, number]>> = {
  red: [220, 30, 35],
  orange: [240, 130, 20],
  yellow: [240, 225, 40],
  green: [40, 180, 60],
  blue: [40, 90, 235],
  purple: [165, 50, 205],
};

interface Outline {
  /** 0: round. */
  readonly corners: number;
  /** An edge points up, not a corner. */
  readonly flat: boolean;
  /** Distance of the corners, and of the points between them, from the centre, where 1 is the radius. */
  readonly outer: number;
  readonly inner: number;
}
const polygon = (corners: number, outer: number): Outline => ({
  corners,
  flat: corners % 2 === 0,
  outer,
  inner: outer * Math.cos(Math.PI / corners),
});
/** Areas in units of radius²: 3.1, 3.1, 2.7, 2.4. */
const outlines: Readonly<Record<ShapeName, Outline>> = {
  circle: {corners: 0, flat: false, outer: 1, inner: 1},
  square: polygon(4, 1.25),
  triangle: polygon(3, 1.45),
  star: {corners: 5, flat: false, outer: 1.45, inner: 0.57},
};
